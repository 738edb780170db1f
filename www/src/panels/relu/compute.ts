// The ReLU lab's computations, which the playground does.

import type { Playground } from "../../playground/load";
import { gapOf, type Settings } from "./settings";

/**
 * The thesis's polynomial, constant first, and the mean square error that the thesis gives for it.
 */
export const THESIS = { coefficients: [0.1875, 0.5, 0.2344], meanSquareError: 0.00522 } as const;

export interface Approximation {
  readonly degree: number;
  readonly stages: readonly number[];
  readonly meanSquareError: number;
  readonly maxError: number;
  readonly depth: number;
  readonly products: number;
  readonly coefficients: readonly number[];
  readonly curve: {
    readonly x: readonly number[];
    readonly function: readonly number[];
    readonly approximation: readonly number[];
  };
}

/** The least errors of any polynomial of one depth. */
export interface LeastError {
  readonly depth: number;
  readonly degree: number;
  readonly meanSquareError: number;
  readonly products: number;
  readonly maxError: number | null;
}

export interface LeastErrors {
  /** Without the depths for which 64-bit floats are too coarse. */
  readonly levels: readonly LeastError[];
  /** Mean square error of the thesis's polynomial with these settings. */
  readonly given: number;
}

/** How many points of a curve are computed. */
const POINTS = 401;
/** The least errors are computed for depths up to this one. */
const MAX_DEPTH = 5;

/** Computes an approximation. Throws the reason where the method has none. */
export function approximate(playground: Playground, settings: Settings): Approximation {
  const { function: name, low, high, density, deviation, method, degree } = settings;
  const gap = gapOf(settings);
  return JSON.parse(
    playground.approximate(name, low, high, density, deviation, gap, method, degree, POINTS),
  ) as Approximation;
}

/** Computes the least errors at each depth. */
export function leastErrors(playground: Playground, settings: Settings): LeastErrors {
  const { function: name, low, high, density, deviation } = settings;
  const gap = gapOf(settings);
  const given = Float64Array.from(THESIS.coefficients);
  return JSON.parse(
    playground.leastErrors(name, low, high, density, deviation, gap, MAX_DEPTH, given),
  ) as LeastErrors;
}
