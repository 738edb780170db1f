// Times single operations on one thread of a headless Chromium: those of this project's bench
// module, and those of node-seal, which is Microsoft SEAL compiled to WebAssembly. Both compute at
// N = 8192 with five levels.
//
//   node bench/browser/operations.mjs OURS.json MODULE_FOLDER [SEAL.json NODE_SEAL_FOLDER]
//
// Both are timed in alternation, in the same browser, so that other work of the machine slows both.

import { launch } from "../../tests/e2e/support/browser.mjs";
import { nodeSeal } from "../peers/node_seal.mjs";
import { progress, serveFolders, summary, version, write } from "./measure.mjs";

const USAGE = "usage: operations.mjs OURS.json MODULE_FOLDER [SEAL.json NODE_SEAL_FOLDER]";

const [ours, module, seal, sealFolder] = process.argv.slice(2);
if (module === undefined) throw new Error(USAGE);

const ROUNDS = 15;
/** How long the repetitions of one round take together, in milliseconds. */
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
  write(ours, { subject: "Inkognito", times: summaries(measured.ours), facts });
  if (seal) {
    const subject = `node-seal ${version(sealFolder)}`;
    write(seal, { subject, times: summaries(measured.seal), facts });
  }
} finally {
  await browser.close();
  await server.close();
}
progress("operations in the browser: done");

function summaries(times) {
  const entries = Object.entries(times);
  return Object.fromEntries(entries.map(([name, samples]) => [name, summary(samples)]));
}

/** In the page: makes a function for each operation, which runs it a number of times. */
async function prepareOurs() {
  const { default: load, Workbench, Transform } = await import("/ours/bench.js");
  await load();
  const workbench = new Workbench();
  const operations = Workbench.operations().map((name) => [
    name,
    (times) => workbench.run(name, times),
  ]);
  const transforms = [8192, 16384].flatMap((degree) => {
    const transform = new Transform(Math.log2(degree));
    return [
      [`ntt_forward/${transform.backend()}/${degree}`, (times) => transform.forward(times)],
      [`ntt_inverse/${transform.backend()}/${degree}`, (times) => transform.inverse(times)],
    ];
  });
  globalThis.bench = { ours: Object.fromEntries([...operations, ...transforms]) };
}

/** In the page: times all operations, in alternation. */
function measure({ ROUNDS, ROUND_MS }) {
  const time = (run, times) => {
    const start = performance.now();
    run(times);
    return performance.now() - start;
  };
  const all = Object.entries(globalThis.bench).flatMap(([side, operations]) =>
    Object.entries(operations).map(([name, run]) => {
      // As many repetitions as make a round long enough for the clock. This also warms up.
      let times = 1;
      for (let ms; (ms = time(run, times)) < ROUND_MS; ) {
        times = Math.ceil(times * Math.min(10, (1.2 * ROUND_MS) / (ms + 0.1)));
      }
      return { side, name, run, times, samples: [] };
    }),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of all) each.samples.push(time(each.run, each.times) / each.times);
  }
  const measured = {};
  for (const { side, name, samples } of all) (measured[side] ??= {})[name] = samples;
  return measured;
}
