// Writes on the pad like a pen: point after point, frame after frame, so that what is written is
// read while it grows. Visitors who want no motion get all of it at once.

import { isWriting } from "../state/store";
import type { Pad, Point } from "./pad";

/** How far the pen goes in a millisecond, as a share of the pad's side. */
const SPEED = 0.0028;

export class SampleWriter {
  readonly #pad: Pad;
  /** What is still to be written. */
  #rest: Point[][] = [];
  /** Whether the first of these strokes has been begun. */
  #isPenDown = false;
  #frame: number | undefined;
  #last = 0;

  constructor(pad: Pad) {
    this.#pad = pad;
  }

  write(strokes: readonly (readonly Point[])[]): void {
    this.finish();
    this.#rest = strokes.map((stroke) => [...stroke]);
    this.#isPenDown = false;
    isWriting.value = true;
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.finish();
      return;
    }
    this.#last = performance.now();
    this.#schedule();
  }

  /** Writes the rest at once. */
  finish(): void {
    this.#move(Infinity);
  }

  /** Leaves the rest unwritten. */
  stop(): void {
    this.#rest = [];
    this.#end();
  }

  #schedule(): void {
    this.#frame = requestAnimationFrame((now) => {
      const elapsed = Math.max(now - this.#last, 0);
      this.#last = now;
      this.#move(elapsed * SPEED);
      if (this.#rest.length > 0) this.#schedule();
    });
  }

  /** Moves the pen on by this distance. */
  #move(distance: number): void {
    if (this.#rest.length === 0) return;
    for (let left = distance; left > 0; ) {
      const [stroke] = this.#rest;
      if (!stroke) break;
      const start = this.#isPenDown ? undefined : stroke.shift();
      if (start) this.#pad.begin(start);
      this.#isPenDown = true;
      const points: Point[] = [];
      for (let at = start ?? this.#pad.strokes.at(-1)?.points.at(-1); left > 0 && stroke[0]; ) {
        const next = stroke.shift() as Point;
        left -= at ? Math.hypot(next.x - at.x, next.y - at.y) : 0;
        at = next;
        points.push(next);
      }
      if (points.length > 0) this.#pad.extend(points);
      if (stroke.length > 0) break;
      this.#rest.shift();
      this.#isPenDown = false;
    }
    if (this.#rest.length === 0) {
      this.#end();
      this.#pad.end();
    }
  }

  #end(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    isWriting.value = false;
  }
}
