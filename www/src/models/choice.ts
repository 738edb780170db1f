// Which network reads, and all that changes with it: what the scores are called, what the visitor is
// asked for, and what the Models panel shows, once that is opened.

import { find } from "../dom/find";
import { whenOpened } from "../dom/lazy-panel";
import { Sample } from "../drawing/test-image";
import type { Phase } from "../evaluator/engine";
import type { Place, Report } from "../evaluator/protocol";
import type { ModelsPanel } from "../panels/models/panel";
import { Measurements } from "./measurements";
import { FIRST, type ModelName, rememberModel, wantedModel } from "./names";
import { sheetOf } from "./summary";

export interface ChoiceEvents {
  /** This network is to read from now on. */
  read(model: ModelName): void;
  /** What its scores are called, and what the visitor can do. */
  named(classes: readonly string[], invitation: string): void;
  /** An image is to be read in place of the drawing, which is taken back. */
  taken(): void;
  /** What is on the pad has to be read again. */
  outdated(): void;
  failed(error: unknown): void;
}

const INVITATIONS: { readonly [name in ModelName]?: string } = {
  fashion: "Draw clothes, or take a test image from “Models” below.",
};
const DRAW_A_DIGIT = "Draw a digit: it is encrypted here, and read encrypted.";

export class ModelChoice {
  readonly measured = new Measurements();
  readonly sample: Sample;
  /** The classes of the first network are on the page already; those of another are known by then. */
  readonly named: Promise<void>;
  readonly #events: ChoiceEvents;
  readonly #hint = find("pad-hint", HTMLElement);
  #chosen = wantedModel();
  /** The one that was asked for last, which may have to be asked about yet. */
  #wanted = this.#chosen;
  #where = "";
  #phase: Phase | undefined;
  #classes: readonly string[] = [];
  #sampleName: string | undefined;
  #last: { sample?: string; read: string } | undefined;
  #panel: ModelsPanel | undefined;
  /** The last report that was counted: one drawing is told of twice, before the pen is lifted and after. */
  #counted: Report | undefined;

  constructor(pad: HTMLElement, events: ChoiceEvents) {
    this.#events = events;
    this.sample = new Sample(pad);
    this.named =
      this.#chosen === FIRST ? Promise.resolve() : this.#name(this.#chosen).catch(() => {});
    whenOpened("models", async (body) => {
      const { ModelsPanel } = await import("../panels/models/panel");
      this.#panel = new ModelsPanel(body, this);
      this.#panel.update(this.#phase);
    });
  }

  get chosen(): ModelName {
    return this.#chosen;
  }

  get last(): { readonly sample?: string; readonly read: string } | undefined {
    return this.#last;
  }

  /** Reads with this network from now on: what it is for is known before anything is read with it. */
  choose(model: ModelName): void {
    this.#wanted = model;
    this.#name(model).then(
      () => {
        if (this.#wanted !== model) return;
        this.#chosen = model;
        rememberModel(model);
        this.#events.read(model);
        this.#events.outdated();
        this.#panel?.update(this.#phase);
      },
      (error: unknown) => {
        if (this.#wanted !== model) return;
        this.#wanted = this.#chosen;
        this.#panel?.update(this.#phase);
        this.#events.failed(error);
      },
    );
  }

  /** Has an image read in place of the drawing. */
  take(pixels: Float32Array, name: string): void {
    this.#events.taken();
    this.sample.show(pixels, name);
    this.#sampleName = name;
    this.#events.outdated();
  }

  /** How far the engine is. */
  phase(phase: Phase): void {
    this.#phase = phase;
    if (phase.name === "keys") this.measured.keys(phase.made);
    if (phase.name === "ready") this.measured.ready(this.#chosen);
    this.#panel?.update(phase);
  }

  started({ companion }: Place): void {
    this.#where = companion === undefined ? "in this page" : "at the companion";
  }

  /** A drawing was read. */
  recognised(scores: Float32Array, report: Report, totalMs: number): void {
    const best = scores.indexOf(Math.max(...scores));
    const sample = this.sample.pixels ? this.#sampleName : undefined;
    this.#last = {
      ...(sample !== undefined && { sample }),
      read: this.#classes[best] ?? String(best),
    };
    if (report !== this.#counted) this.measured.read(this.#chosen, this.#where, report, totalMs);
    this.#counted = report;
    this.#panel?.update(this.#phase);
  }

  async #name(model: ModelName): Promise<void> {
    const { classes } = await sheetOf(model);
    if (this.#wanted !== model) return;
    this.#classes = classes;
    const invitation = INVITATIONS[model] ?? DRAW_A_DIGIT;
    this.#events.named(classes, invitation);
    this.#hint.textContent =
      model === "fashion" ? "draw clothes, or take a test image below" : "draw a digit here";
  }
}
