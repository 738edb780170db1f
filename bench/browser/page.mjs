// Times the page as it ships, in a headless Chromium, by the page's own clock: drawings that are there at
// once, and while they are drawn with the mouse. With two threads (an isolated page), with one (a page
// that is not), and at the companion, on this machine.
//
//   node bench/browser/page.mjs RESULT.json [page] [companion] [--drawings 100]
//
// Needs dist/ (cargo xtask build) and, for the companion, the program named by INKOGNITO_SERVER.

import { parseArgs } from "node:util";

import { launch } from "../../tests/e2e/support/browser.mjs";
import { companion } from "../../tests/e2e/support/companion.mjs";
import { serve } from "../../tests/e2e/support/server.mjs";
import { path } from "../../tests/e2e/support/digits.mjs";
import { Visitor } from "../../tests/e2e/support/visitor.mjs";
import { drawings } from "./drawings.mjs";
import { keyGeneration, longestTask } from "./keys.mjs";
import { progress, summary, write } from "./measure.mjs";
import { moduleSizes } from "./sizes.mjs";

const WARM_UP = 10;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { drawings: { type: "string", default: "100" } },
});
const [file, ...parts] = positionals;
const count = Number(options.drawings);
if (file === undefined || !(count >= 1)) throw new Error("usage: page.mjs RESULT.json [page] [companion] [--drawings N]");
const wanted = (part) => parts.length === 0 || parts.includes(part);

const [times, sizes, facts] = [{}, {}, {}];
const browser = await launch();
try {
  facts.browser = `Chromium ${browser.version()}`;
  if (wanted("page")) {
    await inPage(true);
    await inPage(false);
    await keys();
    Object.assign(sizes, moduleSizes());
  }
  if (wanted("companion")) await atCompanion();
} finally {
  await browser.close();
}
write(file, { subject: "Inkognito", times, sizes, facts });

/** Draws on the page with as many threads as it takes, or with one. */
async function inPage(isolated) {
  const server = await serve({ isolated });
  const visitor = await Visitor.open(browser, server.url, {}, watch);
  await visitor.untilReady();
  const threads = await visitor.attribute("evaluator", "data-threads");
  const where = `in the page, ${threads} thread${threads === "1" ? "" : "s"}`;
  await give(visitor, where, threads);
  await draw(visitor, where, `${threads}, drawing`);
  sizes[`memory/${threads}`] = await evaluatorMemory(visitor.page);
  await visitor.close();
  await server.close();
}

async function atCompanion() {
  const helper = await companion();
  const visitor = await Visitor.open(browser, `${helper.url}?companion`, {}, watch);
  await visitor.untilReady();
  await give(visitor, "at the companion", "companion");
  await draw(visitor, "at the companion", "companion, drawing");
  await visitor.close();
  await helper.close();
}

/**
 * Gives the pad whole drawings, one after another when the page is at rest again, by pointer events from within the page:
 * nothing else runs beside the page and what it computes.
 */
async function give(visitor, what, name) {
  progress(`${what}: drawings that are there at once`);
  const all = drawings(WARM_UP + count);
  const whole = all.map(({ strokes }) => strokes.map(path));
  const readings = await visitor.page.evaluate(readAtOnce, whole);
  note(visitor, what, name, readings.map((reading, index) => ({ ...reading, digit: all[index].digit })));
  await layersOf(visitor.page, name);
}

/** In the page: draws each, waits for its answer, and reads the page's clock. */
async function readAtOnce(drawings) {
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  const [pad, answer, latency, clear] = ["pad", "answer", "latency", "clear"].map(find);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const readings = [];
  for (const strokes of drawings) {
    const { left, top, width, height } = pad.getBoundingClientRect();
    const send = (type, [x, y]) => {
      const [clientX, clientY] = [left + x * width, top + y * height];
      pad.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId: 1, bubbles: true, cancelable: true }));
    };
    for (const stroke of strokes) {
      send("pointerdown", stroke[0]);
      for (const point of stroke.slice(1)) send("pointermove", point);
      send("pointerup", stroke.at(-1));
    }
    while (answer.dataset.state !== "ready") await pause(5);
    // What is shown is painted by then.
    await pause(60);
    const { ms, preparedMs, totalMs } = latency.dataset;
    readings.push({ answer: answer.textContent.trim(), ms: Number(ms), preparedMs: Number(preparedMs), totalMs: Number(totalMs) });
    clear.click();
    await pause(60);
  }
  return readings;
}

