// A chart of errors and modulus, layer by layer. Errors are rounded to tenths of a bit, on the page
// as in the file that may be saved: exact ones would reveal something about the key.

import {
  Chart,
  type ChartArea,
  type ChartDrawing,
  curve,
  dots,
  horizontal,
  linear,
  type Pixel,
} from "../../charts/chart";
import { svg } from "../../dom/svg";
import { decimal, minus } from "../../util/format";
import { correctBits, type LayerErrors } from "./layer-errors";

/** Sizes as multiples of the font's size: the room for numbers, a row of text, a panel, a gap. */
const LEFT = 3;
const ROW = 1.5;
const PANEL = 11;
const GAP = 4;
/** From this width on, the two panels are side by side. */
const SIDE_BY_SIDE = 70;

export class ErrorChart extends Chart<readonly LayerErrors[]> {
  constructor() {
    super("error-chart", draw);
  }
}

function draw(layers: readonly LayerErrors[], { width, font }: ChartArea): ChartDrawing {
  const columns = (start: number, right: number) => new Columns(layers, start, right, font);
  const isSideBySide = width > SIDE_BY_SIDE * font;
  const panelWidth = isSideBySide ? (width - GAP * font) / 2 : width;
  const errors = errorPanel(columns(0, panelWidth), 0);
  const modulus = modulusPanel(
    columns(width - panelWidth, width),
    isSideBySide ? 0 : errors.bottom + 2.5 * font,
  );
  return {
    shapes: [...errors.shapes, ...modulus.shapes],
    height: Math.max(errors.bottom, modulus.bottom),
    label: inWords(layers),
  };
}

interface Panel {
  readonly shapes: SVGElement[];
  readonly bottom: number;
}

/** Where a panel's columns are, one for each layer. */
class Columns {
  readonly layers: readonly LayerErrors[];
  /** Where the panel begins, and where its columns do. */
  readonly start: number;
  readonly left: number;
  readonly right: number;
  readonly font: number;
  readonly step: number;

