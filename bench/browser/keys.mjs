// Times key generation: by the vault alone, and in the page, where it must not delay a frame.

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Visitor } from "../../tests/e2e/support/visitor.mjs";

const ROUNDS = 10;
/** The number of loads of the page that are traced. */
const LOADS = 5;

/**
 * Generates all keys of `digits` several times with the built module of the vault, and encrypts.
 *
 * @returns {Promise<{ whole: number[], longest: number[], sizes: Record<string, number> }>}
 *   milliseconds of all parts together and of the longest part; bytes of the messages
 */
export async function keyGeneration(browser, url, rounds = ROUNDS) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}bench.html`);
  const result = await page.evaluate(async (rounds) => {
    const script = await import("/vault/vault.js");
    await script.default({ module_or_path: "/vault/vault_bg.wasm" });
    const model = new Uint8Array(await (await fetch("/models/digits.safetensors")).arrayBuffer());
    const [whole, longest, sizes] = [[], [], {}];
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const begun = performance.now();
      const vault = new script.Vault(model);
      let [before, largest] = [performance.now(), performance.now() - begun];
      sizes["evaluation keys"] = 0;
      for (let part; (part = vault.nextKeyPart()); ) {
        const now = performance.now();
        largest = Math.max(largest, now - before);
        before = now;
        sizes["evaluation keys"] += part.length;
      }
      if (round > 0) {
        whole.push(before - begun);
        longest.push(largest);
      }
      sizes["drawing encrypted"] = vault.encrypt(new Float32Array(784)).intoMessage().length;
      vault.free();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { whole, longest, sizes };
  }, rounds);
  await page.context().close();
  return result;
}

/**
 * Loads the page, and finds in the browser's trace the longest task of its main thread during key
 * generation.
 *
 * @returns {Promise<{ tasks: number[], ready: number[] }>} milliseconds, one of each for a load
 */
export async function longestTask(browser, url, loads = LOADS) {
  const [tasks, ready] = [[], []];
  for (let load = 0; load < loads; load += 1) {
    const file = join(tmpdir(), `inkognito-trace-${process.pid}.json`);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(mark);
    await browser.startTracing(page, {
      path: file,
      categories: ["toplevel", "blink.user_timing", "disabled-by-default-devtools.timeline"],
    });
    await page.goto(url);
    await new Visitor(page, url).untilReady();
    ready.push(await page.evaluate(() => performance.getEntriesByName("bench ready")[0].startTime));
    await browser.stopTracing();
    await context.close();
    tasks.push(longestBetween(JSON.parse(readFileSync(file, "utf8")).traceEvents));
    rmSync(file);
  }
  return { tasks, ready };
}

/** Before the page loads: marks the beginning and the end of key generation in its timeline. */
function mark() {
  addEventListener("DOMContentLoaded", () => {
    const status = document.getElementById("status");
    new MutationObserver(() => {
      const name = `bench ${status.dataset.state}`;
      if (performance.getEntriesByName(name).length === 0) performance.mark(name);
    }).observe(status, { attributes: true, attributeFilter: ["data-state"] });
  });
}

function longestBetween(events) {
  const at = (name) => events.find((event) => event.name === name);
  const [from, to] = [at("bench keys"), at("bench ready")];
  if (!from || !to) throw new Error("the trace does not say when keys were made");
  const sameThread = ({ tid, pid }) => tid === from.tid && pid === from.pid;
  const lengths = events
    .filter((event) => event.name.endsWith("RunTask") && sameThread(event))
    .filter(({ ts, dur = 0 }) => ts + dur >= from.ts && ts <= to.ts)
    .map(({ dur = 0 }) => dur / 1000);
  if (lengths.length === 0) throw new Error("the trace has no tasks");
  return Math.max(...lengths);
}
