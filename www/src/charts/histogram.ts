// Histograms.

import { element } from "../dom/element";
import { svg } from "../dom/svg";
import { horizontal } from "./chart";

const BINS = 32;
/** The size in units of its own. */
const [WIDTH, HEIGHT] = [320, 96];

export interface Histogram {
  readonly counts: readonly number[];
  /** The largest deviation of a bin from that of uniform numbers, in standard deviations. */
  readonly largestDeviation: number;
}

/** Counts the values in equal parts of [low, high); values beyond are counted at the ends. */
export function histogram(values: ArrayLike<number>, low: number, high: number): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const bin = Math.floor((((values[i] ?? 0) - low) / (high - low)) * BINS);
    const at = Math.min(Math.max(bin, 0), BINS - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const expected = values.length / BINS;
  const deviation = Math.sqrt(expected * (1 - 1 / BINS));
  const largest = Math.max(...counts.map((each) => Math.abs(each - expected)));
  return { counts, largestDeviation: largest / deviation };
}

/** Draws a histogram, with a line at the mean count. */
export function histogramFigure({ counts }: Histogram, caption: string): HTMLElement {
  const most = Math.max(...counts);
  const width = WIDTH / counts.length;
  const bars = counts.map((count, bin) => {
    const height = (count / most) * HEIGHT;
    return svg("rect", {
      class: "bin",
      x: (bin * width).toFixed(1),
      y: (HEIGHT - height).toFixed(1),
      width: (width - 1).toFixed(1),
      height: height.toFixed(1),
    });
  });
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  const drawing = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: "histogram",
    role: "img",
    "aria-label": caption,
  });
  drawing.append(...bars, horizontal("mean", 0, WIDTH, HEIGHT * (1 - mean / most)));
  return element("figure", "", drawing, element("figcaption", "", caption));
}
