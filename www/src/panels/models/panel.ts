// The Models panel: each network with its card, and the choice among them.

import SAMPLES from "../../../../models/fashion.samples.json";
import { element, pairs, tableOf } from "../../dom/element";
import { paint, SIDE } from "../../drawing/preview";
import type { Phase } from "../../evaluator/engine";
import type { Measurements } from "../../models/measurements";
import { MODELS, type ModelName } from "../../models/names";
import { RECORDS, type Record, section, table } from "../../models/records";
import { type Sheet, sheetOf } from "../../models/summary";
import { whenRecoloured } from "../../state/settings";
import { messageOf } from "../../util/errors";
import { bytes, count, milliseconds, seconds } from "../../util/format";

/** What the panel needs from the page. */
export interface ModelsHost {
  /** The network that reads now. */
  readonly chosen: ModelName;
  readonly measured: Measurements;
  /** What was read last: in which test image, where it was one. */
  readonly last: { readonly sample?: string; readonly read: string } | undefined;
  choose(model: ModelName): void;
  /** Has an image read in place of the drawing. */
  take(pixels: Float32Array, name: string): void;
}

const TITLES: { readonly [name in ModelName]: string } = {
  digits: "Digits",
  fashion: "Fashion",
  deep: "Digits, deeper",
};

const CLAIMS: { readonly [name in ModelName]: string } = {
  digits: "Two squares between three layers: the quickest.",
  fashion: "The same circuit, other weights: clothes in place of digits.",
  deep: "A layer and a square more: twice the ring, and longer waits.",
};

export class ModelsPanel {
  readonly #host: ModelsHost;
  readonly #cards: ReadonlyMap<ModelName, Card>;

