// The choice of the network that reads, and all that changes with it: the names of its scores, what
// the page asks the visitor to do, and the times measured for it.

import { find } from "../dom/find";
import type { Report } from "../evaluator/protocol";
import type { Recognition } from "../evaluator/recognition";
import { MODELS, type ModelName, model } from "../state/settings";
import { batch, effect, onChange, signal } from "../state/signal";
import {
  evaluatorLocation,
  exportable,
  lastRead,
  phase,
  reportProblem,
  shownScores,
  type TestImage,
  task,
  testImage,
} from "../state/store";
import { argmax } from "../util/argmax";
import { messageOf } from "../util/errors";
import { Measurements } from "./measurements";
import { loadSummary } from "./summary";

export interface ModelChoiceEvents {
  /** This network reads from now on. */
  read(model: ModelName): void;
  /** A test image replaces the drawing, which is to be cleared. */
  clearDrawing(): void;
  /** The image has to be read again. */
  outdated(): void;
}

const DIGITS = {
  invitation: "Draw a digit. It stays encrypted while it is read.",
  hint: "draw a digit here",
};
const CLOTHES = {
  invitation: "Draw clothes, or choose a test image from “Models” below.",
  hint: "draw clothes, or choose a test image below",
};

export class ModelChoice {
  readonly measurements = new Measurements();
  /** The network that was chosen last; its summary may have to be loaded first. */
  readonly wanted = signal(model.value);
  /** Settles when the task of the first network is known. */
  readonly named: Promise<void>;
  readonly #events: ModelChoiceEvents;
  /**
   * The last report that was measured: a drawing is reported while the pen moves, and when it is
   * lifted.
   */
  #measured: Report | undefined;

  constructor(events: ModelChoiceEvents) {
    this.#events = events;
    // The page comes with the task of the first network.
    const isKnown = model.value === MODELS[0];
    this.named = isKnown ? Promise.resolve() : this.#loadTask(model.value).catch(() => {});
    const hint = find("pad-hint", HTMLElement);
    effect(() => {
      if (task.value) hint.textContent = task.value.hint;
    });
    onChange([phase], () => {
      if (phase.value?.name === "keys") this.measurements.keysMade(phase.value.made);
      if (phase.value?.name === "ready") this.measurements.keysReady(model.value);
    });
  }

  /** Reads with this network as soon as its task is known. */
  async choose(chosen: ModelName): Promise<void> {
    this.wanted.value = chosen;
    try {
      await this.#loadTask(chosen);
    } catch (error) {
      if (this.wanted.value !== chosen) return;
      this.wanted.value = model.value;
      reportProblem(`The network was not changed: ${messageOf(error)}`);
      return;
    }
    if (this.wanted.value !== chosen) return;
    model.value = chosen;
    this.#events.read(chosen);
    this.#events.outdated();
  }

  /** Reads this image instead of the drawing. */
  readTestImage(image: TestImage): void {
    this.#events.clearDrawing();
    testImage.value = image;
    this.#events.outdated();
  }

  /** Notes an answer for the panel. */
  recognised({ scores, report }: Recognition, totalMs: number): void {
    const best = argmax(scores);
    const name = testImage.value?.name;
    lastRead.value = {
      ...(name !== undefined && { testImage: name }),
      class: task.value?.classes[best] ?? String(best),
    };
    if (report === this.#measured) return;
    this.#measured = report;
    const isHere = evaluatorLocation.value?.companion === undefined;
    const where = isHere ? "in this page" : "at the companion";
    this.measurements.add(model.value, where, report, totalMs);
  }

  async #loadTask(name: ModelName): Promise<void> {
    const { classes } = await loadSummary(name);
    if (this.wanted.value !== name) return;
    batch(() => {
      shownScores.value = undefined;
      exportable.value = undefined;
      task.value = { classes, ...(name === "fashion" ? CLOTHES : DIGITS) };
    });
  }
}
