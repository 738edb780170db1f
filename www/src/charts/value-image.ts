// Values of a layer as an image: the channels of a convolution as small maps side by side, the
// values of a dense layer as bars. Positive values are ink, negative ones blue.

/** How values are arranged; those of a dense layer are one row. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Most channels in one row. */
const MAPS_PER_ROW = 8;
/** A dense layer of more values than this is drawn as a map. */
const MAX_BARS = 96;
/** Size of bars in pixels of the canvas. */
const BAR = 4;
const BAR_HEIGHT = 96;

/** An image of the values of one shape. */
export class ValueImage {
  readonly element = document.createElement("canvas");
  readonly #shape: Shape;
  readonly #isBars: boolean;

  /** `label`: what the image shows, in words. */
  constructor(shape: Shape, label: string) {
    this.#shape = shape;
    this.#isBars = shape.height === 1 && shape.channels * shape.width <= MAX_BARS;
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", label);
    this.element.className = this.#isBars ? "bars" : "maps";
  }

  /** Draws the values in the page's colours as they are now; values of `full` are darkest. */
  draw(values: Float64Array, full: number): void {
    if (this.#isBars) drawBars(this.element, values, full);
    else drawMaps(this.element, layOut(this.#shape), values, full);
  }

  /** Returns the index of the value that an event points at. */
  indexAt({ clientX, clientY }: PointerEvent): number | undefined {
    const canvas = this.element;
    const box = canvas.getBoundingClientRect();
    const x = Math.floor(((clientX - box.left) / box.width) * canvas.width);
    const y = Math.floor(((clientY - box.top) / box.height) * canvas.height);
    if (this.#isBars) return Math.max(0, Math.floor(x / (BAR + 1)));
    const { width, height, across } = layOut(this.#shape);
    const [column, row] = [Math.floor(x / (width + 1)), Math.floor(y / (height + 1))];
    const [right, down] = [x % (width + 1), y % (height + 1)];
    if (right >= width || down >= height) return undefined;
    const index = (row * across + column) * width * height + down * width + right;
    const { channels, height: rows, width: columns } = this.#shape;
    return index < channels * rows * columns ? index : undefined;
  }
}

/** Returns where a value is in its shape, in words. */
export function positionOf({ height, width }: Shape, index: number): string {
  if (height === 1) return `value ${index}`;
  const [channel, within] = [Math.floor(index / (height * width)), index % (height * width)];
  return `channel ${channel}, row ${Math.floor(within / width)}, column ${within % width}`;
}

/** Where maps are in the image, in pixels of one value each. */
interface Layout extends Shape {
  readonly across: number;
  readonly down: number;
}

/** Lays maps out in rows. A dense layer of many values is one map, almost square. */
function layOut(shape: Shape): Layout {
  if (shape.height === 1) {
    const values = shape.channels * shape.width;
    const width = 2 ** Math.ceil(Math.log2(values) / 2);
    return { channels: 1, width, height: Math.ceil(values / width), across: 1, down: 1 };
  }
  const across = Math.min(MAPS_PER_ROW, shape.channels);
  return { ...shape, across, down: Math.ceil(shape.channels / across) };
}

function drawMaps(
  canvas: HTMLCanvasElement,
  { width, height, across, down }: Layout,
  values: Float64Array,
  full: number,
): void {
  canvas.width = across * (width + 1) - 1;
  canvas.height = down * (height + 1) - 1;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const { positive, negative, paper } = coloursOf(canvas);
  for (const [index, value] of values.entries()) {
    const [map, within] = [Math.floor(index / (width * height)), index % (width * height)];
    const x = (map % across) * (width + 1) + (within % width);
    const y = Math.floor(map / across) * (height + 1) + Math.floor(within / width);
    const share = Math.min(Math.abs(value) / full, 1);
    const pixel = (value < 0 ? negative : positive).map((dark, channel) => {
      const light = paper[channel] ?? 0;
      return light + (dark - light) * share;
    });
    image.data.set([...pixel, 255], 4 * (y * canvas.width + x));
  }
  context.putImageData(image, 0, 0);
}

function drawBars(canvas: HTMLCanvasElement, values: Float64Array, full: number): void {
  canvas.width = values.length * (BAR + 1) - 1;
  canvas.height = BAR_HEIGHT;
  const context = canvas.getContext("2d");
  if (!context) return;
  const { positive, negative, paper } = coloursOf(canvas);
  context.fillStyle = `rgb(${paper.join(" ")})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const zero = BAR_HEIGHT / 2;
  context.fillStyle = `rgb(${positive.join(" ")} / 0.25)`;
  context.fillRect(0, zero, canvas.width, 1);
  for (const [index, value] of values.entries()) {
    const length = zero * Math.max(-1, Math.min(1, value / full));
    context.fillStyle = `rgb(${(value < 0 ? negative : positive).join(" ")})`;
    context.fillRect(index * (BAR + 1), zero - Math.max(length, 0), BAR, Math.abs(length));
  }
}

type Colour = readonly [number, number, number];

/** Returns the colours that the style sheet gives the canvas as text, border and outline. */
function coloursOf(canvas: Element): { positive: Colour; negative: Colour; paper: Colour } {
  const { color, borderTopColor, outlineColor } = getComputedStyle(canvas);
  return { positive: parse(color), negative: parse(borderTopColor), paper: parse(outlineColor) };
}

function parse(css: string): Colour {
  const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
