// What is computed of two layers: how far the decrypted values are from the plain ones.

import type { Shape } from "../../charts/value-image";

/** One layer of one drawing: computed encrypted and decrypted, and computed in the clear. */
export interface LayerFigures {
  readonly name: string;
  readonly shape: Shape;
  readonly encrypted: Float64Array;
  readonly plain: Float64Array;
  readonly maxError: number;
  readonly rmsError: number;
  /** What the noise model says that the root mean square should be, where it can follow the network. */
  readonly predicted: number | undefined;
  /** Smallest and largest plain value. */
  readonly range: readonly [number, number];
  readonly level: number;
  readonly logScale: number;
  readonly logModulus: number;
  readonly bitsLeft: number;
  readonly bytes: number;
}

/** Largest and root-mean-square difference of two lists of the same length. */
export function errors(
  encrypted: Float64Array,
  plain: Float64Array,
): { maxError: number; rmsError: number } {
  let [largest, squares] = [0, 0];
  for (const [index, value] of encrypted.entries()) {
    const error = Math.abs(value - (plain[index] ?? NaN));
    // not Math.max: what is no number must show
    if (!(error <= largest)) largest = error;
    squares += error * error;
  }
  return { maxError: largest, rmsError: Math.sqrt(squares / encrypted.length) };
}

export function rangeOf(values: Float64Array): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Bits behind the binary point that an error of this size leaves right. */
export function bitsOf(error: number): number {
  return -Math.log2(error);
}

/** The largest power of two that an error may be multiplied by and still be drawn within `full`. */
export function amplification(maxError: number, full: number): number {
  return maxError > 0 ? 2 ** Math.floor(Math.log2(full / maxError)) : 1;
}
