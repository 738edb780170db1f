// Pictures of long lists of numbers: coefficients as dots, and how often each size occurs.

import { picture, type Shape } from "../../charts/value-image";
import { element } from "../../dom/element";
import { svg } from "../../dom/svg";

const BINS = 32;
/** Size of a histogram in its own units. */
const [WIDTH, HEIGHT] = [320, 96];

/** Numbers as a map, drawn when the page is shown, and again when its colours have changed. */
export function map(
  page: HTMLElement,
  values: Float64Array,
  shape: Shape,
  full: number,
  caption: string,
): HTMLElement {
  const drawn = picture(shape, caption);
  page.addEventListener("shown", () => drawn.draw(values, full));
  return element("figure", "map", drawn.element, element("figcaption", "", caption));
}

/** The shape in which so many numbers are shown: as square as can be. */
export function sheet(count: number): Shape {
  const height = 2 ** Math.floor(Math.log2(count) / 2);
  return { channels: 1, height, width: count / height };
}

export interface Histogram {
  readonly counts: readonly number[];
  /** How far the fullest and the emptiest bin are from what uniform numbers would give, in standard deviations. */
  readonly largestDeviation: number;
}

/** How many of the values fall into each of equal parts of [low, high). */
export function histogram(values: ArrayLike<number>, low: number, high: number): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const bin = Math.floor((((values[i] ?? 0) - low) / (high - low)) * BINS);
    const at = Math.min(Math.max(bin, 0), BINS - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const expected = values.length / BINS;
  const deviation = Math.sqrt(expected * (1 - 1 / BINS));
  return {
    counts,
    largestDeviation: Math.max(...counts.map((each) => Math.abs(each - expected))) / deviation,
  };
}

/** A histogram as bars, with a line where all would be if every size were as likely. */
export function bars({ counts }: Histogram, caption: string): HTMLElement {
  const most = Math.max(...counts);
  const width = WIDTH / counts.length;
  const shapes = counts.map((count, bin) => {
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
  const y = (HEIGHT * (1 - mean / most)).toFixed(1);
  const drawing = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: "histogram",
    role: "img",
    "aria-label": caption,
  });
  drawing.append(...shapes, svg("line", { class: "mean", x1: 0, x2: WIDTH, y1: y, y2: y }));
  return element("figure", "", drawing, element("figcaption", "", caption));
}

/** Figures that belong together, one below the other. */
export function column(...figures: HTMLElement[]): HTMLElement {
  return element("div", "column", ...figures);
}

/** Figures side by side. */
export function row(...figures: HTMLElement[]): HTMLElement {
  return element("div", "figures", ...figures);
}

export function text(...words: (Node | string)[]): HTMLElement {
  return element("p", "", ...words);
}

/** A number that was measured, set off from the words around it. */
export function live(words: string, testId = ""): HTMLElement {
  const made = element("strong", "live", words);
  if (testId) made.dataset.testid = testId;
  return made;
}
