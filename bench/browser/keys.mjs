// Key generation: by the vault alone, and in the page, where it must not delay a frame.

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Visitor } from "../../tests/e2e/support/visitor.mjs";

const ROUNDS = 10;
/** How often the page is loaded and traced. */
const LOADS = 5;

/**
 * Makes all keys for the model `digits` again and again with the built vault, and encrypts one
 * drawing.
 *
 * @returns {Promise<{ whole: number[], longest: number[], sizes: object }>} the times of
 *   all parts together and of the longest part, in milliseconds; the bytes of the messages
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
      const start = performance.now();
      const vault = new script.Vault(model);
      let [before, most] = [performance.now(), performance.now() - start];
      sizes["evaluation keys"] = 0;
      for (let part; (part = vault.nextKeyPart()); ) {
        const now = performance.now();
        most = Math.max(most, now - before);
        before = now;
        sizes["evaluation keys"] += part.length;
      }
      if (round > 0) {
        whole.push(before - start);
        longest.push(most);
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
 * Loads the page, and finds the longest task of its main thread while it makes keys, in a trace by
 * the browser.
 *
 * @returns {Promise<{ tasks: number[], ready: number[] }>} in milliseconds, one for each load
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
    await new Visitor().attach(page, url).waitUntilReady();
    ready.push(await page.evaluate(() => performance.getEntriesByName("bench ready")[0].startTime));
    await browser.stopTracing();
    await context.close();
    tasks.push(longestTaskBetweenMarks(JSON.parse(readFileSync(file, "utf8")).traceEvents));
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

/** The longest task between the two marks, in milliseconds. */
function longestTaskBetweenMarks(events) {
  const find = (name) => events.find((event) => event.name === name);
  const [from, to] = [find("bench keys"), find("bench ready")];
  if (!from || !to) throw new Error("the trace has no marks of key generation");
  const lengths = events
    .filter(
      ({ name, tid, pid }) => name.endsWith("RunTask") && tid === from.tid && pid === from.pid,
    )
    .filter(({ ts, dur = 0 }) => ts + dur >= from.ts && ts <= to.ts)
    .map(({ dur = 0 }) => dur / 1000);
  if (lengths.length === 0) throw new Error("the trace has no tasks");
  return Math.max(...lengths);
}
