/** Returns the index of the largest value, or the first of several. */
export function argmax(values: Float32Array | Float64Array): number {
  return values.indexOf(Math.max(...values));
}
