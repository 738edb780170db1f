// The X-ray: evaluates the drawing once more, gets the encrypted output of every layer back,
// decrypts one layer at a time, and compares it with the plaintext twin of the network.

import { saveButtons } from "../../charts/save-figure";
import type { Shape } from "../../charts/value-image";
import { button, element } from "../../dom/element";
import { setText } from "../../dom/find";
import { visitorsOnly } from "../../dom/visitors-only";
import { Stopped } from "../../evaluator/connection";
import type { Running } from "../../evaluator/engine";
import { type DecryptedLayer, type Inspection, inspect } from "../../evaluator/inspection";
import { type PlaintextTwin, plaintextTwin } from "../../playground/plaintext-twin";
import { onColourChange } from "../../state/settings";
import { effect, onChange } from "../../state/signal";
import { imageVersion, phase } from "../../state/store";
import { messageOf } from "../../util/errors";
import { bytes, count, milliseconds } from "../../util/format";
import { pause } from "../../util/pause";
import type { PanelContext } from "../context";
import { ErrorChart } from "./error-chart";
import { LayerCard } from "./layer-card";
import { errors, type LayerErrors, rangeOf } from "./layer-errors";

/** How many figures may be saved under one key: see docs/security.md. */
const MAX_SAVED = 16;

export class XrayPanel {
  readonly #context: PanelContext;
  readonly #run = button("X-ray this drawing", () => void this.#xray(), { testId: "xray-run" });
  readonly #cost = element("p", "cost");
  readonly #status = element("p", "xray-status");
  readonly #chart = new ErrorChart();
  readonly #chartFigure = element("figure", "chart-figure");
  readonly #layers = element("div", "layers-seen");
  #cards: LayerCard[] = [];
  /**
   * The vault whose key the figure depends on, and how many figures were saved under each vault's
   * key.
   */
  #shown: Running["vault"] | undefined;
  #isFigureSaved = false;
  readonly #saved = new WeakMap<Running["vault"], number>();
  #isBusy = false;

