// For what becomes true a frame or a message later than what caused it.

import { setTimeout } from "node:timers/promises";

const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Tries again until it holds, and gives what came of it; where it never does, fails as it failed last.
 *
 * @template T
 * @param {() => T | Promise<T>} check asserts, and changes nothing
 * @returns {Promise<T>}
 */
export async function eventually(check) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await setTimeout(PAUSE_MS);
  }
}
