// Drawings that are all different: the tests' ten digits, turned, stretched and moved a little.

import { DIGITS } from "../../tests/e2e/support/digits.mjs";

/** Numbers from 0 to 1 that look random, always the same. */
function* numbers() {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/**
 * `count` drawings, each a list of strokes on the unit square.
 *
 * @returns {{ digit: string, strokes: [number, number][][] }[]}
 */
export function drawings(count) {
  const random = numbers();
  const within = (low, high) => low + (high - low) * random.next().value;
  const digits = Object.keys(DIGITS);
  return Array.from({ length: count }, (_, index) => {
    const digit = digits[index % digits.length];
    const [turn, wide, high, right, down] = [
      within(-0.15, 0.15),
      within(0.85, 1.1),
      within(0.85, 1.1),
      within(-0.05, 0.05),
      within(-0.05, 0.05),
    ];
    const move = ([x, y]) => {
      const [a, b] = [wide * (x - 0.5), high * (y - 0.5)];
      return [
        0.5 + right + a * Math.cos(turn) - b * Math.sin(turn),
        0.5 + down + a * Math.sin(turn) + b * Math.cos(turn),
      ];
    };
    return { digit, strokes: DIGITS[digit].map((stroke) => stroke.map(move)) };
  });
}
