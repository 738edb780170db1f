// The panels that teach, X-ray and lesson: each is loaded when it is first opened, and told what
// happens to the drawing.

import { find } from "../dom/find";
import { whenOpened } from "../dom/lazy-panel";
import type { Engine, Recognition } from "../evaluator/engine";
import type { Log } from "../evaluator/message-log";
import { isLessonInAddress } from "./lesson/address";
import type { LessonPanel } from "./lesson/panel";
import type { XrayPanel } from "./xray/panel";

/** What the panels look into. */
export interface Context {
  readonly engine: Engine;
  /** All that has crossed. */
  readonly log: Log;
  /** The drawing as an image, or nothing where there is no ink. */
  pixels(): Float32Array | undefined;
  /** The last answer to the drawing as it is now. */
  answer(): Answer | undefined;
}

export interface Answer {
  readonly recognition: Recognition;
  /** From pixels to scores. */
  readonly totalMs: number;
}

export class Teaching {
  #answer: Answer | undefined;
  #xray: XrayPanel | undefined;
  #lesson: LessonPanel | undefined;

  constructor(context: Omit<Context, "answer">) {
    const surroundings = { ...context, answer: () => this.#answer };
    if (isLessonInAddress()) find("lesson", HTMLDetailsElement).open = true;
    whenOpened(
      "xray",
      async (body) => {
        const { XrayPanel } = await import("./xray/panel");
        this.#xray = new XrayPanel(body, surroundings);
      },
      "xray.css",
    );
    whenOpened(
      "lesson",
      async (body) => {
        const { LessonPanel } = await import("./lesson/panel");
        this.#lesson = new LessonPanel(body, surroundings);
      },
      "xray.css",
      "lesson.css",
    );
  }

  /** There is an evaluator, with its keys. */
  ready(): void {
    this.#xray?.ready();
    this.#lesson?.ready();
  }

  /** The drawing is no longer what it was. */
  changed(): void {
    this.#answer = undefined;
    this.#xray?.changed();
    this.#lesson?.changed();
  }

  /** The drawing as it is now has been read. */
  recognised(recognition: Recognition, totalMs: number): void {
    this.#answer = { recognition, totalMs };
    this.#lesson?.changed();
  }
}
