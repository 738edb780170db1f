// The network and the scheme in the clear, for the panels that compare with them: what the playground
// makes of a model file, made once for each.

import { type Playground, playground } from "./load";

export interface Clear {
  readonly network: InstanceType<Playground["PlainNetwork"]>;
  readonly scheme: InstanceType<Playground["Scheme"]>;
}

let made: { readonly model: Uint8Array; readonly clear: Clear } | undefined;

/** What the playground makes of a model file. */
export async function inTheClear(model: Uint8Array): Promise<Clear> {
  const module = await playground();
  if (made?.model !== model) {
    made?.clear.network.free();
    made?.clear.scheme.free();
    made = {
      model,
      clear: { network: new module.PlainNetwork(model), scheme: new module.Scheme(model) },
    };
  }
  return made.clear;
}
