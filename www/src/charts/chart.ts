// The base of all charts: an SVG that is as wide as its container and is redrawn with it. One unit
// is one pixel, so that its text is as large as the page's.

import { svg } from "../dom/svg";

/** What a chart is drawn on: its width and the size of its font in pixels. */
export interface ChartArea {
  readonly width: number;
  readonly font: number;
  /** Returns how long a text is that has not been drawn yet. */
  measure(text: SVGTextElement): number;
}

/** A drawing: its shapes, those in front last, and its height. */
export interface ChartDrawing {
  readonly shapes: readonly SVGElement[];
  readonly height: number;
  /** A description of the chart, for visitors who do not see it. */
  readonly label: string;
}

export class Chart<T> {
  readonly element: SVGSVGElement;
  readonly #draw: (data: T, area: ChartArea) => ChartDrawing;
  #data: T | undefined;
  #width = 0;

  /** `draw` returns the shapes for the data. The styles of `className` set the font. */
  constructor(className: string, draw: (data: T, area: ChartArea) => ChartDrawing) {
    this.element = svg("svg", { class: className, role: "img" });
    this.#draw = draw;
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.#width) this.#redraw();
    }).observe(this.element);
  }

  show(data: T): void {
    this.#data = data;
    this.#redraw();
  }

  #redraw(): void {
    this.#width = this.element.clientWidth;
    if (!this.#data || this.#width === 0) return;
    const font = parseFloat(getComputedStyle(this.element).fontSize);
    const measure = (text: SVGTextElement) => {
      this.element.append(text);
      return text.getComputedTextLength();
    };
    const { shapes, height, label } = this.#draw(this.#data, { width: this.#width, font, measure });
    this.element.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    this.element.setAttribute("height", String(height));
    this.element.setAttribute("aria-label", label);
    this.element.replaceChildren(...shapes);
  }
}

/** A point in pixels. */
export type Pixel = readonly [number, number];

/** Returns a line through `points`. */
export function curve(className: string, points: readonly Pixel[]): SVGElement {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return svg("polyline", { class: className, points: path });
}

/** Returns a dot at each of `points`. */
export function dots(className: string, points: readonly Pixel[], r: number): SVGElement[] {
  return points.map(([cx, cy]) => svg("circle", { class: className, cx, cy, r }));
}

/** Returns a horizontal line. */
export function horizontal(className: string, x1: number, x2: number, y: number): SVGElement {
  return svg("line", { class: className, x1, x2, y1: y, y2: y });
}

/** Returns a vertical line. */
export function vertical(className: string, x: number, y1: number, y2: number): SVGElement {
  return svg("line", { class: className, x1: x, x2: x, y1, y2 });
}

/** Returns a function from values to pixels, linear from `low` at `from` to `high` at `to`. */
export function linear(low: number, high: number, from: number, to: number) {
  return (value: number): number => from + ((value - low) / (high - low)) * (to - from);
}
