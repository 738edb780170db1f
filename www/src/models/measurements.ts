// The times measured in this browser on this visit, for each network: of making keys, and of
// evaluations.

import type { Report } from "../evaluator/protocol";

export interface Times {
  readonly threads: number;
  readonly where: string;
  /** Medians in milliseconds: of the evaluation alone, and from pixels to answer. */
  readonly evaluationMs: number;
  readonly totalMs: number;
  readonly drawings: number;
}

/** Only the newest count, because the load of the machine changes. */
const MAX_KEPT = 101;

interface Samples {
  threads: number;
  where: string;
  evaluations: number[];
  totals: number[];
}

export class Measurements {
  readonly #samples = new Map<string, Samples>();
  readonly #keysMs = new Map<string, number>();
  #keysStarted: number | undefined;

  /** `made` keys have been made so far. */
  keysMade(made: number): void {
    if (made === 0) this.#keysStarted = performance.now();
  }

  /** All keys have been made, and the evaluator has its own. */
  keysReady(model: string): void {
    if (this.#keysStarted === undefined) return;
    this.#keysMs.set(model, performance.now() - this.#keysStarted);
    this.#keysStarted = undefined;
  }

  /** Adds an evaluation. Those at another location or with other threads no longer count. */
  add(
    model: string,
    where: string,
    { threads, totalMs: evaluationMs }: Report,
    totalMs: number,
  ): void {
    let kept = this.#samples.get(model);
    if (kept?.threads !== threads || kept.where !== where) {
      kept = { threads, where, evaluations: [], totals: [] };
      this.#samples.set(model, kept);
    }
    for (const [list, value] of [
      [kept.evaluations, evaluationMs],
      [kept.totals, totalMs],
    ] as const) {
      list.push(value);
      if (list.length > MAX_KEPT) list.shift();
    }
  }

  /** Returns the time from the start of making keys until the evaluator had all of its own. */
  keysMs(model: string): number | undefined {
    return this.#keysMs.get(model);
  }

  of(model: string): Times | undefined {
    const kept = this.#samples.get(model);
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
