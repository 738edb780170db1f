// What the playground says of a parameter set, and how long its operations take in this browser.

import type { Playground } from "../playground";
import { pause } from "../vault";
import type { Wanted } from "./set";

export interface Verdict {
  /** Bits of all moduli, as asked for. */
  readonly asked: number;
  /** The most that is secure at this degree. */
  readonly limit: number | null;
  readonly refusals: readonly { readonly kind: "security" | "unworkable"; readonly reason: string }[];
  readonly set: Facts | null;
}

export interface Facts {
  readonly degree: number;
  readonly slots: number;
  readonly levels: number;
  readonly logQp: number;
  readonly moduli: readonly number[];
  readonly specialModuli: readonly number[];
  readonly digits: number;
  readonly keyBytes: number;
  readonly drawingBytes: number;
  readonly scoresBytes: number;
  /** A value of magnitude one, fresh, and then multiplied with weights and squared in turn. */
  readonly layers: readonly { readonly level: number; readonly bits: number; readonly headroom: number }[];
}

export function check(playground: Playground, { logN, q, special, logScale }: Wanted): Verdict {
  const answer = playground.checkParameters(logN, Uint32Array.from(q), Uint32Array.from(special), logScale);
  return JSON.parse(answer) as Verdict;
}

/** Milliseconds: medians of several rounds, but for the tables, which are built once. */
export interface Times {
  readonly tables: number;
  readonly transform: number;
  readonly encode: number;
  readonly rotate: number;
}

const ROUNDS = 9;
/** One transform is too short for the browser's clock. */
const TRANSFORMS = 50;

/** Computes with the set, in steps between which the browser can draw. */
export async function measure(playground: Playground, { logN, q, special, logScale }: Wanted): Promise<Times> {
  const begun = performance.now();
  const set = new playground.ParameterSet(logN, Uint32Array.from(q), Uint32Array.from(special), logScale);
  const tables = performance.now() - begun;
  try {
    return {
      tables,
      transform: (await median(() => set.transform(TRANSFORMS))) / TRANSFORMS,
      encode: await median(() => set.encode(1)),
      rotate: await median(() => set.rotate(1)),
    };
  } finally {
    set.free();
  }
}

async function median(work: () => void): Promise<number> {
  work();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause();
    const begun = performance.now();
    work();
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  return times[ROUNDS >> 1] ?? 0;
}
