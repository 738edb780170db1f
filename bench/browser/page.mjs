// Times the built page in a headless Chromium, by the page's own clock: for whole drawings, and
// while they are drawn with the mouse. The evaluator runs on several threads (in an isolated page),
// on one thread (in a page that is not isolated), and at a companion on this machine.
//
//   node bench/browser/page.mjs RESULT.json [page] [companion] [--drawings 100]
//
// Needs dist/ (cargo xtask build) and, for the companion, the program that INKOGNITO_SERVER names.

import { parseArgs } from "node:util";

import { launch } from "../../tests/e2e/support/browser.mjs";
import { companion } from "../../tests/e2e/support/companion.mjs";
import { path } from "../../tests/e2e/support/digits.mjs";
import { serve } from "../../tests/e2e/support/server.mjs";
import { Visitor } from "../../tests/e2e/support/visitor.mjs";
import { drawings } from "./drawings.mjs";
import { keyGeneration, longestTask } from "./keys.mjs";
import { progress, summary, write } from "./measure.mjs";
import { moduleSizes } from "./sizes.mjs";

const USAGE = "usage: page.mjs RESULT.json [page] [companion] [--drawings N]";
/** The number of drawings that are read first and not timed. */
const WARM_UP = 10;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { drawings: { type: "string", default: "100" } },
});
const [file, ...parts] = positionals;
const count = Number(options.drawings);
if (file === undefined || !(count >= 1)) throw new Error(USAGE);
const wanted = (part) => parts.length === 0 || parts.includes(part);

const [times, sizes, facts] = [{}, {}, {}];
const browser = await launch();
try {
  facts.browser = `Chromium ${browser.version()}`;
  if (wanted("page")) {
    await inPage(true);
    await inPage(false);
    await timeKeys();
    Object.assign(sizes, moduleSizes());
  }
  if (wanted("companion")) await atCompanion();
} finally {
  await browser.close();
}
write(file, { subject: "Inkognito", times, sizes, facts });

/** Times the evaluator in the page: on several threads if the page is isolated, on one if not. */
async function inPage(isolated) {
  const server = await serve({ isolated });
  const visitor = await new Visitor().open(browser, server.url, { prepare: record });
  await visitor.waitUntilReady();
  const threads = await visitor.attribute("evaluator", "data-threads");
  const where = `in the page, ${threads} thread${threads === "1" ? "" : "s"}`;
  await timeWholeDrawings(visitor, where, threads);
  await timeWhileDrawing(visitor, where, `${threads}, drawing`);
  sizes[`memory/${threads}`] = await evaluatorMemory(visitor);
  await visitor.close();
  await server.close();
}

/** Times the evaluator at the companion. */
async function atCompanion() {
  const server = await companion();
  const visitor = await new Visitor().open(browser, `${server.url}?companion`, { prepare: record });
  await visitor.waitUntilReady();
  await timeWholeDrawings(visitor, "at the companion", "companion");
  await timeWhileDrawing(visitor, "at the companion", "companion, drawing");
  await visitor.close();
  await server.close();
}

/**
 * Sends whole drawings to the pad by pointer events from inside the page, each when the page is at
 * rest again, so that nothing else runs beside the page and the evaluator.
 */
async function timeWholeDrawings(visitor, where, name) {
  progress(`${where}: whole drawings`);
  const all = drawings(WARM_UP + count);
  const paths = all.map(({ strokes }) => strokes.map(path));
  const answers = await visitor.page.evaluate(readWholeDrawings, paths);
  const readings = answers.map((answer, index) => ({ ...answer, digit: all[index].digit }));
  addTimes(visitor, where, name, readings);
  await addLayerTimes(visitor.page, name);
}

/**
 * In the page: draws each drawing, waits for its answer, and reads the times that the page shows.
 */
async function readWholeDrawings(drawings) {
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  const [pad, answer, latency, clear] = ["pad", "answer", "latency", "clear"].map(find);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const readings = [];
  for (const strokes of drawings) {
    const { left, top, width, height } = pad.getBoundingClientRect();
    const send = (type, [x, y]) => {
      const [clientX, clientY] = [left + x * width, top + y * height];
      const settings = { clientX, clientY, pointerId: 1, bubbles: true, cancelable: true };
      pad.dispatchEvent(new PointerEvent(type, settings));
    };
    for (const stroke of strokes) {
      send("pointerdown", stroke[0]);
      for (const point of stroke.slice(1)) send("pointermove", point);
      send("pointerup", stroke.at(-1));
    }
    while (answer.dataset.state !== "ready") await pause(5);
    // By then the answer is painted.
    await pause(60);
    const { ms, preparedMs, totalMs } = latency.dataset;
    readings.push({
      answer: answer.textContent.trim(),
      ms: Number(ms),
      preparedMs: Number(preparedMs),
      totalMs: Number(totalMs),
    });
    clear.click();
    await pause(60);
  }
  return readings;
}

