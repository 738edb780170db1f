// Waits for an effect that follows its cause a frame or a message later.

import { setTimeout } from "node:timers/promises";

const TIMEOUT_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Repeats a check until it passes, and returns its result. Throws its last error if it never
 * passes.
 *
 * @template T
 * @param {() => T | Promise<T>} check must have no side effect
 * @returns {Promise<T>}
 */
export async function eventually(check) {
  for (const end = Date.now() + TIMEOUT_MS; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await setTimeout(PAUSE_MS);
  }
}
