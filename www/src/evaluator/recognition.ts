// What a recognition gives.

import type { Report } from "./protocol";

export interface Recognition {
  readonly scores: Float32Array;
  /** Returns the scores as they may leave the page; see the vault's `release`. */
  release(): ReleasedScores;
  readonly report: Report;
}

/**
 * Scores that may leave the page: added noise hides what the exact ones would reveal of the key.
 */
export interface ReleasedScores {
  readonly scores: Float64Array;
  /** Standard deviation of the noise. */
  readonly deviation: number;
  /** They are rounded to multiples of this. */
  readonly grid: number;
}