  constructor(layers: readonly LayerErrors[], start: number, right: number, font: number) {
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

  title(y: number, text: string): SVGElement {
    return svg("text", { class: "title", x: this.start, y }, text);
  }

  /** Returns a grid line with its number. */
  gridLine(y: number, bits: number): SVGElement[] {
    const attributes = { class: "tick", x: this.left - 0.5 * this.font, y: y + 0.35 * this.font };
    return [
      horizontal("grid", this.left, this.right, y),
      svg("text", attributes, minus(String(bits))),
    ];
  }

  /** Returns the layers' names as far as there is room: "1 conv", and "7x7/3 x 32" below. */
  names(y: number): SVGElement[] {
    return this.layers.flatMap(({ name }, column) => {
      const [first = "", ...rest] = name.split(" ");
      const hasRoom = this.step > 4.5 * this.font;
      const lines = hasRoom ? [`${column + 1} ${first}`, rest.join(" ")] : [String(column + 1)];
      const most = Math.floor((1.75 * this.step) / this.font);
      return lines.map((text, line) =>
        svg(
          "text",
          { class: "name", x: this.x(column), y: y + line * 1.25 * this.font },
          text.length > most ? `${text.slice(0, most - 1)}…` : text,
        ),
      );
    });
  }

  /** Returns the names of the kinds, each with its sign. */
  legend(y: number, entries: readonly (readonly [string, string])[]): SVGElement[] {
    const { font } = this;
    let x = this.left;
    return entries.flatMap(([kind, name]) => {
      const isBar = kind === "used" || kind === "left";
      const bar = { class: `bar ${kind}`, x, y: y - 0.75 * font };
      const sign = isBar
        ? svg("rect", { ...bar, width: 1.2 * font, height: 0.8 * font })
        : horizontal(`curve ${kind}`, x, x + 1.2 * font, y - 0.35 * font);
      const label = svg("text", { class: "legend", x: x + 1.6 * font, y }, name);
      x += (3 + 0.56 * name.length) * font;
      return [sign, label];
    });
  }
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Draws how many bits after the binary point are correct: noise that grows is a falling line. */
function errorPanel(columns: Columns, top: number): Panel {
  const { layers, font } = columns;
  const rms = layers.map(({ rmsError }) => tenth(correctBits(rmsError)));
  const worst = layers.map(({ maxError }) => tenth(correctBits(maxError)));
  const predicted = layers.map(({ predictedError }) =>
    predictedError === undefined ? NaN : tenth(correctBits(predictedError)),
  );
  const seen = [...rms, ...worst, ...predicted].filter(Number.isFinite);
  const high = Math.ceil((Math.max(...seen) + 1) / 4) * 4;
  const low = Math.min(0, Math.floor(Math.min(...seen) / 4) * 4);
  const bottom = top + (3.6 + PANEL) * font;
  const toY = linear(low, high, bottom, top + 3.6 * font);
  const kinds = [
    ["rms", "RMS"],
    ["worst", "worst value"],
    ["predicted", "predicted RMS"],
  ] as const;
  const isPredicted = layers.every(({ predictedError }) => predictedError !== undefined);
  const shapes = [
    columns.title(top + font, "Correct bits: more noise, fewer bits"),
    ...columns.legend(top + 2.5 * font, isPredicted ? kinds : kinds.slice(0, 2)),
  ];
  for (let bits = low; bits <= high; bits += 4) shapes.push(...columns.gridLine(toY(bits), bits));
  const points = (values: readonly number[]): Pixel[] =>
    values.flatMap((bits, column) =>
      Number.isFinite(bits) ? [[columns.x(column), toY(bits)] as const] : [],
    );
  shapes.push(curve("curve predicted", points(predicted)));
  for (const [kind, values] of [
    ["worst", points(worst)],
    ["rms", points(rms)],
  ] as const) {
    shapes.push(curve(`curve ${kind}`, values), ...dots(`dot ${kind}`, values, 0.35 * font));
  }
  for (const [column, bits] of rms.entries()) {
    if (!Number.isFinite(bits)) continue;
    const at = { class: "value", x: columns.x(column), y: toY(bits) - 0.8 * font };
    shapes.push(svg("text", at, bits.toFixed(1)));
  }
  shapes.push(...columns.names(bottom + ROW * font));
  return { shapes, bottom: bottom + 2 * ROW * font };
}

/** Draws how much of the modulus scale and largest value take, and what is left above them. */
function modulusPanel(columns: Columns, top: number): Panel {
  const { layers, font } = columns;
  const high = Math.max(...layers.map(({ logModulus }) => logModulus));
  const bottom = top + (3.6 + PANEL) * font;
  const toY = linear(0, high, bottom, top + 4.6 * font);
  const shapes = [
    columns.title(top + font, "Remaining modulus, in bits"),
    ...columns.legend(top + 2.5 * font, [
      ["used", "scale × largest value, and sign"],
      ["left", "left"],
    ]),
  ];
  const step = high > 120 ? 50 : 25;
  for (let bits = 0; bits <= high; bits += step) shapes.push(...columns.gridLine(toY(bits), bits));
  const width = Math.min(0.6 * columns.step, 5 * font);
  for (const [column, { logModulus, bitsLeft, level }] of layers.entries()) {
    const x = columns.x(column);
    const whole = tenth(logModulus);
    const used = Math.max(0, whole - tenth(bitsLeft));
    const bar = (kind: string, from: number, to: number): SVGElement =>
      svg("rect", {
        class: `bar ${kind}`,
        x: (x - width / 2).toFixed(1),
        y: toY(to).toFixed(1),
        width: width.toFixed(1),
        height: (toY(from) - toY(to)).toFixed(1),
      });
    const left = decimal(tenth(bitsLeft), 1);
    const name = columns.step > 4 * font ? `level ${level}` : String(level);
    shapes.push(
      bar("left", used, whole),
      bar("used", 0, used),
      svg("text", { class: "value", x, y: toY(whole) - 0.5 * font }, left),
      svg("text", { class: "name", x, y: bottom + ROW * font }, name),
    );
  }
  return { shapes, bottom: bottom + (ROW + 0.6) * font };
}

function inWords(layers: readonly LayerErrors[]): string {
  const each = layers.map(
    ({ name, rmsError, maxError, bitsLeft }) =>
      `${name}: ${correctBits(rmsError).toFixed(1)} correct bits in the root mean square, ` +
      `${correctBits(maxError).toFixed(1)} in the worst value, ` +
      `${bitsLeft.toFixed(1)} bits of modulus left`,
  );
  return `Errors and modulus by layer. ${each.join("; ")}.`;
}
