// What the ReLU lab is set to, and how the address says it: `?relu=ReLU,-2,2,uniform,minimax,4`.

import { remember, setting } from "../../state/address";

export const FUNCTIONS = ["ReLU", "SiLU", "sigmoid", "|x|", "sign"] as const;
export const DENSITIES = ["uniform", "Chebyshev", "Gaussian"] as const;
export const METHODS = [
  "least squares",
  "minimax",
  "Chebyshev interpolation",
  "Hermite",
  "composite minimax",
] as const;

export const BOUNDS = {
  reach: { min: 0.5, max: 8, step: 0.25 },
  deviation: { min: 0.25, max: 4, step: 0.25 },
  gap: { min: 0.02, max: 0.4, step: 0.02 },
  degree: { min: 1, max: 32, step: 1 },
} as const;

export interface Settings {
  function: string;
  low: number;
  high: number;
  density: string;
  /** Of a Gaussian density. */
  deviation: number;
  /** Around the jump of the sign function: inputs that do not count. */
  gap: number;
  method: string;
  degree: number;
}

/** What the thesis was about. */
export const USUAL: Settings = {
  function: "ReLU",
  low: -2,
  high: 2,
  density: "uniform",
  deviation: 1,
  gap: 0.1,
  method: "least squares",
  degree: 2,
};

const WORD = "relu";

/** What the address says; what it does not say, or says wrongly, is as usual. */
export function settingsFromAddress(): Settings {
  const words = (setting(WORD) ?? "").split(",");
  const name = (at: number, names: readonly string[], usual: string) =>
    names.find((name) => name === words[at]) ?? usual;
  const number = (at: number, { min, max }: { min: number; max: number }, usual: number) => {
    const value = Number(words[at] || NaN);
    return value >= min && value <= max ? value : usual;
  };
  const { reach, deviation, gap, degree } = BOUNDS;
  return {
    function: name(0, FUNCTIONS, USUAL.function),
    low: number(1, { min: -reach.max, max: -reach.min }, USUAL.low),
    high: number(2, reach, USUAL.high),
    density: name(3, DENSITIES, USUAL.density),
    method: name(4, METHODS, USUAL.method),
    degree: Math.round(number(5, degree, USUAL.degree)),
    deviation: number(6, deviation, USUAL.deviation),
    gap: number(7, gap, USUAL.gap),
  };
}

export function rememberSettings(set: Settings): void {
  const words = (each: Settings) =>
    [
      each.function,
      each.low,
      each.high,
      each.density,
      each.method,
      each.degree,
      each.deviation,
      each.gap,
    ].join(",");
  remember(WORD, words(set) === words(USUAL) ? null : words(set));
}

/** Inputs that do not count: none but around a jump. */
export function gapOf(set: Settings): number {
  return set.function === "sign" ? set.gap : 0;
}
