// The parts that a step of the lesson is made of.

import { type Shape, ValueImage } from "../../charts/value-image";
import { element } from "../../dom/element";

/** The event of a page for its images: it is on the screen now, or has other colours. */
export const SHOWN = "shown";

/**
 * Returns numbers as a map. It is drawn when the page is shown, and again when the colours change.
 */
export function valueMap(
  page: HTMLElement,
  values: Float64Array,
  shape: Shape,
  full: number,
  caption: string,
): HTMLElement {
  const image = new ValueImage(shape, caption);
  page.addEventListener(SHOWN, () => image.draw(values, full));
  return element("figure", "map", image.element, element("figcaption", "", caption));
}

/** Returns an almost square shape for so many numbers, which are a power of two. */
export function squareShape(count: number): Shape {
  const height = 2 ** Math.floor(Math.log2(count) / 2);
  return { channels: 1, height, width: count / height };
}

/** Returns figures one below the other. */
export function column(...figures: HTMLElement[]): HTMLElement {
  return element("div", "column", ...figures);
}

/** Returns figures side by side. */
export function row(...figures: HTMLElement[]): HTMLElement {
  return element("div", "figures", ...figures);
}

export function paragraph(...content: (Node | string)[]): HTMLElement {
  return element("p", "", ...content);
}

/** Returns a measured value, set off from the text around it. */
export function measured(value: string, testId = ""): HTMLElement {
  const made = element("strong", "live", value);
  if (testId) made.dataset.testid = testId;
  return made;
}
