// The making of keys: by the vault alone, and in the page, where it must not hold up a frame.

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Visitor } from "../../tests/e2e/support/visitor.mjs";

const ROUNDS = 10;
/** Loads of the page that are traced. */
const LOADS = 5;

/**
 * Makes all keys of `digits` again and again with the vault's module as it ships, and encrypts once.
 *
 * @returns {Promise<{ whole: number[], longest: number[], sizes: Record<string, number> }>} times of
 *   all parts together and of the longest part, in milliseconds; bytes of what crosses
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
      let [before, most] = [performance.now(), performance.now() - begun];
      sizes["evaluation keys"] = 0;
      for (let part; (part = vault.nextKeyPart()); ) {
        const now = performance.now();
        most = Math.max(most, now - before);
        before = now;
        sizes["evaluation keys"] += part.length;
      }
      if (round > 0) {
        whole.push(before - begun);
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
 * Loads the page, and looks for the longest task of its main thread from the secret key on until all is
 * ready, as the browser's own trace has it.
 *
 * @returns {Promise<{ tasks: number[], ready: number[] }>} in milliseconds, one of each for a load
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

/** Before the page loads: marks in its timeline where the making of keys begins and ends. */
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
  const lengths = events
    .filter(({ name, tid, pid }) => name.endsWith("RunTask") && tid === from.tid && pid === from.pid)
    .filter(({ ts, dur = 0 }) => ts + dur >= from.ts && ts <= to.ts)
    .map(({ dur = 0 }) => dur / 1000);
  if (lengths.length === 0) throw new Error("the trace has no tasks");
  return Math.max(...lengths);
}
