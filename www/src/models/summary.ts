// A network's summary: what the head of its file says, as the playground reads it.

import { loadPlayground } from "../playground/load";
import { memoize } from "../util/memoize";
import { fetchHead } from "./file";

export interface ModelSummary {
  readonly name: string;
  readonly dataset: string;
  readonly classes: readonly string[];
  /** A description of each layer, first to last. */
  readonly layers: readonly string[];
  /** The ring degree N. */
  readonly degree: number;
  readonly logQp: number;
  /** The largest secure log₂ QP at this degree. */
  readonly limit: number;
  /** The levels that the circuit uses, and those that the parameter set has. */
  readonly depth: number;
  readonly levels: number;
  readonly keyParts: number;
  readonly keyBytes: number;
  readonly drawingBytes: number;
  readonly scoresBytes: number;
}

/** Loads the summary of a network, once. */
export const loadSummary = memoize(async (name: string): Promise<ModelSummary> => {
  const [playground, head] = await Promise.all([loadPlayground(), fetchHead(name)]);
  return JSON.parse(playground.describeModel(head)) as ModelSummary;
});
