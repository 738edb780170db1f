// Writes on the pad by itself, as a pen would: point after point, frame after frame, so that what is written is read
// while it grows. Whoever wants no motion gets all of it at once.

import type { Pad, Point } from "./pad";

/** How far the pen goes in a millisecond, as a share of the pad's side. */
const PACE = 0.0028;

export class Writer {
  readonly #pad: Pad;
  /** What is still to be written; the first stroke may have been begun. */
  #rest: Point[][] = [];
  #begun = false;
  #frame: number | undefined;
  #last = 0;
  readonly #tell: (writing: boolean) => void;

  /** `tell` is called whenever it starts and stops. */
  constructor(pad: Pad, tell: (writing: boolean) => void) {
    this.#pad = pad;
    this.#tell = tell;
  }

  write(strokes: readonly (readonly Point[])[]): void {
    this.finish();
    this.#rest = strokes.map((stroke) => [...stroke]);
    this.#begun = false;
    this.#tell(true);
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches)
      return this.finish();
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
    this.#over();
  }

  #schedule(): void {
    this.#frame = requestAnimationFrame((now) => {
      const elapsed = Math.max(now - this.#last, 0);
      this.#last = now;
      this.#move(elapsed * PACE);
      if (this.#rest.length > 0) this.#schedule();
    });
  }

  /** Goes on for this far. */
  #move(far: number): void {
    if (this.#rest.length === 0) return;
    for (let left = far; left > 0; ) {
      const [stroke] = this.#rest;
      if (!stroke) break;
      const start = this.#begun ? undefined : stroke.shift();
      if (start) this.#pad.begin(start);
      this.#begun = true;
      const points: Point[] = [];
      for (let at = start ?? this.#pad.strokes.at(-1)?.points.at(-1); left > 0 && stroke[0]; ) {
        const next = stroke.shift() as Point;
        left -= at ? Math.hypot(next.x - at.x, next.y - at.y) : 0;
        points.push((at = next));
      }
      if (points.length > 0) this.#pad.extend(points);
      if (stroke.length > 0) break;
      this.#rest.shift();
      this.#begun = false;
    }
    if (this.#rest.length === 0) {
      this.#over();
      this.#pad.end();
    }
  }

  #over(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#tell(false);
  }
}
