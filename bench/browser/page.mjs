// Times the page as it ships, in a headless Chromium: drawings are drawn with the mouse, and the page's
// own clock is read. With two threads (an isolated page), with one (a page that is not), and at the
// companion, on this machine.
//
//   node bench/browser/page.mjs RESULT.json [page] [companion] [--drawings 100]
//
// Needs dist/ (cargo xtask build) and, for the companion, the program named by INKOGNITO_SERVER.

import { parseArgs } from "node:util";

import { launch } from "../../tests/e2e/support/browser.mjs";
import { companion } from "../../tests/e2e/support/companion.mjs";
import { serve } from "../../tests/e2e/support/server.mjs";
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
  await draw(visitor, `in the page, ${threads} thread${threads === "1" ? "" : "s"}`, threads);
  sizes[`memory/${threads}`] = await evaluatorMemory(visitor.page);
  await visitor.close();
  await server.close();
}

async function atCompanion() {
  const helper = await companion();
  const visitor = await Visitor.open(browser, `${helper.url}?companion`, {}, watch);
  await visitor.untilReady();
  await draw(visitor, "at the companion", "companion");
  await visitor.close();
  await helper.close();
}

/** Draws, reads the page's clock after each drawing, and notes the times under `name`. */
async function draw(visitor, what, name) {
  const [evaluation, total] = [[], []];
  for (const [index, { digit, strokes }] of drawings(WARM_UP + count).entries()) {
    if (index === WARM_UP) await visitor.page.evaluate(() => globalThis.benchFrames.splice(0));
    for (const stroke of strokes) await visitor.drawStroke(stroke);
    const answer = await visitor.answer();
    if (index >= WARM_UP) {
      evaluation.push(Number(await visitor.attribute("latency", "data-ms")));
      total.push(Number(await visitor.attribute("latency", "data-total-ms")));
    }
    // Most are read as they were meant, or it was not the network that was timed.
    facts[`read/${name}`] = (facts[`read/${name}`] ?? 0) + (answer === digit ? 1 : 0);
    if ((index + 1) % 25 === 0) progress(`${what}: ${index + 1} of ${WARM_UP + count} drawings`);
    await visitor.element("clear").click();
    await visitor.untilState("answer", "idle");
  }
  if (visitor.problems.length > 0) throw new Error(visitor.problems.join("; "));
  if (facts[`read/${name}`] < 0.8 * (WARM_UP + count)) throw new Error(`${what}: too few digits were read right`);
  times[`evaluation/${name}`] = summary(evaluation);
  times[`pixels to answer/${name}`] = summary(total);
  const { frames, reports } = await visitor.page.evaluate(() => ({
    frames: globalThis.benchFrames,
    reports: globalThis.benchReports,
  }));
  times[`frame while drawing/${name}`] = summary(frames);
  facts[`late frames/${name}`] = frames.filter((ms) => ms > 25).length / frames.length;
  layers(reports.slice(-count), name);
}

function layers(reports, name) {
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