  constructor(body: HTMLElement, context: PanelContext) {
    this.#context = context;
    this.#status.setAttribute("role", "status");
    this.#status.dataset.testid = "xray-status";
    const saves = saveButtons(
      "inkognito-errors",
      () => this.#figureToSave(),
      (error) => this.#say("error", `The figure was not saved: ${messageOf(error)}.`),
    );
    this.#chartFigure.hidden = true;
    this.#chartFigure.append(
      this.#chart.element,
      saves,
      element(
        "figcaption",
        "",
        "Bits are counted after the binary point. Errors are rounded to tenths of a bit. You can " +
          `save this figure for at most ${MAX_SAVED} drawings with one key. The values below ` +
          "cannot be saved, because their exact errors depend on the key.",
      ),
    );
    this.#layers.dataset.testid = "xray-layers";
    body.replaceChildren(
      element(
        "p",
        "lead",
        "Usually the evaluator sends back only the scores. Here it also sends back the output " +
          "of every layer, still encrypted. The vault decrypts each layer once. For comparison, " +
          "the page computes the same network without encryption. The difference is the noise " +
          "of the scheme. Where it grows, fewer bits are correct, and the lines of the chart " +
          "fall. After the last layer it is larger than after the first.",
      ),
      element("div", "xray-controls", this.#run, this.#cost),
      this.#status,
      ...visitorsOnly(this.#chartFigure, this.#layers),
    );
    onColourChange(() => this.#draw());
    onChange([imageVersion], () => {
      if (this.#cards.length > 0 && !this.#isBusy)
        this.#say("stale", "The drawing has changed since this X-ray.");
    });
    effect(() => {
      if (phase.value?.name === "ready") void this.#showPrice();
    });
  }

  /** Shows what an X-ray will cost, before the first one. */
  async #showPrice(): Promise<void> {
    if (this.#cards.length > 0) return;
    try {
      const { scheme } = await plaintextTwin(this.#context.engine.running().model);
      this.#cost.textContent =
        `costs ${bytes(scheme.inspectionBytes)} on the way back; ` +
        `a usual answer has ${bytes(scheme.resultBytes)}`;
    } catch (error) {
      this.#say("error", `${messageOf(error)}.`);
    }
  }

  async #xray(): Promise<void> {
    if (this.#isBusy) return;
    const { engine } = this.#context;
    const pixels = this.#context.pixels();
    if (!pixels) {
      this.#say("error", "There is no drawing yet: draw first.");
      return;
    }
    if (!engine.ready) {
      this.#say("error", "No evaluator is ready. Try again once there is one.");
      return;
    }
    this.#isBusy = true;
    this.#run.disabled = true;
    try {
      this.#say("working", "Evaluating, with the output of every layer.");
      const twin = await plaintextTwin(engine.running().model);
      const inspection = await inspect(engine, pixels);
      await this.#decrypt(inspection, twin, pixels);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      const why =
        error instanceof Stopped ? `the evaluator stopped (${messageOf(error)})` : messageOf(error);
      this.#say("error", `This drawing could not be X-rayed: ${why}.`);
    } finally {
      this.#isBusy = false;
      this.#run.disabled = false;
    }
  }

  /** Decrypts layer by layer; the visitor can draw between two layers. */
  async #decrypt(
    inspection: Inspection,
    { network, scheme }: PlaintextTwin,
    pixels: Float32Array,
  ): Promise<void> {
    const trace = network.trace(pixels);
    const predicted = scheme.predictedErrors(pixels);
    const shapes = shapesOf(scheme.shapes());
    const layers: LayerErrors[] = [];
    this.#cards = [];
    this.#layers.replaceChildren();
    const started = performance.now();
    for (let layer = 0; layer < inspection.layers; layer += 1) {
      this.#say("working", `Decrypting layer ${layer + 1} of ${inspection.layers}.`);
      await pause();
      const decrypted = inspection.decrypt(layer);
      const [plain, shape] = [trace[layer], shapes[layer]];
      if (!plain || !shape) throw new Stopped("it sent another number of layers");
      const name = inspection.report.layers[layer]?.name ?? "";
      const measured = compare(name, shape, decrypted, plain, predicted?.[layer]);
      layers.push(measured);
      const card = new LayerCard(layer + 1, measured);
      this.#cards.push(card);
      this.#layers.append(card.element);
      card.draw();
    }
    const decryptionMs = performance.now() - started;
    this.#shown = inspection.running.vault;
    this.#isFigureSaved = false;
    this.#chartFigure.hidden = false;
    this.#chart.show(layers);
    this.#cost.textContent =
      `cost ${bytes(inspection.bytesUp)} up, ${bytes(inspection.bytesDown)} back; ` +
      `evaluation ${milliseconds(inspection.report.totalMs)}, ` +
      `pixels to answer ${milliseconds(inspection.totalMs)}, ` +
      `decryption ${milliseconds(decryptionMs)}`;
    const values = layers.reduce((sum, { encrypted }) => sum + encrypted.length, 0);
    this.#say(
      "ready",
      `${count(layers.length)} layers, ${count(values)} values, each decrypted once.`,
    );
  }

  /** Returns the figure if it may be saved. Throws the reason where not. */
  #figureToSave(): SVGSVGElement {
    const vault = this.#shown;
    if (!vault) throw new Error("there is no X-ray yet");
    const saved = this.#saved.get(vault) ?? 0;
    if (!this.#isFigureSaved && saved === MAX_SAVED) {
      throw new Error(
        `${MAX_SAVED} figures have been saved under this key, which is the limit; reload the ` +
          "page to get another key",
      );
    }
    if (!this.#isFigureSaved) this.#saved.set(vault, saved + 1);
    this.#isFigureSaved = true;
    return this.#chart.element;
  }

  #draw(): void {
    for (const card of this.#cards) card.draw();
  }

  #say(state: "working" | "ready" | "stale" | "error", text: string): void {
    this.#status.dataset.state = state;
    setText(this.#status, text);
  }
}

function compare(
  name: string,
  shape: Shape,
  { values: encrypted, ...rest }: DecryptedLayer,
  plain: Float64Array,
  predictedError: number | undefined,
): LayerErrors {
  const range = rangeOf(plain);
  return {
    name,
    shape,
    encrypted,
    plain,
    predictedError,
    range,
    ...errors(encrypted, plain),
    ...rest,
  };
}

/** Returns shapes from their channels, heights and widths, one after another. */
function shapesOf(sizes: Uint32Array): Shape[] {
  return Array.from({ length: sizes.length / 3 }, (_, layer) => {
    const [channels = 1, height = 1, width = 1] = sizes.subarray(3 * layer, 3 * layer + 3);
    return { channels, height, width };
  });
}
