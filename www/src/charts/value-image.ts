// Values as pictures: the channels of a convolution as small maps side by side, the values of a dense
// layer as bars. Above zero they are ink, below it the wire's blue.

/** How values lie: a dense layer's are one row. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Draws values, `full` being the darkest. */
export interface Picture {
  readonly element: HTMLCanvasElement;
  draw(values: Float64Array, full: number): void;
}

/** Most channels in one row. */
const ROW = 8;
/** Most values of a dense layer that are drawn as bars. */
const MOST_BARS = 96;
/** Size of bars in pixels of the canvas. */
const BAR = 4;
const BAR_HEIGHT = 96;

/** A picture for values of this shape; `label` is what it shows, in words. */
export function picture(shape: Shape, label: string): Picture {
  const element = document.createElement("canvas");
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  const isMap = shape.height > 1;
  const bars = !isMap && shape.channels * shape.width <= MOST_BARS;
  element.className = bars ? "bars" : "maps";
  return {
    element,
    draw: (values, full) =>
      bars ? drawBars(element, values, full) : drawMaps(element, layOut(shape), values, full),
  };
}

/** Which value an event points at, in a picture of this shape. */
export function indexAt(
  shape: Shape,
  canvas: HTMLCanvasElement,
  { clientX, clientY }: PointerEvent,
): number | undefined {
  const box = canvas.getBoundingClientRect();
  const x = Math.floor(((clientX - box.left) / box.width) * canvas.width);
  const y = Math.floor(((clientY - box.top) / box.height) * canvas.height);
  if (canvas.className === "bars") return Math.max(0, Math.floor(x / (BAR + 1)));
  const { width, height, across } = layOut(shape);
  const [column, row] = [Math.floor(x / (width + 1)), Math.floor(y / (height + 1))];
  const [right, down] = [x % (width + 1), y % (height + 1)];
  if (right >= width || down >= height) return undefined;
  const index = (row * across + column) * width * height + down * width + right;
  return index < shape.channels * shape.height * shape.width ? index : undefined;
}

/** A value's place, in words. */
export function placeName(shape: Shape, index: number): string {
  if (shape.height === 1) return `value ${index}`;
  const [channel, within] = [
    Math.floor(index / (shape.height * shape.width)),
    index % (shape.height * shape.width),
  ];
  return `channel ${channel}, row ${Math.floor(within / shape.width)}, column ${within % shape.width}`;
}

/** Where maps lie in the picture, in pixels of one value each. */
export interface Layout extends Shape {
  readonly across: number;
  readonly down: number;
}

/** Rows of maps; a dense layer of many values is one map, as square as can be. */
export function layOut(shape: Shape): Layout {
  if (shape.height === 1) {
    const values = shape.channels * shape.width;
    const width = 2 ** Math.ceil(Math.log2(values) / 2);
    return { channels: 1, width, height: Math.ceil(values / width), across: 1, down: 1 };
  }
  const across = Math.min(ROW, shape.channels);
  return { ...shape, across, down: Math.ceil(shape.channels / across) };
}

function drawMaps(
  canvas: HTMLCanvasElement,
  layout: Layout,
  values: Float64Array,
  full: number,
): void {
  const { width, height, across, down } = layout;
  canvas.width = across * (width + 1) - 1;
  canvas.height = down * (height + 1) - 1;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const [ink, mark, sheet] = coloursOf(canvas);
  for (const [index, value] of values.entries()) {
    const [map, within] = [Math.floor(index / (width * height)), index % (width * height)];
    const x = (map % across) * (width + 1) + (within % width);
    const y = Math.floor(map / across) * (height + 1) + Math.floor(within / width);
    const share = Math.min(Math.abs(value) / full, 1);
    const dot = (value < 0 ? mark : ink).map(
      (dark, channel) => (sheet[channel] ?? 0) + (dark - (sheet[channel] ?? 0)) * share,
    );
    image.data.set([...dot, 255], 4 * (y * canvas.width + x));
  }
  context.putImageData(image, 0, 0);
}

function drawBars(canvas: HTMLCanvasElement, values: Float64Array, full: number): void {
  canvas.width = values.length * (BAR + 1) - 1;
  canvas.height = BAR_HEIGHT;
  const context = canvas.getContext("2d");
  if (!context) return;
  const [ink, mark, sheet] = coloursOf(canvas);
  context.fillStyle = `rgb(${sheet.join(" ")})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const zero = BAR_HEIGHT / 2;
  context.fillStyle = `rgb(${ink.join(" ")} / 0.25)`;
  context.fillRect(0, zero, canvas.width, 1);
  for (const [index, value] of values.entries()) {
    const length = zero * Math.max(-1, Math.min(1, value / full));
    context.fillStyle = `rgb(${(value < 0 ? mark : ink).join(" ")})`;
    context.fillRect(index * (BAR + 1), zero - Math.max(length, 0), BAR, Math.abs(length));
  }
}

type Colour = readonly [number, number, number];

/** Ink, blue and paper, as they are by now: the style sheet gives the element all three. */
function coloursOf(element: Element): [Colour, Colour, Colour] {
  const style = getComputedStyle(element);
  return [colour(style.color), colour(style.borderTopColor), colour(style.outlineColor)];
}

function colour(css: string): Colour {
  const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
