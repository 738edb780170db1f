// What a step of the lesson can show: the drawing, what runs, and what has crossed.

import type { Running } from "../../evaluator/engine";
import { split } from "../../evaluator/envelope";
import type { Entry } from "../../evaluator/message-log";
import { type Clear, inTheClear } from "../../playground/plaintext-twin";
import type { Answer, Context } from "../teaching";

export class Scene {
  readonly #context: Context;
  readonly #isWanted: () => boolean;

  /** `isWanted`: whether the step is still the one to be shown. */
  constructor(context: Context, isWanted: () => boolean) {
    this.#context = context;
    this.#isWanted = isWanted;
  }

  get isWanted(): boolean {
    return this.#isWanted();
  }

  get entries(): readonly Entry[] {
    return this.#context.log.entries;
  }

  /** What runs. Throws why nothing does. */
  get running(): Running {
    try {
      return this.#context.engine.running();
    } catch (error) {
      throw new Error("keys are being made, or there is no evaluator", { cause: error });
    }
  }

  clear(): Promise<Clear> {
    return inTheClear(this.running.model);
  }

  /** The drawing. Throws where there is none. */
  get pixels(): Float32Array {
    const pixels = this.#context.pixels();
    if (!pixels) throw new Error("draw something, and it will be shown here");
    return pixels;
  }

  /** What was read of the drawing. Throws where it has not been read. */
  get answer(): Answer {
    void this.pixels;
    const answer = this.#context.answer();
    if (!answer) throw new Error("the drawing is being read");
    return answer;
  }

  /** The last message of this direction that carried a drawing or scores, as it crossed, and its bytes. */
  last(direction: Entry["direction"]): { entry: Entry; bytes: Uint8Array } | undefined {
    const carried = (each: Entry): boolean =>
      each.direction === direction &&
      (each.kind === "infer" || each.kind === "inspect") &&
      each.bytes > 0;
    const entry = this.entries.filter(carried).at(-1);
    if (!entry?.kept) return undefined;
    // An X-ray's answer ends with the scores.
    return { entry, bytes: split(entry.kept).at(-1) ?? entry.kept };
  }
}
