// Loads the playground's module, which computes without encryption, when a panel first needs it.

import { messageOf } from "../util/errors";
import { memoize } from "../util/memoize";

export type Playground = typeof import("/playground/playground.js");

/** Loads the module. Rejects with a message for the visitor; the next call then tries again. */
export const loadPlayground = memoize<void, Playground>(async () => {
  try {
    const script = await import("/playground/playground.js");
    await script.default();
    return script;
  } catch (error) {
    throw new Error(`the playground could not be loaded (${messageOf(error)})`, { cause: error });
  }
});
