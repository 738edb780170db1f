// How far the decrypted values of a layer are from those of the plaintext network.

import type { Shape } from "../../charts/value-image";

/**
 * One layer for one drawing: computed encrypted and then decrypted, and computed without
 * encryption.
 */
export interface LayerErrors {
  readonly name: string;
  readonly shape: Shape;
  readonly encrypted: Float64Array;
  readonly plain: Float64Array;
  readonly maxError: number;
  readonly rmsError: number;
  /** The root mean square that the noise model predicts, where it covers the network. */
  readonly predictedError: number | undefined;
  /** The smallest and the largest plain value. */
  readonly range: readonly [number, number];
  readonly level: number;
  readonly logScale: number;
  readonly logModulus: number;
  readonly bitsLeft: number;
  readonly bytes: number;
}

/** Returns the largest and the root-mean-square difference of two lists of the same length. */
export function errors(
  encrypted: Float64Array,
  plain: Float64Array,
): { maxError: number; rmsError: number } {
  let [largest, squares] = [0, 0];
  for (const [index, value] of encrypted.entries()) {
    const error = Math.abs(value - (plain[index] ?? NaN));
    // Unlike `Math.max`, the negated comparison lets a NaN through to the screen.
    if (!(error <= largest)) largest = error;
    squares += error * error;
  }
  return { maxError: largest, rmsError: Math.sqrt(squares / encrypted.length) };
}

/** Returns the smallest and the largest value. */
export function rangeOf(values: Float64Array): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Returns how many bits after the binary point are correct with an error of this size. */
export function correctBits(error: number): number {
  return -Math.log2(error);
}

/**
 * Returns the largest power of two that an error can be multiplied by and still be at most `full`.
 */
export function amplification(maxError: number, full: number): number {
  return maxError > 0 ? 2 ** Math.floor(Math.log2(full / maxError)) : 1;
}
