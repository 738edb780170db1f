// The pad: a canvas that takes strokes from a mouse, a finger or a pen, or from code that calls
// `begin`, `extend` and `end`, and shows them as ink.

import { colourOf } from "../dom/colour";
import { onColourChange } from "../state/settings";
import { onNextFrame } from "../util/frame";

/** A point of the pad: 0..1 from left to right and from top to bottom. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly points: readonly Point[];
  /** As a multiple of the normal pen's. */
  readonly width: number;
}

export interface PadListener {
  /** The visitor puts a pen down; `begin` follows. */
  touched(): void;
  begin(point: Point, width: number): void;
  extend(points: readonly Point[]): void;
  end(): void;
  /** The last stroke was not meant. The listener undoes it. */
  unmeant(): void;
}

/** The pointer that draws. */
interface DrawingPointer {
  readonly id: number;
  readonly type: string;
  /** The number of strokes before its own. */
  readonly before: number;
  /** Where it is. It draws while that is on the pad. */
  at: Point;
}

/** Width of the normal pen's ink, as a share of the pad's. */
const INK_WIDTH = 0.07;
/** For so long after a pen was last seen, touches are those of the hand that holds it. */
const HAND_MS = 2000;

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #listener: PadListener;
  readonly #strokes: { points: Point[]; width: number }[] = [];
  /** All other pointers are ignored until this one is lifted, but a pen takes over from a touch. */
  #pointer: DrawingPointer | undefined;
  /** When a pen was last on the pad or above it. */
  #penSeen = -Infinity;
  /** Where the pad is: read once a stroke, and again when it moves. */
  #box: DOMRect | undefined;
  readonly #requestDraw = onNextFrame(() => this.#draw());
  /** Width of the next strokes, as a multiple of the normal pen's. */
  width = 1;

  constructor(canvas: HTMLCanvasElement, listener: PadListener) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no canvas to draw on");
    this.#canvas = canvas;
    this.#context = context;
    this.#listener = listener;
    for (const type of ["pointerdown", "pointermove", "pointerup"] as const) {
      canvas.addEventListener(type, ({ pointerType, timeStamp }) => {
        if (pointerType === "pen") this.#penSeen = timeStamp;
      });
    }
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointercancel", (event) => this.#cancel(event));
    for (const type of ["pointerup", "lostpointercapture"] as const) {
      canvas.addEventListener(type, (event) => this.#up(event));
    }
    // A long press is a stroke here, and opens no menu.
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    for (const type of ["scroll", "resize"]) {
      addEventListener(type, () => (this.#box = undefined), { capture: true, passive: true });
    }
    onColourChange(() => this.#requestDraw());
  }

  /** The strokes so far. */
  get strokes(): readonly Stroke[] {
    return this.#strokes;
  }

  /** Puts a pen down. */
  begin(point: Point, width = this.width): void {
    this.#strokes.push({ points: [point], width });
    this.#listener.begin(point, width);
    this.#requestDraw();
  }

  /** Moves the pen on. */
  extend(points: readonly Point[]): void {
    this.#strokes.at(-1)?.points.push(...points);
    this.#listener.extend(points);
    this.#requestDraw();
  }

  /** Lifts the pen. */
  end(): void {
    this.#listener.end();
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
    const { pointerId: id, pointerType: type, timeStamp } = event;
    if (type === "touch" && timeStamp - this.#penSeen < HAND_MS) return;
    if (type === "pen" && this.#pointer?.type === "touch") this.#takeBack();
    if (this.#pointer || event.button !== 0) return;
    this.#listener.touched();
    event.preventDefault();
    this.#box = undefined;
    this.#canvas.setPointerCapture(id);
    const at = nearestOnPad(this.#locate(event));
    this.#pointer = { id, type, before: this.#strokes.length, at };
    this.begin(at);
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer?.id) return;
    // All points since the last frame, not only the last one. Not every browser lists them, and
    // some only where the page came over a secure connection.
    const events = (event as Partial<PointerEvent>).getCoalescedEvents?.() ?? [];
    const way = (events.length > 0 ? events : [event]).map((each) => this.#locate(each));
    this.#follow(this.#pointer, way);
  }

  #up(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer?.id) return;
    const { at } = this.#pointer;
    this.#pointer = undefined;
    if (isOnPad(at)) this.end();
  }

  /** The system has taken the pointer away. It does so where a touch was that of a palm. */
  #cancel(event: PointerEvent): void {
    if (event.pointerId === this.#pointer?.id && event.pointerType === "touch") this.#takeBack();
    else this.#up(event);
  }

  /** Takes back all that the pointer has drawn. */
  #takeBack(): void {
    const before = this.#pointer?.before ?? 0;
    this.#pointer = undefined;
    while (this.#strokes.length > before) this.#listener.unmeant();
  }

  /**
   * Draws along the pointer's way. A stroke ends where the pointer leaves the pad, and another one
   * begins where it comes back.
   */
  #follow(pointer: DrawingPointer, way: readonly Point[]): void {
    let points: Point[] = [];
    for (const next of way) {
      const onPad = clip(pointer.at, next);
      if (onPad) {
        const [from, to] = onPad;
        if (!isOnPad(pointer.at)) this.begin(from);
        points.push(to);
        if (!isOnPad(next)) {
          this.extend(points);
          this.end();
          points = [];
        }
      }
      pointer.at = next;
    }
    if (points.length > 0) this.extend(points);
  }

  /** Returns where a pointer is. Its coordinates are outside 0..1 where it has left the pad. */
  #locate({ clientX, clientY }: PointerEvent): Point {
    const box = (this.#box ??= this.#canvas.getBoundingClientRect());
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }

  /** Gives the canvas as many pixels as the screen has under it. */
  #resize(): void {
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (side === 0 || side === this.#canvas.width) return;
    this.#canvas.width = side;
    this.#canvas.height = side;
    this.#draw();
  }

  #draw(): void {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.width);
    this.#context.strokeStyle = colourOf(this.#canvas);
    drawStrokes(this.#context, this.#strokes, this.#canvas.width);
  }
}

function isOnPad({ x, y }: Point): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

function nearestOnPad({ x, y }: Point): Point {
  return { x: Math.min(Math.max(x, 0), 1), y: Math.min(Math.max(y, 0), 1) };
}

/** Returns the ends of the part of a line that is on the pad, if there is one (Liang, Barsky). */
function clip(from: Point, to: Point): [Point, Point] | undefined {
  let [enters, leaves] = [0, 1];
  for (const axis of ["x", "y"] as const) {
    const [start, length] = [from[axis], to[axis] - from[axis]];
    if (length === 0) {
      if (start < 0 || start > 1) return undefined;
      continue;
    }
    const [atZero, atOne] = [-start / length, (1 - start) / length];
    enters = Math.max(enters, Math.min(atZero, atOne));
    leaves = Math.min(leaves, Math.max(atZero, atOne));
  }
  if (enters > leaves) return undefined;
  const at = (share: number) =>
    nearestOnPad({
      x: from.x + share * (to.x - from.x),
      y: from.y + share * (to.y - from.y),
    });
  return [at(enters), at(leaves)];
}

/** Draws strokes onto a square of this side, in the context's colour. */
export function drawStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  side: number,
): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.fillStyle = context.strokeStyle;
  for (const { points, width } of strokes) {
    context.lineWidth = INK_WIDTH * width * side;
    context.beginPath();
    const dot = dotOf(points);
    if (dot) {
      context.arc(dot.x * side, dot.y * side, context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      trace(context, points, side);
      context.stroke();
    }
  }
}

/** Returns the only point of a stroke that did not move. A line without length paints nothing. */
function dotOf([first, ...others]: readonly Point[]): Point | undefined {
  return others.every(({ x, y }) => x === first?.x && y === first.y) ? first : undefined;
}

/** Traces the curve that the vault rasterises too: from middle to middle, around each point. */
function trace(context: CanvasRenderingContext2D, points: readonly Point[], side: number): void {
  const [first, ...others] = points;
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
