// The plaintext twin of an encrypted network: the same network and scheme, computed by the
// playground without encryption. Panels compare with it.

import { loadPlayground, type Playground } from "./load";

export interface PlaintextTwin {
  readonly network: InstanceType<Playground["PlainNetwork"]>;
  readonly scheme: InstanceType<Playground["Scheme"]>;
}

/** The twin that was made last: one at a time is in memory. */
let last: { readonly model: Uint8Array; readonly twin: PlaintextTwin } | undefined;

/** Returns the twin of a model file. */
export async function plaintextTwin(model: Uint8Array): Promise<PlaintextTwin> {
  const playground = await loadPlayground();
  if (last?.model !== model) {
    last?.twin.network.free();
    last?.twin.scheme.free();
    const network = new playground.PlainNetwork(model);
    last = { model, twin: { network, scheme: new playground.Scheme(model) } };
  }
  return last.twin;
}
