// The settings of the ReLU lab, and how the address writes them:
// `?relu=ReLU,-2,2,uniform,minimax,4`.

import { addressSignal } from "../../state/address";

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
  readonly function: string;
  readonly low: number;
  readonly high: number;
  readonly density: string;
  /** Of a Gaussian density. */
  readonly deviation: number;
  /** Inputs nearer than this to the jump of the sign function do not count. */
  readonly gap: number;
  readonly method: string;
  readonly degree: number;
}

/** The thesis's own. */
export const THESIS_SETTINGS: Settings = {
  function: "ReLU",
  low: -2,
  high: 2,
  density: "uniform",
  deviation: 1,
  gap: 0.1,
  method: "least squares",
  degree: 2,
};

export const settings = addressSignal("relu", parse, (value) =>
  format(value) === format(THESIS_SETTINGS) ? null : format(value),
);

/** Reads settings. What is missing or wrong is the thesis's. */
function parse(text: string | null): Settings {
  const words = (text ?? "").split(",");
  const name = (at: number, names: readonly string[], usual: string) =>
    names.find((name) => name === words[at]) ?? usual;
  const number = (at: number, { min, max }: { min: number; max: number }, usual: number) => {
    const value = Number(words[at] || NaN);
    return value >= min && value <= max ? value : usual;
  };
  const { reach, deviation, gap, degree } = BOUNDS;
  const usual = THESIS_SETTINGS;
  return {
    function: name(0, FUNCTIONS, usual.function),
    low: number(1, { min: -reach.max, max: -reach.min }, usual.low),
    high: number(2, reach, usual.high),
    density: name(3, DENSITIES, usual.density),
    method: name(4, METHODS, usual.method),
    degree: Math.round(number(5, degree, usual.degree)),
    deviation: number(6, deviation, usual.deviation),
    gap: number(7, gap, usual.gap),
  };
}

function format(value: Settings): string {
  const { low, high, density, method, degree, deviation, gap } = value;
  return [value.function, low, high, density, method, degree, deviation, gap].join(",");
}

/** Returns how near to zero inputs do not count: only for a function with a jump. */
export function gapOf({ function: name, gap }: Settings): number {
  return name === "sign" ? gap : 0;
}
