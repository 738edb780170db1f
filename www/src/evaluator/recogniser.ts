// Decides when a drawing is recognised: at once, and again while it grows, one evaluation at a
// time. The newest drawing wins; answers to ink that has been taken back are dropped. While the pen
// moves, answers are shown only a few times a second: to show one takes half as long as an
// evaluation, on the same cores.

import { Stopped } from "./connection";
import type { Recognition } from "./recognition";

/** The image, and the engine that recognises it. */
export interface RecogniserContext {
  /** Returns the image to read, or nothing where there is none. */
  pixels(): Float32Array | undefined;
  ready(): boolean;
  /** Settles when an evaluation would begin at once. */
  free(): Promise<void>;
  recognise(pixels: Float32Array): Promise<Recognition>;
}

/** The events that the recogniser reports. */
export interface RecogniserEvents {
  /** There is no image, and nothing to recognise. */
  blank(): void;
  /** There is an image that has not been recognised yet. */
  waiting(): void;
  /** `final`: of the image as it is now, with the pen lifted. `totalMs`: from pixels to here. */
  recognised(recognition: Recognition, totalMs: number, final: boolean): void;
  failed(error: unknown): void;
}

/** Time between two answers that are shown while the pen moves. */
const PREVIEW_MS = 100;

export class Recogniser {
  readonly #context: RecogniserContext;
  readonly #events: RecogniserEvents;
  #busy = false;
  #penDown = false;
  /** Counts changes of the image. */
  #version = 0;
  /** The version in which ink was last taken back. Answers to older ones are dropped. */
  #takenBack = 0;
  /** The newest answer, and the version that it is for. */
  #answered: { version: number; recognition: Recognition; totalMs: number } | undefined;
  /** When an answer was last reported. */
  #reportedAt = -Infinity;
  /** Set while an answer waits to be reported. */
  #previewTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: RecogniserContext, events: RecogniserEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** Ink was added. */
  grown(): void {
    this.#penDown = true;
    this.#version += 1;
    this.#events.waiting();
    void this.#run();
  }

  /** The pen was lifted. */
  lifted(): void {
    this.#penDown = false;
    if (this.#answered?.version === this.#version) this.#report();
    else void this.#run();
  }

  /** Ink was taken back: some of it, or all; or an image took its place. */
  takenBack(): void {
    this.#penDown = false;
    this.#version += 1;
    this.#takenBack = this.#version;
    this.#answered = undefined;
    // Reported at once: the next round may wait for an answer that nobody needs.
    if (this.#context.pixels()) this.#events.waiting();
    else this.#events.blank();
    void this.#run();
  }

  /** Something other than the image has changed: recognition may be possible now, or again. */
  retry(): void {
    if (this.#answered?.version !== this.#version) void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      // Each round takes the image as it is by then. After a round that failed there is another one
      // only if the image has changed meanwhile.
      for (let goOn = true; goOn && this.#answered?.version !== this.#version; ) {
        const version = this.#version;
        goOn = (await this.#recogniseOnce()) || version !== this.#version;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Resolves with whether another round makes sense. */
  async #recogniseOnce(): Promise<boolean> {
    // Ink that is drawn until then is part of the image.
    await this.#context.free();
    const version = this.#version;
    const started = performance.now();
    const pixels = this.#context.pixels();
    if (!pixels) {
      this.#events.blank();
      return false;
    }
    this.#events.waiting();
    if (!this.#context.ready()) return false;
    try {
      const recognition = await this.#context.recognise(pixels);
      if (version >= this.#takenBack) {
        this.#answered = { version, recognition, totalMs: performance.now() - started };
        if (this.#penDown) this.#reportSoon();
        else if (version === this.#version) this.#report();
      }
      return true;
    } catch (error) {
      // Once there is an evaluator again, `retry` is called.
      if (!(error instanceof Stopped)) this.#events.failed(error);
      return false;
    }
  }

  /**
   * Reports the newest answer when one is due, unless the pen has been lifted: then another one
   * follows.
   */
  #reportSoon(): void {
    this.#previewTimer ??= setTimeout(
      () => {
        this.#previewTimer = undefined;
        if (this.#penDown) this.#report();
      },
      this.#reportedAt + PREVIEW_MS - performance.now(),
    );
  }

  #report(): void {
    if (!this.#answered) return;
    this.#reportedAt = performance.now();
    const { version, recognition, totalMs } = this.#answered;
    this.#events.recognised(recognition, totalMs, version === this.#version && !this.#penDown);
  }
}