/** Draws with the mouse, as fast as the page takes it, and times what is read while and after the pen moves. */
async function draw(visitor, what, name) {
  const readings = [];
  for (const [index, { digit, strokes }] of drawings(WARM_UP + count).entries()) {
    if (index === WARM_UP) await visitor.page.evaluate(() => globalThis.benchFrames.splice(0));
    for (const stroke of strokes) await visitor.drawStroke(stroke);
    const answer = await visitor.answer();
    const clocks = ["data-ms", "data-prepared-ms", "data-total-ms"].map((name) => visitor.attribute("latency", name));
    const [ms, preparedMs, totalMs] = (await Promise.all(clocks)).map(Number);
    readings.push({ digit, answer, ms, preparedMs, totalMs });
    if ((index + 1) % 25 === 0) progress(`${what}: ${index + 1} of ${WARM_UP + count} drawings`);
    await visitor.element("clear").click();
    await visitor.untilState("answer", "idle");
  }
  note(visitor, what, name, readings);
  const frames = await visitor.page.evaluate(() => globalThis.benchFrames);
  times[`frame while drawing/${name}`] = summary(frames);
  facts[`late frames/${name}`] = frames.filter((ms) => ms > 25).length / frames.length;
}

/** Notes times under `name`, without those of the first drawings. */
function note(visitor, what, name, readings) {
  if (visitor.problems.length > 0) throw new Error(visitor.problems.join("; "));
  // Most are read as they were meant, or it was not the network that was timed.
  const right = readings.filter(({ answer, digit }) => answer === digit).length;
  if (right < 0.8 * readings.length) throw new Error(`${what}: too few digits were read right`);
  facts[`read/${name}`] = right;
  const timed = readings.slice(WARM_UP);
  times[`evaluation/${name}`] = summary(timed.map(({ ms }) => ms));
  // what was done as soon as the mask was known, and all of it together
  times[`prepared before/${name}`] = summary(timed.map(({ preparedMs }) => preparedMs));
  times[`evaluation and before/${name}`] = summary(timed.map(({ ms, preparedMs }) => ms + preparedMs));
  times[`pixels to answer/${name}`] = summary(timed.map(({ totalMs }) => totalMs));
}

/** What the evaluator reported of each layer, for the last drawings. */
async function layersOf(page, name) {
  const reports = (await page.evaluate(() => globalThis.benchReports)).slice(-count);
  const last = reports.at(-1);
  if (!last) return;
  facts[`operations/${name}`] = last.operations;
  for (const [index, layer] of last.layers.entries()) {
    const all = reports.map((report) => report.layers[index].ms);
    times[`layer ${index + 1}, ${layer.name}/${name}`] = summary(all);
  }
}

/** Before the page loads: notes what evaluators report, and how long frames take while drawing. */
async function watch(page) {
  await page.addInitScript(() => {
    globalThis.benchReports = [];
    globalThis.benchFrames = [];
    const Native = globalThis.Worker;
    globalThis.Worker = class extends Native {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          if (data?.answer?.report) globalThis.benchReports.push(data.answer.report);
        });
      }
    };
    let [drawing, before] = [false, 0];
    const frame = (now) => {
      if (before > 0) globalThis.benchFrames.push(now - before);
      before = now;
      if (drawing) requestAnimationFrame(frame);
    };
    addEventListener("pointerdown", () => {
      [drawing, before] = [true, 0];
      requestAnimationFrame(frame);
    });
    addEventListener("pointerup", () => (drawing = false));
  });
}

/** Bytes of the evaluator's memory, asked of its own worker; its threads wait, and answer nobody. */
async function evaluatorMemory(page) {
  const worker = page.workers().find((worker) => worker.url().endsWith("/evaluator-worker.js"));
  if (!worker) throw new Error("the page has no evaluator");
  return worker.evaluate(async () => {
    const folder = crossOriginIsolated ? "evaluator" : "evaluator-single";
    // Loaded already: the same module, and the memory that it has.
    const { default: initialised } = await import(`/${folder}/evaluator.js`);
    return (await initialised()).memory.buffer.byteLength;
  });
}

async function keys() {
  const server = await serve({ intercept: (path) => (path === "/bench.html" ? "<!doctype html>" : undefined) });
  progress("key generation");
  const made = await keyGeneration(browser, server.url);
  times["key generation"] = summary(made.whole);
  times["longest part of key generation"] = summary(made.longest);
  Object.assign(sizes, made.sizes);
  const traced = await longestTask(browser, server.url);
  times["longest task until ready"] = summary(traced.tasks);
  times["load until ready"] = summary(traced.ready);
  await server.close();
}
