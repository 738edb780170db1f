// The blackboard's module: computes in the clear for the panels, and is loaded when one first asks.

import { messageOf } from "./errors";

export type Blackboard = typeof import("/blackboard/blackboard.js");

let loading: Promise<Blackboard> | undefined;

/** The module, ready for use. Rejects with words for the visitor where it cannot be loaded; then it may be asked for again. */
export function blackboard(): Promise<Blackboard> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw new Error(`the blackboard could not be loaded (${messageOf(error)})`, { cause: error });
  });
  return loading;
}

async function load(): Promise<Blackboard> {
  const script = await import("/blackboard/blackboard.js");
  await script.default();
  return script;
}
