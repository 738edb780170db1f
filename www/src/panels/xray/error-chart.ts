// Errors and modulus, layer by layer, as one figure. What it shows of errors is rounded to tenths of
// a bit, on the page as in the file that may be saved of it: a figure that is passed on says nothing finer.

import { svg } from "../../dom/svg";
import { bitsOf, type LayerFigures } from "./layer-errors";

/** Room in multiples of the font's size. */
const LEFT = 3;
const ROW = 1.5;
const PANEL = 11;
const GAP = 4;
/** From this width on, the two panels stand side by side. */
const BESIDE = 70;

export class ErrorChart {
  readonly element = svg("svg", { class: "error-chart", role: "img" });
  #layers: readonly LayerFigures[] = [];
  #width = 0;

  constructor() {
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.#width) this.#draw();
    }).observe(this.element);
  }

  show(layers: readonly LayerFigures[]): void {
    this.#layers = layers;
    this.#draw();
  }

  #draw(): void {
    this.#width = this.element.clientWidth;
    if (this.#layers.length === 0 || this.#width === 0) return;
    const font = parseFloat(getComputedStyle(this.element).fontSize);
    // Side by side where there is room, else one below the other.
    const beside = this.#width > BESIDE * font;
    const half = (this.#width - GAP * font) / 2;
    const errors = errorPanel(new Columns(this.#layers, 0, beside ? half : this.#width, font), 0);
    const modulus = beside
      ? modulusPanel(new Columns(this.#layers, this.#width - half, this.#width, font), 0)
      : modulusPanel(new Columns(this.#layers, 0, this.#width, font), errors.bottom + 2.5 * font);
    const height = Math.max(errors.bottom, modulus.bottom);
    this.element.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    this.element.setAttribute("height", String(height));
    this.element.setAttribute("aria-label", inWords(this.#layers));
    this.element.replaceChildren(...errors.shapes, ...modulus.shapes);
  }
}

interface Part {
  readonly shapes: SVGElement[];
  readonly bottom: number;
}

/** Where the layers' columns are. */
class Columns {
  readonly layers: readonly LayerFigures[];
  /** Where the panel begins, and where its columns do. */
  readonly start: number;
  readonly left: number;
  readonly right: number;
  readonly font: number;
  readonly step: number;

  constructor(layers: readonly LayerFigures[], start: number, right: number, font: number) {
    this.layers = layers;
    this.start = start;
    this.left = start + LEFT * font;
    this.right = right;
    this.font = font;
    this.step = (right - this.left) / layers.length;
  }

  x(column: number): number {
    return this.left + (column + 0.5) * this.step;
  }

  /** Their names, as far as there is room for them: "1 conv" and "7x7/3 x 32" below. */
  names(y: number): SVGElement[] {
    return this.layers.flatMap(({ name }, column) => {
      const [first = "", ...rest] = name.split(" ");
      const words =
        this.step > 4.5 * this.font
          ? [`${column + 1} ${first}`, rest.join(" ")]
          : [String(column + 1)];
      const most = Math.floor((1.75 * this.step) / this.font);
      return words.map((word, line) =>
        svg(
          "text",
          { class: "name", x: this.x(column), y: y + line * 1.25 * this.font },
          word.length > most ? `${word.slice(0, most - 1)}…` : word,
        ),
      );
    });
  }
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}

/** How many bits behind the point are right: falling lines are errors that build up. */
function errorPanel(columns: Columns, top: number): Part {
  const { layers, font, left, right } = columns;
  const rms = layers.map(({ rmsError }) => tenth(bitsOf(rmsError)));
  const worst = layers.map(({ maxError }) => tenth(bitsOf(maxError)));
  const predicted = layers.map((layer) =>
    layer.predicted === undefined ? undefined : tenth(bitsOf(layer.predicted)),
  );
  const seen = [...rms, ...worst, ...predicted.filter((bits) => bits !== undefined)].filter(
    Number.isFinite,
  );
  const high = Math.ceil((Math.max(...seen) + 1) / 4) * 4;
  const low = Math.min(0, Math.floor(Math.min(...seen) / 4) * 4);
  const [from, to] = [top + 3.6 * font, top + (3.6 + PANEL) * font];
  const y = (bits: number): number => to - ((bits - low) / (high - low)) * (to - from);
  const shapes: SVGElement[] = [
    svg(
      "text",
      { class: "title", x: columns.start, y: top + font },
      "Bits behind the binary point that are right",
    ),
  ];
  shapes.push(
    ...legend(columns, top + 2.5 * font, [
      ["rms", "RMS"],
      ["worst", "worst value"],
      ...(predicted.includes(undefined) ? [] : [["predicted", "predicted RMS"] as const]),
    ]),
  );
  for (let bits = low; bits <= high; bits += 4) {
    shapes.push(svg("line", { class: "grid", x1: left, x2: right, y1: y(bits), y2: y(bits) }));
    shapes.push(
      svg(
        "text",
        { class: "tick", x: left - 0.5 * font, y: y(bits) + 0.35 * font },
        String(bits).replace("-", "−"),
      ),
    );
  }
  const curve = (kind: string, values: readonly (number | undefined)[], dots: boolean): void => {
    const points = values.flatMap((bits, column) =>
      bits !== undefined && Number.isFinite(bits) ? [[columns.x(column), y(bits)] as const] : [],
    );
    const path = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(" ");
    shapes.push(svg("polyline", { class: `curve ${kind}`, points: path }));
    if (dots)
      shapes.push(
        ...points.map(([cx, cy]) =>
          svg("circle", {
            class: `dot ${kind}`,
            cx: cx.toFixed(1),
            cy: cy.toFixed(1),
            r: 0.35 * font,
          }),
        ),
      );
  };
  curve("predicted", predicted, false);
  curve("worst", worst, true);
  curve("rms", rms, true);
  for (const [column, bits] of rms.entries()) {
    if (Number.isFinite(bits))
      shapes.push(
        svg(
          "text",
          { class: "value", x: columns.x(column), y: y(bits) - 0.8 * font },
          bits.toFixed(1),
        ),
      );
  }
  shapes.push(...columns.names(to + ROW * font));
  return { shapes, bottom: to + 2 * ROW * font };
}

/** What scale and largest value take of the modulus, and what is left above them. */
function modulusPanel(columns: Columns, top: number): Part {
  const { layers, font, left, right } = columns;
  const high = Math.max(...layers.map(({ logModulus }) => logModulus));
  const [from, to] = [top + 4.6 * font, top + (3.6 + PANEL) * font];
  const y = (bits: number): number => to - (bits / high) * (to - from);
  const shapes: SVGElement[] = [
    svg(
      "text",
      { class: "title", x: columns.start, y: top + font },
      "Modulus that remains, in bits",
    ),
  ];
  shapes.push(
    ...legend(columns, top + 2.5 * font, [
      ["used", "scale × largest value, and sign"],
      ["left", "left"],
    ]),
  );
  const step = high > 120 ? 50 : 25;
  for (let bits = 0; bits <= high; bits += step) {
    shapes.push(svg("line", { class: "grid", x1: left, x2: right, y1: y(bits), y2: y(bits) }));
    shapes.push(
      svg("text", { class: "tick", x: left - 0.5 * font, y: y(bits) + 0.35 * font }, String(bits)),
    );
  }
  const width = Math.min(0.6 * columns.step, 5 * font);
  for (const [column, { logModulus, bitsLeft, level }] of layers.entries()) {
    const whole = tenth(logModulus);
    const used = Math.max(0, whole - tenth(bitsLeft));
    const bar = (kind: string, low: number, high: number): SVGElement =>
      svg("rect", {
        class: `bar ${kind}`,
        x: (columns.x(column) - width / 2).toFixed(1),
        y: y(high).toFixed(1),
        width: width.toFixed(1),
        height: (y(low) - y(high)).toFixed(1),
      });
    shapes.push(bar("left", used, whole), bar("used", 0, used));
    shapes.push(
      svg(
        "text",
        { class: "value", x: columns.x(column), y: y(whole) - 0.5 * font },
        tenth(bitsLeft).toFixed(1),
      ),
    );
    shapes.push(
      svg(
        "text",
        { class: "name", x: columns.x(column), y: to + ROW * font },
        columns.step > 4 * font ? `level ${level}` : String(level),
      ),
    );
  }
  return { shapes, bottom: to + (ROW + 0.6) * font };
}

function legend(
  { left, font }: Columns,
  y: number,
  entries: readonly (readonly [string, string])[],
): SVGElement[] {
  let x = left;
  return entries.flatMap(([kind, name]) => {
    const bar = kind === "used" || kind === "left";
    const sign = bar
      ? svg("rect", {
          class: `bar ${kind}`,
          x,
          y: y - 0.75 * font,
          width: 1.2 * font,
          height: 0.8 * font,
        })
      : svg("line", {
          class: `curve ${kind}`,
          x1: x,
          x2: x + 1.2 * font,
          y1: y - 0.35 * font,
          y2: y - 0.35 * font,
        });
    const words = svg("text", { class: "legend", x: x + 1.6 * font, y }, name);
    x += (3 + 0.56 * name.length) * font;
    return [sign, words];
  });
}

function inWords(layers: readonly LayerFigures[]): string {
  const each = layers.map(
    ({ name, rmsError, maxError, bitsLeft }) =>
      `${name}: ${bitsOf(rmsError).toFixed(1)} bits right in the root mean square, ${bitsOf(maxError).toFixed(1)} in the worst value, ${bitsLeft.toFixed(1)} bits of modulus left`,
  );
  return `Errors and modulus by layer. ${each.join("; ")}.`;
}
