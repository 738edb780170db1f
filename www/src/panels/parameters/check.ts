// Checks a parameter set with the playground, and measures its operations in this browser.

import type { Playground } from "../../playground/load";
import { pause } from "../../util/pause";
import type { RequestedSet } from "./set";

export interface Verdict {
  /** Bits of all moduli together, as asked for. */
  readonly asked: number;
  /** The largest secure number of bits at this degree. */
  readonly limit: number | null;
  readonly refusals: readonly {
    readonly kind: "security" | "unworkable";
    readonly reason: string;
  }[];
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
  /**
   * The precision of a value of magnitude one: fresh, then multiplied by weights and squared in
   * turn.
   */
  readonly layers: readonly {
    readonly level: number;
    readonly bits: number;
    readonly headroom: number;
  }[];
}

export function check(
  playground: Playground,
  { logN, q, special, logScale }: RequestedSet,
): Verdict {
  const answer = playground.checkParameters(
    logN,
    Uint32Array.from(q),
    Uint32Array.from(special),
    logScale,
  );
  return JSON.parse(answer) as Verdict;
}

/**
 * Times in milliseconds: medians of several rounds, except for the tables, which are built once.
 */
export interface Times {
  readonly tables: number;
  readonly transform: number;
  readonly encode: number;
  readonly rotate: number;
}

const ROUNDS = 9;
/** One transform is too short for the browser's clock, so this many are measured together. */
const TRANSFORMS = 50;

/** Measures the set's operations; the browser can draw between two rounds. */
export async function measure(
  playground: Playground,
  { logN, q, special, logScale }: RequestedSet,
): Promise<Times> {
  const started = performance.now();
  const set = new playground.ParameterSet(
    logN,
    Uint32Array.from(q),
    Uint32Array.from(special),
    logScale,
  );
  const tables = performance.now() - started;
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
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return times[ROUNDS >> 1] ?? 0;
}
