// The Models panel: each network with its card, and the choice among them.

import SAMPLES from "../../../../models/fashion.samples.json";
import { button, element, pairs, scrollingTable } from "../../dom/element";
import { paintImage, SIDE } from "../../drawing/preview";
import type { Phase } from "../../evaluator/phase";
import type { Measurements } from "../../models/measurements";
import type { ModelChoice } from "../../models/model-choice";
import { type ModelRecord, RECORDS, section, table } from "../../models/records";
import { loadSummary, type ModelSummary } from "../../models/summary";
import { MODELS, type ModelName, model, onColourChange } from "../../state/settings";
import { effect } from "../../state/signal";
import { lastRead, phase } from "../../state/store";
import { messageOf } from "../../util/errors";
import { bytes, count, counted, milliseconds, percent, seconds } from "../../util/format";

const TITLES: { readonly [name in ModelName]: string } = {
  digits: "Digits",
  fashion: "Fashion",
  deep: "Digits, deeper",
};

const CLAIMS: { readonly [name in ModelName]: string } = {
  digits: "Three layers with two squares between them: the fastest.",
  fashion: "The same circuit with other weights: clothes instead of digits.",
  deep: "One more layer and one more square: twice the ring degree, and slower.",
};

export class ModelsPanel {
  constructor(body: HTMLElement, models: ModelChoice) {
    const cards = MODELS.map((name) => new ModelCard(name, models));
    const legend = element("legend", "visually-hidden", "The network that reads");
    body.replaceChildren(
      element(
        "p",
        "models-intro",
        "Each network has its own circuit, and so its own key. When you choose another network, " +
          "the page wipes the old key and makes a new one. Your drawing is encrypted and read " +
          "again.",
      ),
      element("fieldset", "models-choice", legend, ...cards.map(({ element }) => element)),
    );
    effect(() => {
      for (const card of cards) card.update();
    });
  }
}

class ModelCard {
  readonly element: HTMLElement;
  readonly #name: ModelName;
  readonly #models: ModelChoice;
  readonly #input = element("input");
  readonly #state = element("p", "models-state");
  readonly #facts = element("div", "models-facts", "Loading.");
  readonly #times = element("dd");
  readonly #read = element("p", "models-read visitors-view");

