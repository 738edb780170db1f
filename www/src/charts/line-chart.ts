// A chart of lines, dots and marks as SVG, drawn as wide as there is room: one unit is one pixel, so
// that its words are as large as the page's. How it looks is for the style sheet (styles/relu.css).

const SVG = "http://www.w3.org/2000/svg";

/** The share of the width that the height is, and its bounds in pixels. */
const HEIGHT = { share: 0.52, least: 200, most: 420 };
/** Room around the lines in multiples of the font's size: for numbers and for what the axes are called. */
const ROOM = { left: 4.2, right: 1.2, top: 2, bottom: 2.8 };

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly label: string;
  /** Powers of ten at equal distances. */
  readonly logarithmic?: boolean;
  /** Where numbers stand; else round ones are found. */
  readonly ticks?: readonly number[];
}

export interface Line {
  /** Its class in the style sheet: `chart-KIND`. */
  readonly kind: string;
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly dots?: boolean;
  /** Dots alone, that no line joins. */
  readonly apart?: boolean;
}

/** A level that is marked, with what it is. */
export interface Mark {
  readonly y: number;
  readonly name: string;
}

export interface Spec {
  /** What is to be seen, for those who do not see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
}

export class Chart {
  readonly element = make("svg", { class: "chart", role: "img" });
  #spec: Spec | undefined;
  #width = 0;

  constructor() {
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.#width) this.#draw();
    }).observe(this.element);
  }

  show(spec: Spec): void {
    this.#spec = spec;
    this.#draw();
  }

  #draw(): void {
    this.#width = this.element.clientWidth;
    if (this.#spec && this.#width > 0) draw(this.element, this.#spec, this.#width);
  }
}

function draw(svg: SVGSVGElement, { label, x, y, lines, marks = [] }: Spec, width: number): void {
  const height = Math.round(Math.min(Math.max(HEIGHT.share * width, HEIGHT.least), HEIGHT.most));
  const font = parseFloat(getComputedStyle(svg).fontSize);
  const [left, right] = [ROOM.left * font, width - ROOM.right * font];
  const [top, bottom] = [ROOM.top * font, height - ROOM.bottom * font];
  const across = scale(x, left, right);
  const up = scale(y, bottom, top);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", String(height));
  svg.setAttribute("aria-label", label);
  svg.replaceChildren();
  const text = (kind: string, at: [number, number], words: string, anchor: string) => {
    const node = make("text", {
      class: `chart-${kind}`,
      x: at[0],
      y: at[1],
      "text-anchor": anchor,
    });
    node.textContent = words;
    svg.append(node);
    return node;
  };
  for (const tick of x.ticks ?? ticks(x, width / (6 * font))) {
    const at = across(tick);
    svg.append(make("line", { class: "chart-grid", x1: at, x2: at, y1: top, y2: bottom }));
    text("tick", [at, bottom + 1.3 * font], number(tick), "middle");
  }
  for (const tick of y.ticks ?? ticks(y, height / (3.2 * font))) {
    const at = up(tick);
    svg.append(make("line", { class: "chart-grid", x1: left, x2: right, y1: at, y2: at }));
    text("tick", [left - 0.5 * font, at + 0.35 * font], number(tick), "end");
  }
  for (const axis of [x, y]) {
    if (axis.logarithmic || axis.low >= 0 || axis.high <= 0) continue;
    const at = axis === x ? across(0) : up(0);
    const ends =
      axis === x
        ? { x1: at, x2: at, y1: top, y2: bottom }
        : { x1: left, x2: right, y1: at, y2: at };
    svg.append(make("line", { class: "chart-zero", ...ends }));
  }
  text("axis", [right, bottom + 2.5 * font], x.label, "end");
  text("axis", [0.2 * font, font], y.label, "start");
  for (const line of lines) {
    const points = Array.from(line.x, (at, i) => [across(at), up(line.y[i] ?? 0)] as const);
    if (!line.apart) {
      const path = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(" ");
      svg.append(make("polyline", { class: `chart-line chart-${line.kind}`, points: path }));
    }
    if (!line.dots && !line.apart) continue;
    for (const [cx, cy] of points) {
      svg.append(make("circle", { class: `chart-dot chart-${line.kind}`, cx, cy, r: 0.36 * font }));
    }
  }
  for (const mark of marks) {
    const at = up(mark.y);
    svg.append(make("line", { class: "chart-mark", x1: left, x2: right, y1: at, y2: at }));
    text("marked", [right, at - 0.45 * font], mark.name, "end");
  }
  legend(svg, lines, right, font, text);
}

/** Which line is which, at the top, from the right. */
function legend(
  svg: SVGSVGElement,
  lines: readonly Line[],
  right: number,
  font: number,
  text: (kind: string, at: [number, number], words: string, anchor: string) => SVGTextElement,
): void {
  let at = right;
  for (const { kind, name, apart } of [...lines].reverse()) {
    if (!name) continue;
    const words = text("legend", [at, font], name, "end");
    at -= words.getComputedTextLength() + 0.5 * font;
    const y = 0.68 * font;
    svg.append(
      apart
        ? make("circle", {
            class: `chart-dot chart-${kind}`,
            cx: at - 0.5 * font,
            cy: y,
            r: 0.36 * font,
          })
        : make("line", {
            class: `chart-line chart-${kind}`,
            x1: at - 1.5 * font,
            x2: at,
            y1: y,
            y2: y,
          }),
    );
    at -= 2.5 * font;
  }
}

/** From an axis's numbers to pixels; what is beyond its ends stays at them. */
function scale(
  { low, high, logarithmic }: Axis,
  from: number,
  to: number,
): (value: number) => number {
  const place = (value: number) =>
    logarithmic ? Math.log10(Math.max(value, Number.MIN_VALUE)) : value;
  const [a, b] = [place(low), place(high)];
  return (value) => {
    const share = (place(value) - a) / (b - a);
    return from + Math.min(Math.max(share, 0), 1) * (to - from);
  };
}

/** Round numbers within an axis, about `count` of them. */
function ticks({ low, high, logarithmic }: Axis, count: number): number[] {
  const found = [];
  if (logarithmic) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(count, 2)));
    for (let power = first; power <= last; power += step) found.push(10 ** power);
    return found;
  }
  const rough = (high - low) / Math.max(count, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  for (let i = Math.ceil(low / step - 1e-9); i <= high / step + 1e-9; i += 1) found.push(i * step);
  return found;
}

/** A number as short as it can be told: "0.25", "10⁻⁵". */
function number(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const power = Math.round(Math.log10(size));
    const raised = [...String(power)]
      .map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]))
      .join("");
    const factor = value / 10 ** power;
    return Math.abs(factor - 1) < 1e-9
      ? `10${raised}`
      : `${Number(factor.toPrecision(3))} · 10${raised}`;
  }
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

function make<K extends keyof SVGElementTagNameMap>(
  kind: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, typeof value === "number" ? String(Number(value.toFixed(2))) : value);
  }
  return node;
}
