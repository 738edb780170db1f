// Drawings that are all different: the ten digits of the tests, each rotated, scaled and shifted a
// little.

import { DIGITS } from "../../tests/e2e/support/digits.mjs";

/** Pseudorandom numbers from 0 to 1 with a fixed seed: a linear congruential generator. */
function* randomNumbers() {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/**
 * Returns `count` drawings, each a list of strokes on the unit square.
 *
 * @returns {{ digit: string, strokes: [number, number][][] }[]}
 */
export function drawings(count) {
  const random = randomNumbers();
  const between = (low, high) => low + (high - low) * random.next().value;
  const digits = Object.keys(DIGITS);
  return Array.from({ length: count }, (_, index) => {
    const digit = digits[index % digits.length];
    const [angle, width, height, right, down] = [
      between(-0.15, 0.15),
      between(0.85, 1.1),
      between(0.85, 1.1),
      between(-0.05, 0.05),
      between(-0.05, 0.05),
    ];
    const transform = ([x, y]) => {
      const [a, b] = [width * (x - 0.5), height * (y - 0.5)];
      return [
        0.5 + right + a * Math.cos(angle) - b * Math.sin(angle),
        0.5 + down + a * Math.sin(angle) + b * Math.cos(angle),
      ];
    };
    return { digit, strokes: DIGITS[digit].map((stroke) => stroke.map(transform)) };
  });
}
