// The network and the scheme in the clear, for the panels that compare with them: what the blackboard
// makes of a model file, made once for each.

import { blackboard, type Blackboard } from "./blackboard";

export interface Clear {
  readonly network: InstanceType<Blackboard["PlainNetwork"]>;
  readonly scheme: InstanceType<Blackboard["Scheme"]>;
}

let made: { readonly model: Uint8Array; readonly clear: Clear } | undefined;

/** What the blackboard makes of a model file. */
export async function inTheClear(model: Uint8Array): Promise<Clear> {
  const board = await blackboard();
  if (made?.model !== model) {
    made?.clear.network.free();
    made?.clear.scheme.free();
    made = { model, clear: { network: new board.PlainNetwork(model), scheme: new board.Scheme(model) } };
  }
  return made.clear;
}
