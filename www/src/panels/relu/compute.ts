// What the playground computes for the ReLU lab.

import type { Playground } from "../../playground/load";
import { gapOf, type Settings } from "./settings";

/** The thesis's polynomial, constant first, and the mean square error that it gives for it. */
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

/** The smallest errors that any polynomial of a depth can have. */
export interface Floor {
  readonly depth: number;
  readonly degree: number;
  readonly meanSquareError: number;
  readonly products: number;
  readonly maxError: number | null;
}

export interface Floors {
  readonly levels: readonly Floor[];
  /** Mean square error of the thesis's polynomial for this target. */
  readonly given: number;
}

const SAMPLES = 401;
const DEPTHS = 5;

/** Throws the reason where the method has nothing for this target. */
export function approximate(playground: Playground, set: Settings): Approximation {
  const { low, high, density, deviation, method, degree } = set;
  return JSON.parse(
    playground.approximate(
      set.function,
      low,
      high,
      density,
      deviation,
      gapOf(set),
      method,
      degree,
      SAMPLES,
    ),
  ) as Approximation;
}

export function leastErrors(playground: Playground, set: Settings): Floors {
  const { low, high, density, deviation } = set;
  const given = Float64Array.from(THESIS.coefficients);
  return JSON.parse(
    playground.leastErrors(set.function, low, high, density, deviation, gapOf(set), DEPTHS, given),
  ) as Floors;
}