  constructor(body: HTMLElement, host: ModelsHost) {
    this.#host = host;
    this.#cards = new Map(MODELS.map((name) => [name, new Card(name, host)]));
    const choice = element(
      "fieldset",
      "models-choice",
      element("legend", "visually-hidden", "The network that reads"),
    );
    choice.append(...Array.from(this.#cards.values(), ({ element }) => element));
    body.replaceChildren(
      element(
        "p",
        "models-intro",
        "Another network means another circuit, and so another key: the old one is wiped, a new one is made here, " +
          "and your drawing is encrypted and read again.",
      ),
      choice,
    );
    this.update();
  }

  /** Shows what is chosen now, and what has been measured. */
  update(phase?: Phase): void {
    for (const [name, card] of this.#cards) card.update(name === this.#host.chosen, phase);
  }
}

class Card {
  readonly element: HTMLElement;
  readonly #name: ModelName;
  readonly #host: ModelsHost;
  readonly #input = element("input");
  readonly #state = element("p", "models-state");
  readonly #facts = element("div", "models-facts", "Loading.");
  readonly #here = element("dd");
  readonly #read = element("p", "models-read");

  constructor(name: ModelName, host: ModelsHost) {
    this.#name = name;
    this.#host = host;
    const record = RECORDS[name];
    Object.assign(this.#input, { type: "radio", name: "model", value: name, autocomplete: "off" });
    this.#input.dataset.testid = `model-${name}`;
    this.#input.addEventListener("change", () => host.choose(name));
    this.#state.dataset.testid = `model-state-${name}`;
    this.#here.dataset.testid = `model-here-${name}`;
    const title = element("span", "models-title", TITLES[name]);
    const label = element(
      "label",
      "",
      this.#input,
      title,
      element("span", "models-claim", CLAIMS[name]),
    );
    this.element = element("section", "models-card", label, this.#state, this.#facts);
    this.element.dataset.testid = `model-card-${name}`;
    if (name === "fashion") this.element.append(this.#samples());
    this.element.append(more(name, record));
    sheetOf(name).then(
      (sheet) => this.#facts.replaceChildren(this.#list(sheet, record)),
      (error: unknown) => (this.#facts.textContent = messageOf(error)),
    );
  }

  update(chosen: boolean, phase: Phase | undefined): void {
    this.#input.checked = chosen;
    this.element.dataset.chosen = String(chosen);
    if (!chosen) this.#state.textContent = "";
    else if (phase) this.#state.textContent = progress(phase);
    this.#here.textContent = here(this.#name, this.#host.measured);
    const { last } = this.#host;
    this.#read.textContent =
      chosen && last?.sample !== undefined ? `${last.sample}: read as ${last.read}` : "";
  }

  #list(sheet: Sheet, record: Record): HTMLElement {
    const list = pairs("models-list", [
      ["trained on", sheet.dataset],
      ["answers", sheet.classes.join(", ")],
      ["layers", [layers(sheet)]],
      ["right, of all test images", accuracy(record)],
      [
        "ring",
        `N = ${count(sheet.degree)}, log₂ QP = ${sheet.logQp.toFixed(0)} of at most ${sheet.limit}`,
      ],
      ["levels", `${sheet.depth} of ${sheet.levels}`],
      ["evaluation keys", `${bytes(sheet.keyBytes)} in ${count(sheet.keyParts)} parts`],
      ["a drawing, encrypted", bytes(sheet.drawingBytes)],
      ["its scores, encrypted", bytes(sheet.scoresBytes)],
    ]);
    list.append(element("div", "", element("dt", "", "measured here"), this.#here));
    return list;
  }

  /** Test images, for what is not drawn easily by hand. */
  #samples(): HTMLElement {
    const buttons = SAMPLES.samples.map(({ name, pixels }) => {
      const image = Float32Array.from(
        pixels.match(/../g) ?? [],
        (byte) => parseInt(byte, 16) / 255,
      );
      const canvas = element("canvas");
      canvas.width = canvas.height = SIDE;
      const button = element("button", "models-sample", canvas);
      button.type = "button";
      button.title = name;
      button.setAttribute("aria-label", `Have this test image read: ${name}`);
      button.addEventListener("click", () => this.#host.take(image, name));
      // Its colour is known once it is on the page.
      requestAnimationFrame(() => paint(canvas, image));
      whenRecoloured(() => paint(canvas, image));
      return button;
    });
    return element(
      "div",
      "models-samples",
      element(
        "p",
        "",
        "Clothes are not drawn well by hand. Take one of these: each the first of its kind among the test images.",
      ),
      element("div", "models-strip", ...buttons),
      this.#read,
    );
  }
}

function layers({ layers: words }: Sheet): HTMLElement {
  return element("ol", "", ...words.map((word) => element("li", "", word)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function accuracy({ accuracy: measured, errors, card }: Record): string {
  if (measured) {
    const { images, agreement, accuracy_plain, accuracy_encrypted } = measured;
    const same = count(Math.round(agreement * images));
    return (
      `${percent(accuracy_encrypted)} encrypted, ${percent(accuracy_plain)} plain; ` +
      `the same class for ${same} of ${count(images)}`
    );
  }
  const rows = table(section(card, "Accuracy and ranges"));
  const [, right, share] = rows.find(([images]) => images === "test images") ?? [];
  const scores = errors?.stages.at(-1)?.all;
  const off = scores
    ? `; encrypted, no score of ${count(scores.images)} images was off by more than ${scores.max_error.toFixed(4)}`
    : "";
  return `${share?.replace("%", " %")} plain (${right})${off}`;
}

function here(name: ModelName, measured: Measurements): string {
  const [keys, times] = [measured.keysMs(name), measured.of(name)];
  const parts = [];
  if (keys !== undefined) parts.push(`keys ${seconds(keys)}`);
  if (times) {
    const { evaluationMs, totalMs, drawings, threads, where } = times;
    parts.push(
      `evaluation ${milliseconds(evaluationMs)}, pixels to answer ${milliseconds(totalMs)} ` +
        `(median of ${count(drawings)}, ${threads} ${threads === 1 ? "thread" : "threads"}, ${where})`,
    );
  }
  return parts.join("; ") || "nothing yet: choose it, and draw";
}

function progress(phase: Phase): string {
  switch (phase.name) {
    case "loading": {
      const { bytes: arrived, total } = phase.arrived;
      return `loading: ${bytes(arrived)}${total === undefined ? "" : ` of ${bytes(total)}`}`;
    }
    case "keys":
      return `making keys: ${phase.made} of ${phase.total}`;
    case "upload":
      return `sending keys: ${bytes(phase.sent)} of ${bytes(phase.total)}`;
    case "ready":
      return "ready";
    case "resting":
      return "starting again";
    case "failed":
      return phase.reason;
  }
}

/** What only some want to know: tolerance, training, limits, in the card's own words. */
function more(name: ModelName, { card, run, errors, accuracy: measured }: Record): HTMLElement {
  const details = element(
    "details",
    "models-more",
    element("summary", "", `The rest of the card of “${name}”`),
  );
  const [columns, ...rows] = table(section(card, "Tolerance"));
  const part = ([images, right, share]: readonly string[]) => [
    images ?? "",
    right ?? "",
    share ?? "",
  ];
  details.append(
    element("p", "", section(card, "Limits")),
    tableOf(`What ${name} tolerates`, [part(columns ?? []), ...rows.map(part)]),
    element(
      "p",
      "",
      `Trained for ${count(run.epochs.length)} epochs, ${count(run.seconds / 60)} minutes on ${run.threads} threads: `,
      element("code", "", run.command),
    ),
  );
  if (measured) {
    details.append(
      element(
        "p",
        "",
        `Encrypted and plain compared on ${measured.machine}, ${milliseconds(measured.ms_per_image_median)} an image natively; ` +
          `no score was off by more than ${measured.max_score_error.toFixed(4)}: `,
        element("code", "", measured.command),
      ),
    );
  }
  if (errors) {
    details.append(
      element(
        "p",
        "",
        `Encrypted and plain compared on ${errors.machine}: `,
        element("code", "", errors.command),
      ),
    );
  }
  return details;
}
