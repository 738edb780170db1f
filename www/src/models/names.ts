// The networks that the page comes with, and the one that its address names: `?model=fashion`.

import { remember, setting } from "../state/address";

export const MODELS = ["digits", "fashion", "deep"] as const;
export type ModelName = (typeof MODELS)[number];

/** The network that the page begins with where its address names none. */
export const FIRST: ModelName = "digits";

/** The network that the address names, or else the first. */
export function wantedModel(): ModelName {
  const wanted = setting("model");
  return MODELS.find((name) => name === wanted) ?? FIRST;
}

export function rememberModel(name: ModelName): void {
  remember("model", name === FIRST ? null : name);
}
