// Times single operations in a headless Chromium, one thread: of the project's own bench module, and of
// node-seal, Microsoft SEAL compiled to WebAssembly. Both do the same at N = 8192, five levels.
//
//   node bench/browser/operations.mjs OURS.json MODULE_FOLDER [SEAL.json NODE_SEAL_FOLDER]
//
// Both are timed in turns, in the same browser, so that what the machine does besides hits both.

import { launch } from "../../tests/e2e/support/browser.mjs";
import { nodeSeal } from "../peers/node_seal.mjs";
import { progress, serveFolders, summary, version, write } from "./measure.mjs";

const [ours, module, seal, sealFolder] = process.argv.slice(2);
if (module === undefined) throw new Error("usage: operations.mjs OURS.json MODULE_FOLDER [SEAL.json NODE_SEAL_FOLDER]");

const ROUNDS = 15;
/** How long the repetitions of one round take together. */
const ROUND_MS = 30;

const server = await serveFolders({ ours: module, ...(seal && { seal: `${sealFolder}/dist` }) });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.evaluate(prepareOurs);
  if (seal) await page.evaluate(nodeSeal);
  const measured = await page.evaluate(measure, { ROUNDS, ROUND_MS });
  const facts = { browser: `Chromium ${browser.version()}` };
  write(ours, { subject: "Inkognito", times: summed(measured.ours), facts });
  if (seal) {
    const subject = `node-seal ${version(sealFolder)}`;
    write(seal, { subject, times: summed(measured.seal), facts });
  }
} finally {
  await browser.close();
  await server.close();
}
progress("operations in the browser: done");

function summed(times) {
  return Object.fromEntries(Object.entries(times).map(([name, samples]) => [name, summary(samples)]));
}

/** In the page: puts what is to be timed where `measure` finds it, as functions of a number of times. */
async function prepareOurs() {
  const { default: load, Workbench, Transform } = await import("/ours/bench.js");
  await load();
  const workbench = new Workbench();
  const operations = Workbench.operations().map((name) => [name, (times) => workbench.run(name, times)]);
  const transforms = [8192, 16384].flatMap((degree) => {
    const transform = new Transform(Math.log2(degree));
    return [
      [`ntt_forward/${transform.backend()}/${degree}`, (times) => transform.forward(times)],
      [`ntt_inverse/${transform.backend()}/${degree}`, (times) => transform.inverse(times)],
    ];
  });
  globalThis.bench = { ours: Object.fromEntries([...operations, ...transforms]) };
}

/** In the page: times everything there is, in turns. */
function measure({ ROUNDS, ROUND_MS }) {
  const clock = (work, times) => {
    const begun = performance.now();
    work(times);
    return performance.now() - begun;
  };
  const all = Object.entries(globalThis.bench).flatMap(([side, works]) =>
    Object.entries(works).map(([name, work]) => {
      // Repetitions, until a round is long enough for the clock; that warms up, too.
      let times = 1;
      for (let ms; (ms = clock(work, times)) < ROUND_MS; ) times = Math.ceil(times * Math.min(10, (1.2 * ROUND_MS) / (ms + 0.1)));
      return { side, name, work, times, samples: [] };
    }),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of all) each.samples.push(clock(each.work, each.times) / each.times);
  }
  const measured = {};
  for (const { side, name, samples } of all) (measured[side] ??= {})[name] = samples;
  return measured;
}
