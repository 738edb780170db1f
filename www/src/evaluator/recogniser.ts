// Decides when a drawing is recognised: at once, again and again while it grows, one at a time.
// The newest drawing wins; what comes back for ink that has been taken back is dropped. Guesses while the pen moves
// are told a few times a second and no more often: to show one takes as long as half an evaluation, on the same cores.

import { Stopped } from "./connection";
import type { Recognition } from "./engine";

/** What the recogniser needs to know and to have done. */
export interface Context {
  /** The drawing as an image, or nothing where there is no ink. */
  pixels(): Float32Array | undefined;
  ready(): boolean;
  /** Settles when a drawing would be evaluated at once. */
  free(): Promise<void>;
  recognise(pixels: Float32Array): Promise<Recognition>;
}

/** What it has to say, in the order in which it happens. */
export interface RecogniserEvents {
  /** There is no ink, and nothing to recognise. */
  blank(): void;
  /** There is ink that has not been recognised yet. */
  waiting(): void;
  /** `final`: of the drawing as it is now, with the pen lifted. `totalMs`: from pixels to here. */
  recognised(recognition: Recognition, totalMs: number, final: boolean): void;
  failed(error: unknown): void;
}

/** Time between two guesses that are told while the pen moves. */
const GUESSES_MS = 100;

export class Recogniser {
  readonly #context: Context;
  readonly #events: RecogniserEvents;
  #busy = false;
  #penDown = false;
  /** Counts changes of the drawing. */
  #version = 0;
  /** The version that ink was last taken back in. Answers to older ones are of no use. */
  #takenBack = 0;
  /** The version that the newest answer belongs to, and that answer. */
  #answered: { version: number; recognition: Recognition; totalMs: number } | undefined;
  /** When an answer was last told. */
  #toldAt = -Infinity;
  /** Set while a guess waits to be told. */
  #guess: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context, events: RecogniserEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** Ink was added. */
  grown(): void {
    this.#penDown = true;
    this.#version += 1;
    this.#events.waiting();
    void this.#pump();
  }

  /** The pen was lifted. */
  lifted(): void {
    this.#penDown = false;
    if (this.#answered?.version === this.#version) this.#tell();
    else void this.#pump();
  }

  /** Ink was taken back: some of it, or all. */
  takenBack(): void {
    this.#penDown = false;
    this.#version += 1;
    this.#takenBack = this.#version;
    this.#answered = undefined;
    // Not only in the next round: it may have to wait for an answer that nobody needs.
    if (this.#context.pixels()) this.#events.waiting();
    else this.#events.blank();
    void this.#pump();
  }

  /** Something other than the drawing has changed: recognition may be possible now, or again. */
  retry(): void {
    if (this.#answered?.version !== this.#version) void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      // Each round takes the drawing as it is by then. One that came to nothing is worth another if the drawing has
      // changed meanwhile.
      for (let goOn = true; goOn && this.#answered?.version !== this.#version; ) {
        const version = this.#version;
        goOn = (await this.#recogniseOnce()) || version !== this.#version;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Whether another round makes sense. */
  async #recogniseOnce(): Promise<boolean> {
    // What is drawn until then is in it.
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
        if (this.#penDown) this.#tellGuess();
        else if (version === this.#version) this.#tell();
      }
      return true;
    } catch (error) {
      // Once there is an evaluator again, `retry` is called.
      if (!(error instanceof Stopped)) this.#events.failed(error);
      return false;
    }
  }

  /** Tells the newest guess as soon as one is due, unless the pen has been lifted by then: an answer is on its way. */
  #tellGuess(): void {
    this.#guess ??= setTimeout(
      () => {
        this.#guess = undefined;
        if (this.#penDown) this.#tell();
      },
      this.#toldAt + GUESSES_MS - performance.now(),
    );
  }

  #tell(): void {
    if (!this.#answered) return;
    this.#toldAt = performance.now();
    const { version, recognition, totalMs } = this.#answered;
    this.#events.recognised(recognition, totalMs, version === this.#version && !this.#penDown);
  }
}
