// What was measured in this browser, on this visit: by network, how long keys took, and evaluations.

import type { Report } from "../evaluator/protocol";

export interface Measured {
  readonly threads: number;
  readonly where: string;
  /** Evaluation alone, and from pixels to answer: medians in milliseconds. */
  readonly evaluationMs: number;
  readonly totalMs: number;
  readonly drawings: number;
}

/** Only the newest count: what else the machine does changes. */
const MOST_KEPT = 101;

interface Kept {
  threads: number;
  where: string;
  evaluations: number[];
  totals: number[];
}

export class Measurements {
  readonly #kept = new Map<string, Kept>();
  readonly #keysMs = new Map<string, number>();
  #keysSince: number | undefined;

  /** Keys are being made: `made` of them so far. */
  keys(made: number): void {
    if (made === 0) this.#keysSince = performance.now();
  }

  /** All keys have been made and handed over. */
  ready(model: string): void {
    if (this.#keysSince === undefined) return;
    this.#keysMs.set(model, performance.now() - this.#keysSince);
    this.#keysSince = undefined;
  }

  /** One drawing was read, `where`. Those of another place or number of threads count no longer. */
  read(
    model: string,
    where: string,
    { threads, totalMs: evaluationMs }: Report,
    totalMs: number,
  ): void {
    let kept = this.#kept.get(model);
    if (kept?.threads !== threads || kept.where !== where) {
      kept = { threads, where, evaluations: [], totals: [] };
      this.#kept.set(model, kept);
    }
    for (const [list, value] of [
      [kept.evaluations, evaluationMs],
      [kept.totals, totalMs],
    ] as const) {
      list.push(value);
      if (list.length > MOST_KEPT) list.shift();
    }
  }

  /** How long the keys of a network took, from the first to the evaluator having them all. */
  keysMs(model: string): number | undefined {
    return this.#keysMs.get(model);
  }

  of(model: string): Measured | undefined {
    const kept = this.#kept.get(model);
    if (!kept) return undefined;
    const { threads, where, evaluations, totals } = kept;
    return {
      threads,
      where,
      evaluationMs: median(evaluations),
      totalMs: median(totals),
      drawings: evaluations.length,
    };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