/** Draws with the mouse, as fast as the page accepts it, and times answers and frames. */
async function timeWhileDrawing(visitor, where, name) {
  const readings = [];
  for (const [index, { digit, strokes }] of drawings(WARM_UP + count).entries()) {
    if (index === WARM_UP) await visitor.page.evaluate(() => globalThis.benchFrames.splice(0));
    for (const stroke of strokes) await visitor.drawStroke(stroke);
    const answer = await visitor.answer();
    const attributes = ["data-ms", "data-prepared-ms", "data-total-ms"];
    const shown = attributes.map((name) => visitor.attribute("latency", name));
    const [ms, preparedMs, totalMs] = (await Promise.all(shown)).map(Number);
    readings.push({ digit, answer, ms, preparedMs, totalMs });
    if ((index + 1) % 25 === 0) {
      progress(`${where}: ${index + 1} of ${WARM_UP + count} drawings`);
    }
    await visitor.clear();
    await visitor.waitForState("answer", "idle");
  }
  addTimes(visitor, where, name, readings);
  const frames = await visitor.page.evaluate(() => globalThis.benchFrames);
  times[`frame while drawing/${name}`] = summary(frames);
  facts[`late frames/${name}`] = frames.filter((ms) => ms > 25).length / frames.length;
}

/** Adds the times of answers under `name`, without those of the first drawings. */
function addTimes(visitor, where, name, readings) {
  if (visitor.problems.length > 0) throw new Error(visitor.problems.join("; "));
  // If most digits are misread, something else than the network was timed.
  const right = readings.filter(({ answer, digit }) => answer === digit).length;
  if (right < 0.8 * readings.length)
    throw new Error(`${where}: too few digits were read correctly`);
  facts[`read/${name}`] = right;
  const timed = readings.slice(WARM_UP);
  times[`evaluation/${name}`] = summary(timed.map(({ ms }) => ms));
  // Offline work, which starts when the mask is known, and offline and online work together.
  times[`offline/${name}`] = summary(timed.map(({ preparedMs }) => preparedMs));
  times[`offline and online/${name}`] = summary(timed.map(({ ms, preparedMs }) => ms + preparedMs));
  times[`pixels to answer/${name}`] = summary(timed.map(({ totalMs }) => totalMs));
}

/** Adds the times that the evaluator reported for each layer, for the last drawings. */
async function addLayerTimes(page, name) {
  const reports = (await page.evaluate(() => globalThis.benchReports)).slice(-count);
  const last = reports.at(-1);
  if (!last) return;
  facts[`operations/${name}`] = last.operations;
  for (const [index, layer] of last.layers.entries()) {
    const all = reports.map((report) => report.layers[index].ms);
    times[`layer ${index + 1}, ${layer.name}/${name}`] = summary(all);
  }
}

/**
 * Before the page loads: records the reports of evaluators, and the length of frames while drawing.
 */
async function record(page) {
  await page.addInitScript(() => {
    globalThis.benchReports = [];
    globalThis.benchFrames = [];
    const Native = globalThis.Worker;
    globalThis.Worker = class extends Native {
      constructor(...parameters) {
        super(...parameters);
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

/**
 * Returns the bytes of the evaluator's memory. Its own worker answers: its threads wait and cannot.
 */
async function evaluatorMemory(visitor) {
  const worker = visitor.evaluatorWorker();
  if (!worker) throw new Error("the page has no evaluator");
  return worker.evaluate(async () => {
    const folder = crossOriginIsolated ? "evaluator" : "evaluator-single";
    // The module is loaded already: this returns the same instance with its memory.
    const { default: initialised } = await import(`/${folder}/evaluator.js`);
    return (await initialised()).memory.buffer.byteLength;
  });
}

/** Times key generation, and the loading of the page. */
async function timeKeys() {
  const intercept = (path) => (path === "/bench.html" ? "<!doctype html>" : undefined);
  const server = await serve({ intercept });
  progress("key generation");
  const measured = await keyGeneration(browser, server.url);
  times["key generation"] = summary(measured.whole);
  times["longest part of key generation"] = summary(measured.longest);
  Object.assign(sizes, measured.sizes);
  const traced = await longestTask(browser, server.url);
  times["longest task until ready"] = summary(traced.tasks);
  times["load until ready"] = summary(traced.ready);
  await server.close();
}
