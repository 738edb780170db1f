// The data that a step of the lesson can show: the drawing, the running parts, and all messages.

import type { Running } from "../../evaluator/engine";
import { split } from "../../evaluator/envelope";
import type { LogEntry } from "../../evaluator/message-log";
import { type PlaintextTwin, plaintextTwin } from "../../playground/plaintext-twin";
import { type Answer, answer } from "../../state/store";
import type { PanelContext } from "../context";

export class Scene {
  readonly #context: PanelContext;
  readonly #isWanted: () => boolean;

  /** `isWanted` returns whether this scene's step is still the one to show. */
  constructor(context: PanelContext, isWanted: () => boolean) {
    this.#context = context;
    this.#isWanted = isWanted;
  }

  get isWanted(): boolean {
    return this.#isWanted();
  }

  /** All messages so far. */
  get entries(): readonly LogEntry[] {
    return this.#context.log.entries;
  }

  /** The engine's running parts. Throws the reason where there are none. */
  get running(): Running {
    try {
      return this.#context.engine.running();
    } catch (error) {
      throw new Error("keys are being made, or there is no evaluator", { cause: error });
    }
  }

  twin(): Promise<PlaintextTwin> {
    return plaintextTwin(this.running.model);
  }

  /** The image. Throws where there is none. */
  get pixels(): Float32Array {
    const pixels = this.#context.pixels();
    if (!pixels) throw new Error("draw something, and it will be shown here");
    return pixels;
  }

  /** The answer to the image. Throws where there is none yet. */
  get answer(): Answer {
    void this.pixels;
    if (!answer.value) throw new Error("the drawing is being read");
    return answer.value;
  }

  /**
   * Returns the last message of this direction that carried a drawing or scores, and its envelope.
   */
  last(direction: LogEntry["direction"]): { entry: LogEntry; envelope: Uint8Array } | undefined {
    const entry = this.entries
      .filter(
        ({ kind, bytes, ...each }) =>
          each.direction === direction && (kind === "infer" || kind === "inspect") && bytes > 0,
      )
      .at(-1);
    if (!entry?.kept) return undefined;
    // The answer of an X-ray ends with the scores.
    return { entry, envelope: split(entry.kept).at(-1) ?? entry.kept };
  }
}
