// The playground's module: computes in the clear for the panels, and is loaded when one first asks.

import { messageOf } from "../util/errors";

export type Playground = typeof import("/playground/playground.js");

let loading: Promise<Playground> | undefined;

/** The module, ready for use. Rejects with words for the visitor where it cannot be loaded; then it may be asked for again. */
export function playground(): Promise<Playground> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw new Error(`the playground could not be loaded (${messageOf(error)})`, { cause: error });
  });
  return loading;
}

async function load(): Promise<Playground> {
  const script = await import("/playground/playground.js");
  await script.default();
  return script;
}
