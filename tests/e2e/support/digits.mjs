// The ten digits as people draw them: strokes of points on the unit square, x to the right and y
// downwards. The pen follows a smooth curve through the points, as a hand does.

/** @type {Readonly<Record<string, readonly (readonly (readonly [number, number])[])[]>>} */
// biome-ignore format: several points stand on one line
export const DIGITS = {
  0: [
    [
      [0.55, 0.14], [0.42, 0.17], [0.32, 0.3], [0.28, 0.5], [0.31, 0.7], [0.41, 0.83],
      [0.54, 0.85], [0.66, 0.75], [0.71, 0.56], [0.7, 0.36], [0.64, 0.21], [0.55, 0.14],
      [0.5, 0.15],
    ],
  ],
  1: [[[0.54, 0.15], [0.53, 0.32], [0.51, 0.5], [0.49, 0.68], [0.48, 0.85]]],
  2: [
    [
      [0.29, 0.32], [0.34, 0.2], [0.46, 0.14], [0.6, 0.18], [0.67, 0.3], [0.64, 0.44],
      [0.54, 0.58], [0.41, 0.71], [0.29, 0.83], [0.44, 0.82], [0.59, 0.82], [0.75, 0.84],
    ],
  ],
  3: [
    [
      [0.31, 0.22], [0.43, 0.14], [0.58, 0.16], [0.66, 0.26], [0.62, 0.39], [0.5, 0.46],
      [0.43, 0.48], [0.56, 0.49], [0.68, 0.58], [0.69, 0.71], [0.59, 0.82], [0.44, 0.85],
      [0.3, 0.78],
    ],
  ],
  4: [
    [
      [0.36, 0.15], [0.33, 0.29], [0.3, 0.43], [0.29, 0.52],
      [0.42, 0.53], [0.57, 0.52], [0.73, 0.5],
    ],
    [[0.64, 0.16], [0.63, 0.34], [0.61, 0.52], [0.6, 0.7], [0.59, 0.86]],
  ],
  5: [
    [
      [0.36, 0.16], [0.35, 0.28], [0.33, 0.44], [0.44, 0.4], [0.57, 0.42], [0.67, 0.52],
      [0.68, 0.66], [0.6, 0.78], [0.47, 0.84], [0.31, 0.8],
    ],
    [[0.36, 0.16], [0.5, 0.16], [0.7, 0.14]],
  ],
  6: [
    [
      [0.62, 0.13], [0.5, 0.22], [0.39, 0.37], [0.33, 0.54], [0.33, 0.7], [0.41, 0.82],
      [0.54, 0.85], [0.65, 0.77], [0.67, 0.64], [0.59, 0.54], [0.47, 0.55], [0.37, 0.64],
      [0.34, 0.7],
    ],
  ],
  7: [
    [
      [0.27, 0.19], [0.42, 0.18], [0.58, 0.18], [0.72, 0.18], [0.66, 0.33], [0.58, 0.5],
      [0.5, 0.68], [0.44, 0.86],
    ],
  ],
  8: [
    [
      [0.64, 0.24], [0.55, 0.15], [0.43, 0.16], [0.36, 0.26], [0.4, 0.38], [0.51, 0.48],
      [0.63, 0.59], [0.67, 0.71], [0.6, 0.83], [0.47, 0.86], [0.36, 0.78], [0.35, 0.66],
      [0.43, 0.55], [0.55, 0.45], [0.64, 0.35], [0.65, 0.26], [0.62, 0.21],
    ],
  ],
  9: [
    [
      [0.66, 0.27], [0.57, 0.16], [0.44, 0.16], [0.35, 0.27], [0.36, 0.41], [0.46, 0.48],
      [0.58, 0.44], [0.66, 0.32], [0.66, 0.27], [0.65, 0.44], [0.62, 0.62], [0.57, 0.86],
    ],
  ],
};

/** How many positions of the pen are reported from one point to the next. */
const STEPS = 4;

/**
 * Returns the positions of the pen along a stroke, on a Catmull-Rom curve through its points.
 *
 * @param {readonly (readonly [number, number])[]} stroke
 * @returns {[number, number][]}
 */
export function path(stroke) {
  const at = (index) => stroke[Math.min(Math.max(index, 0), stroke.length - 1)];
  const positions = [[...stroke[0]]];
  for (let from = 0; from + 1 < stroke.length; from += 1) {
    const [a, b, c, d] = [at(from - 1), at(from), at(from + 1), at(from + 2)];
    for (let step = 1; step <= STEPS; step += 1) {
      const t = step / STEPS;
      const coordinate = (axis) =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t * t * t);
      positions.push([coordinate(0), coordinate(1)]);
    }
  }
  return positions;
}
