// A chart of lines, dots and marked levels over two axes. Its styles are in styles/chart.css.

import { svg } from "../dom/svg";
import { tick } from "../util/format";
import {
  Chart,
  type ChartArea,
  type ChartDrawing,
  curve,
  dots,
  horizontal,
  linear,
  type Pixel,
  vertical,
} from "./chart";

/** The height as a share of the width, and its bounds in pixels. */
const HEIGHT = { share: 0.52, min: 200, max: 420 };
/** The margins for numbers and labels, as multiples of the font's size. Long numbers get more. */
const MARGIN = { left: 4.2, right: 1.2, top: 2, bottom: 2.8 };

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly label: string;
  /** Whether powers of ten are at equal distances. */
  readonly logarithmic?: boolean;
  /** Where numbers are written; by default at round ones. */
  readonly ticks?: readonly number[];
}

export interface Line {
  /** Its class in the style sheet: `chart-KIND`. */
  readonly kind: string;
  /** Its name in the legend; without one it is not listed. */
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly marker?: "line" | "line and dots" | "dots";
}

/** A marked value of y, and its name. */
export interface Mark {
  readonly y: number;
  readonly name: string;
}

export interface LineChartData {
  /** A description of the chart, for visitors who do not see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
}

export class LineChart extends Chart<LineChartData> {
  constructor() {
    super("chart", draw);
  }
}

function draw({ label, x, y, lines, marks = [] }: LineChartData, area: ChartArea): ChartDrawing {
  const { width, font, measure } = area;
  const height = Math.round(Math.min(Math.max(HEIGHT.share * width, HEIGHT.min), HEIGHT.max));
  const yTicks = y.ticks ?? ticks(y, height / (3.2 * font));
  const longest = Math.max(
    ...yTicks.map((value) => measure(text("tick", [0, 0], tick(value), "end"))),
  );
  const left = Math.max(MARGIN.left * font, longest + 0.7 * font);
  const right = width - MARGIN.right * font;
  const [top, bottom] = [MARGIN.top * font, height - MARGIN.bottom * font];
  const toX = scale(x, left, right);
  const toY = scale(y, bottom, top);
  const shapes: SVGElement[] = [];
  for (const value of x.ticks ?? ticks(x, width / (6 * font))) {
    const at = toX(value);
    shapes.push(vertical("chart-grid", at, top, bottom));
    shapes.push(text("tick", [at, bottom + 1.3 * font], tick(value), "middle"));
  }
  for (const value of yTicks) {
    const at = toY(value);
    shapes.push(horizontal("chart-grid", left, right, at));
    shapes.push(text("tick", [left - 0.5 * font, at + 0.35 * font], tick(value), "end"));
  }
  if (crossesZero(x)) shapes.push(vertical("chart-zero", toX(0), top, bottom));
  if (crossesZero(y)) shapes.push(horizontal("chart-zero", left, right, toY(0)));
  shapes.push(text("axis", [right, bottom + 2.5 * font], x.label, "end"));
  shapes.push(text("axis", [0.2 * font, font], y.label, "start"));
  for (const { kind, marker = "line", ...line } of lines) {
    const points = Array.from(line.x, (at, i): Pixel => [toX(at), toY(line.y[i] ?? 0)]);
    if (marker !== "dots") shapes.push(curve(`chart-line chart-${kind}`, points));
    if (marker !== "line") shapes.push(...dots(`chart-dot chart-${kind}`, points, 0.36 * font));
  }
  for (const mark of marks) {
    const at = toY(mark.y);
    shapes.push(horizontal("chart-mark", left, right, at));
    shapes.push(text("marked", [right, at - 0.45 * font], mark.name, "end"));
  }
  shapes.push(...legend(lines, right, area));
  return { shapes, height, label };
}

function text(kind: string, [x, y]: Pixel, content: string, anchor: string): SVGTextElement {
  return svg("text", { class: `chart-${kind}`, x, y, "text-anchor": anchor }, content);
}

function crossesZero({ low, high, logarithmic }: Axis): boolean {
  return !logarithmic && low < 0 && high > 0;
}

/** Draws the lines' names at the top, from the right. */
function legend(lines: readonly Line[], right: number, { font, measure }: ChartArea): SVGElement[] {
  let at = right;
  return [...lines].reverse().flatMap(({ kind, name, marker }) => {
    if (!name) return [];
    const label = text("legend", [at, font], name, "end");
    at -= measure(label) + 0.5 * font;
    const [end, y] = [at, 0.68 * font];
    at -= 2.5 * font;
    return marker === "dots"
      ? [label, ...dots(`chart-dot chart-${kind}`, [[end - 0.5 * font, y]], 0.36 * font)]
      : [label, horizontal(`chart-line chart-${kind}`, end - 1.5 * font, end, y)];
  });
}

/** Returns a function from an axis's values to pixels; values beyond its ends stay at them. */
function scale({ low, high, logarithmic }: Axis, from: number, to: number) {
  const within = (value: number) => Math.min(Math.max(value, low), high);
  if (!logarithmic) {
    const toPixel = linear(low, high, from, to);
    return (value: number) => toPixel(within(value));
  }
  const toPixel = linear(Math.log10(low), Math.log10(high), from, to);
  return (value: number) => toPixel(Math.log10(within(value)));
}

/** Returns about `count` round numbers within an axis. */
function ticks({ low, high, logarithmic }: Axis, count: number): number[] {
  const found = [];
  if (logarithmic) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(count, 2)));
    for (let exponent = first; exponent <= last; exponent += step) found.push(10 ** exponent);
    return found;
  }
  const rough = (high - low) / Math.max(count, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  for (let i = Math.ceil(low / step - 1e-9); i <= high / step + 1e-9; i += 1) found.push(i * step);
  return found;
}
