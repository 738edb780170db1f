// The pad: a canvas that takes strokes from a mouse, a finger or a pen, and shows them as ink.

import { whenRecoloured } from "./settings";

/** A point of the pad: 0..1 from left to right and from top to bottom. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PadListener {
  begin(point: Point): void;
  extend(points: readonly Point[]): void;
  end(): void;
}

/** Width of the ink, as a share of the pad's. */
const INK_WIDTH = 0.07;

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #listener: PadListener;
  readonly #strokes: Point[][] = [];
  /** The pointer that draws. Others are ignored until it is lifted. */
  #pointer: number | undefined;
  #drawRequested = false;

  constructor(canvas: HTMLCanvasElement, listener: PadListener) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no canvas to draw on");
    this.#canvas = canvas;
    this.#context = context;
    this.#listener = listener;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      canvas.addEventListener(type, (event) => this.#up(event));
    }
    // Long presses are strokes, not requests for a menu.
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    whenRecoloured(() => this.#requestDraw());
  }

  /** The strokes so far. */
  get strokes(): readonly (readonly Point[])[] {
    return this.#strokes;
  }

  /** Takes the last stroke back. */
  undo(): void {
    this.#pointer = undefined;
    this.#strokes.pop();
    this.#requestDraw();
  }

  /** Takes all strokes back. */
  clear(): void {
    this.#pointer = undefined;
    this.#strokes.length = 0;
    this.#requestDraw();
  }

  #down(event: PointerEvent): void {
    if (this.#pointer !== undefined || event.button !== 0) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    const point = this.#locate(event);
    this.#strokes.push([point]);
    this.#listener.begin(point);
    this.#requestDraw();
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    // All that happened since the last frame, not only where it ended.
    const events = event.getCoalescedEvents();
    const points = (events.length > 0 ? events : [event]).map((each) => this.#locate(each));
    this.#strokes.at(-1)?.push(...points);
    this.#listener.extend(points);
    this.#requestDraw();
  }

  #up(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    this.#listener.end();
  }

  #locate(event: PointerEvent): Point {
    const box = this.#canvas.getBoundingClientRect();
    const within = (value: number) => Math.min(Math.max(value, 0), 1);
    return {
      x: within((event.clientX - box.left) / box.width),
      y: within((event.clientY - box.top) / box.height),
    };
  }

  /** Gives the canvas as many pixels as the screen has under it. */
  #resize(): void {
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (side === 0 || side === this.#canvas.width) return;
    this.#canvas.width = side;
    this.#canvas.height = side;
    this.#draw();
  }

  #requestDraw(): void {
    if (this.#drawRequested) return;
    this.#drawRequested = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#drawRequested = false;
    const context = this.#context;
    const side = this.#canvas.width;
    context.clearRect(0, 0, side, side);
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.lineWidth = INK_WIDTH * side;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of this.#strokes) {
      context.beginPath();
      trace(context, stroke, side);
      context.stroke();
    }
  }
}

/** The same curve that the vault makes its image from: from middle to middle, around each point. */
function trace(context: CanvasRenderingContext2D, stroke: readonly Point[], side: number): void {
  const [first, ...others] = stroke;
  if (!first) return;
  let last = first;
  context.moveTo(first.x * side, first.y * side);
  for (const point of others) {
    const middle = { x: (last.x + point.x) / 2, y: (last.y + point.y) / 2 };
    context.quadraticCurveTo(last.x * side, last.y * side, middle.x * side, middle.y * side);
    last = point;
  }
  context.lineTo(last.x * side, last.y * side);
}