  constructor(name: ModelName, models: ModelChoice) {
    this.#name = name;
    this.#models = models;
    const record = RECORDS[name];
    Object.assign(this.#input, { type: "radio", name: "model", value: name, autocomplete: "off" });
    this.#input.dataset.testid = `model-${name}`;
    this.#input.addEventListener("change", () => void models.choose(name));
    this.#state.dataset.testid = `model-state-${name}`;
    this.#times.dataset.testid = `model-here-${name}`;
    const title = element("span", "models-title", TITLES[name]);
    const claim = element("span", "models-claim", CLAIMS[name]);
    const label = element("label", "", this.#input, title, claim);
    this.element = element("section", "models-card", label, this.#state, this.#facts);
    this.element.dataset.testid = `model-card-${name}`;
    if (name === "fashion") this.element.append(this.#testImages());
    this.element.append(details(name, record));
    loadSummary(name).then(
      (summary) => this.#facts.replaceChildren(this.#list(summary, record)),
      (error: unknown) => {
        this.#facts.textContent = messageOf(error);
      },
    );
  }

  /** Shows whether this network reads, how far the engine is, and the times measured here. */
  update(): void {
    const isChosen = model.value === this.#name;
    this.#input.checked = this.#models.wanted.value === this.#name;
    this.element.dataset.chosen = String(isChosen);
    if (!isChosen) this.#state.textContent = "";
    else if (phase.value) this.#state.textContent = progress(phase.value);
    this.#times.textContent = timesText(this.#name, this.#models.measurements);
    const { testImage, class: read } = lastRead.value ?? {};
    this.#read.textContent =
      isChosen && testImage !== undefined ? `${testImage}: read as ${read}` : "";
  }

  #list(summary: ModelSummary, record: ModelRecord): HTMLElement {
    const layers = summary.layers.map((layer) => element("li", "", layer));
    const logQp = summary.logQp.toFixed(0);
    const list = pairs("models-list", [
      ["trained on", summary.dataset],
      ["classes", summary.classes.join(", ")],
      ["layers", element("ol", "", ...layers)],
      ["accuracy on the test images", accuracy(record)],
      ["ring", `N = ${count(summary.degree)}, log₂ QP = ${logQp} of at most ${summary.limit}`],
      ["levels", `${summary.depth} of ${summary.levels}`],
      ["evaluation keys", `${bytes(summary.keyBytes)} in ${count(summary.keyParts)} parts`],
      ["a drawing, encrypted", bytes(summary.drawingBytes)],
      ["its scores, encrypted", bytes(summary.scoresBytes)],
    ]);
    list.append(element("div", "", element("dt", "", "measured here"), this.#times));
    return list;
  }

  /** Returns test images to choose, of things that are hard to draw. */
  #testImages(): HTMLElement {
    const buttons = SAMPLES.samples.map(({ name, pixels: hex }) => {
      const bytes = hex.match(/../g) ?? [];
      const pixels = Float32Array.from(bytes, (byte) => parseInt(byte, 16) / 255);
      const canvas = element("canvas");
      canvas.width = canvas.height = SIDE;
      const choose = button(canvas, () => this.#models.readTestImage({ pixels, name }), {
        className: "models-sample",
      });
      choose.title = name;
      choose.setAttribute("aria-label", `Have this test image read: ${name}`);
      const paint = () => paintImage(canvas, pixels);
      // The canvas has its colour once it is on the page.
      requestAnimationFrame(paint);
      onColourChange(paint);
      return choose;
    });
    return element(
      "div",
      "models-samples",
      element(
        "p",
        "",
        "Clothes are hard to draw. Choose one of these instead: each is the first of its class " +
          "among the test images.",
      ),
      element("div", "models-strip", ...buttons),
      this.#read,
    );
  }
}

function accuracy({ accuracy: measured, errors, card }: ModelRecord): string {
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
  const encrypted = scores
    ? `; encrypted, the largest error of a score in ${count(scores.images)} images was ` +
      `${scores.max_error.toFixed(4)}`
    : "";
  return `${share?.replace("%", " %")} plain (${right})${encrypted}`;
}

function timesText(name: ModelName, measurements: Measurements): string {
  const [keysMs, times] = [measurements.keysMs(name), measurements.of(name)];
  const parts = [];
  if (keysMs !== undefined) parts.push(`keys ${seconds(keysMs)}`);
  if (times) {
    const { evaluationMs, totalMs, drawings, threads, where } = times;
    parts.push(
      `evaluation ${milliseconds(evaluationMs)}, pixels to answer ${milliseconds(totalMs)} ` +
        `(median of ${count(drawings)}, ${counted(threads, "thread")}, ${where})`,
    );
  }
  return parts.join("; ") || "nothing yet: choose it, and draw";
}

function progress(phase: Phase): string {
  switch (phase.name) {
    case "loading": {
      const { bytes: loaded, total } = phase.progress;
      return `loading: ${bytes(loaded)}${total === undefined ? "" : ` of ${bytes(total)}`}`;
    }
    case "keys":
      return `making keys: ${phase.made} of ${phase.total}`;
    case "upload":
      return `sending keys: ${bytes(phase.sent)} of ${bytes(phase.total)}`;
    case "ready":
      return "ready";
    case "waiting":
      return "starting again";
    case "failed":
      return phase.reason;
  }
}

/** Returns the rest of the card: limits, tolerance and training. */
function details(name: ModelName, { card, run, errors, accuracy }: ModelRecord): HTMLElement {
  const summary = element("summary", "", `More from the model card of “${name}”`);
  const details = element("details", "models-more", summary);
  const rows = table(section(card, "Tolerance"));
  const tolerance = rows.map(([images = "", right = "", share = ""]) => [images, right, share]);
  const training =
    `Trained for ${count(run.epochs.length)} epochs, ` +
    `${count(run.seconds / 60)} minutes on ${run.threads} threads: `;
  details.append(
    element("p", "", section(card, "Limits")),
    scrollingTable(`What ${name} tolerates`, tolerance),
    element("p", "", training, element("code", "", run.command)),
  );
  if (accuracy) {
    const { machine, ms_per_image_median, max_score_error, command } = accuracy;
    const comparison =
      `Encrypted and plain compared on ${machine}, ${milliseconds(ms_per_image_median)} an ` +
      "image natively. " +
      `The largest error of a score was ${max_score_error.toFixed(4)}: `;
    details.append(element("p", "", comparison, element("code", "", command)));
  }
  if (errors) {
    const comparison = `Encrypted and plain compared on ${errors.machine}: `;
    details.append(element("p", "", comparison, element("code", "", errors.command)));
  }
  return details;
}
