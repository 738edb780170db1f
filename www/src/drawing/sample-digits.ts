// Sample digits, for visitors who cannot or do not want to draw: each digit in three hands. They
// are drawn on the pad stroke by stroke, and encrypted and read like any other drawing.

import type { Point } from "./pad";

/**
 * The variants of each digit: the points where the pen turns, in hundredths of the pad, with ` / `
 * between strokes. A point that is repeated is a corner.
 */
const SAMPLES: readonly (readonly string[])[] = [
  [
    "57,15 47,15 38,24 30,38 28,55 31,70 39,82 48,84 59,81 67,68 72,51 71,35 64,21 55,16",
    "60,20 49,16 36,20 27,32 24,48 27,65 35,77 48,84 60,82 70,73 76,57 76,40 68,27 56,17",
    "56,15 48,20 41,31 35,47 32,63 35,78 41,85 48,84 58,77 65,62 69,46 68,30 65,19 57,15",
  ],
  [
    "56,14 54,39 48,62 45,87",
    "37,33 46,25 55,15 55,15 55,15 55,39 52,64 52,87",
    "38,30 46,23 53,14 53,14 53,14 54,40 53,64 52,84 / 37,87 53,86 68,85",
  ],
  [
    "29,28 34,19 42,14 52,14 60,18 65,26 66,36 63,43 55,56 42,69 30,85 30,85 30,85 44,82 57,82 " +
      "75,82",
    "30,22 36,17 46,13 56,15 63,22 67,29 65,37 59,45 52,59 40,72 32,83 28,78 34,72 44,77 56,82 " +
      "65,83 75,77",
    "31,24 41,17 55,15 64,22 65,33 58,49 46,63 27,86 27,86 27,86 49,85 77,86",
  ],
  [
    "32,23 38,17 48,16 59,18 64,27 65,34 59,42 51,47 46,49 54,48 62,52 67,59 70,69 65,78 57,84 " +
      "47,84 36,82 29,76",
    "30,16 47,17 68,15 68,15 68,15 58,30 47,43 47,43 47,43 58,44 68,53 69,67 60,82 45,86 30,81",
    "36,21 48,14 60,17 65,28 58,40 44,47 44,47 44,47 58,49 64,60 61,74 50,84 36,87 27,80",
  ],
  [
    "39,14 33,35 29,55 29,55 29,55 44,56 59,55 74,53 / 63,33 59,50 58,69 58,89",
    "59,88 60,62 62,39 60,14 60,14 60,14 47,35 35,49 26,61 26,61 26,61 44,62 59,61 77,60",
    "46,14 39,34 26,57 26,57 26,57 49,59 74,56 / 66,15 64,40 59,65 57,88",
  ],
  [
    "37,15 36,30 33,46 33,46 33,46 46,41 58,44 66,55 67,68 58,81 44,84 30,80 / 37,15 53,14 70,14",
    "70,15 54,14 39,15 39,15 39,15 37,29 35,43 35,43 35,43 46,40 61,43 69,56 66,72 55,83 41,86 " +
      "29,79",
    "66,13 53,14 40,13 40,13 40,13 36,30 33,45 33,45 33,45 45,45 59,49 64,60 60,75 46,85 30,89",
  ],
  [
    "64,13 51,23 40,36 32,53 33,69 39,81 51,86 62,79 66,66 61,57 49,55 39,61 34,71",
    "57,12 47,25 37,43 31,61 35,76 44,87 56,85 66,76 66,64 55,57 44,59 35,68",
    "67,16 55,19 44,29 36,44 32,60 37,77 48,86 62,81 68,70 61,59 50,57 39,66 34,73",
  ],
  [
    "28,18 50,17 73,16 73,16 73,16 61,40 53,63 47,86",
    "27,17 50,16 72,16 72,16 72,16 60,40 50,63 44,86 / 39,52 52,49 70,49",
    "30,27 29,18 29,18 29,18 41,20 55,18 72,14 72,14 72,14 62,32 54,50 49,69 48,86",
  ],
  [
    "64,24 56,15 42,15 35,26 38,38 52,47 64,58 68,71 60,83 47,86 35,78 35,64 43,55 56,45 64,34 " +
      "64,24 61,18",
    "52,48 61,43 65,36 65,26 60,18 52,15 44,17 37,22 36,31 38,40 44,46 53,46 51,46 61,49 67,56 " +
      "69,67 67,76 60,85 49,85 39,82 32,75 30,65 33,56 41,48 51,46",
    "70,20 57,13 46,17 42,30 51,40 59,52 61,66 55,81 42,85 30,79 33,66 43,54 56,47 68,35 71,22",
  ],
  [
    "64,26 60,19 52,15 43,17 36,23 33,33 36,42 44,47 52,48 61,45 65,36 65,28 65,28 66,28 65,45 " +
      "63,66 61,88",
    "67,28 58,16 46,15 35,25 36,40 46,48 58,45 66,30 67,26 67,44 65,64 56,79 45,87 34,81",
    "68,20 57,15 43,18 36,32 41,45 53,44 63,34 68,20 68,20 68,20 63,43 56,66 49,89",
  ],
];

/** How many points are laid between two points where the pen turns. */
const STEPS = 6;

/** How many variants there are of each digit. */
export const VARIANTS = Math.min(...SAMPLES.map((variants) => variants.length));

/** Returns the strokes of a digit, in one of its variants. */
export function sampleDigit(digit: number, variant: number): Point[][] {
  const strokes = SAMPLES[digit]?.[variant % VARIANTS] ?? "";
  return strokes.split(" / ").map((stroke) => {
    const points = stroke.split(" ").map((point) => {
      const [x = 0, y = 0] = point.split(",").map(Number);
      return { x: x / 100, y: y / 100 };
    });
    return smooth(points);
  });
}

/** Returns a Catmull-Rom curve through these points, as a hand would draw it. */
function smooth(corners: readonly Point[]): Point[] {
  const points = corners.slice(0, 1);
  for (const [index, b] of corners.entries()) {
    const c = corners[index + 1];
    if (!c) break;
    const [a, d] = [corners[index - 1] ?? b, corners[index + 2] ?? c];
    for (let step = 1; step <= STEPS; step += 1) {
      const t = step / STEPS;
      points.push({
        x: catmullRom(a.x, b.x, c.x, d.x, t),
        y: catmullRom(a.y, b.y, c.y, d.y, t),
      });
    }
  }
  return points;
}

/** Interpolates between b and c, t from 0 to 1; a is before b and d after c. */
function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
