// The X-ray: the drawing evaluated once more with every layer in sight, decrypted here one layer at a
// time, beside the same network in the clear.

import { saveButtons } from "../../charts/save-figure";
import type { Shape } from "../../charts/value-image";
import { element } from "../../dom/element";
import { Stopped } from "../../evaluator/connection";
import type { Running } from "../../evaluator/engine";
import { type Inspection, inspect, type Opened } from "../../evaluator/inspection";
import { type Clear, inTheClear } from "../../playground/plaintext-twin";
import { whenRecoloured } from "../../state/settings";
import { messageOf } from "../../util/errors";
import { bytes, count, milliseconds } from "../../util/format";
import { pause } from "../../vault/load";
import type { Context } from "../teaching";
import { ErrorChart } from "./error-chart";
import { LayerCard } from "./layer-card";
import { errors, type LayerFigures, rangeOf } from "./layer-errors";

/** How many figures may be saved under one key: see docs/security.md. */
const MOST_SAVED = 16;

export class XrayPanel {
  readonly #context: Context;
  readonly #run = element("button", "", "X-ray this drawing");
  readonly #cost = element("p", "cost");
  readonly #status = element("p", "xray-status");
  readonly #chart = new ErrorChart();
  readonly #chartFigure = element("figure", "chart-figure");
  readonly #layers = element("div", "layers-seen");
  #cards: LayerCard[] = [];
  /** The vault whose key the figure was made with, and the vaults under whose keys figures were saved. */
  #shown: Running["vault"] | undefined;
  #figureSaved = false;
  readonly #saved = new WeakMap<Running["vault"], number>();
  #busy = false;

  constructor(body: HTMLElement, context: Context) {
    this.#context = context;
    this.#run.type = "button";
    this.#run.dataset.testid = "xray-run";
    this.#run.addEventListener("click", () => void this.#xray());
    this.#status.setAttribute("role", "status");
    this.#status.dataset.testid = "xray-status";
    const saves = saveButtons(
      "inkognito-errors",
      () => this.#toBeSaved(),
      (error) => this.#say("error", `The figure was not saved: ${messageOf(error)}.`),
    );
    this.#chartFigure.hidden = true;
    this.#chartFigure.append(
      this.#chart.element,
      saves,
      element(
        "figcaption",
        "",
        `Errors in tenths of a bit. It is this figure that may be saved, for at most ${MOST_SAVED} drawings a key; the values below stay on the screen, because their errors depend on the key.`,
      ),
    );
    this.#layers.dataset.testid = "xray-layers";
    body.replaceChildren(
      element(
        "p",
        "lead",
        "An evaluator keeps what it computes between the layers to itself. Here it is asked to send it back, still encrypted; the vault opens each layer once, and the network in the clear is computed beside it. What differs is the scheme’s noise, and it grows.",
      ),
      element("div", "xray-controls", this.#run, this.#cost),
      this.#status,
      this.#chartFigure,
      this.#layers,
    );
    whenRecoloured(() => this.#draw());
    this.ready();
  }

  /** There may be an evaluator that there was not. */
  ready(): void {
    if (!this.#context.engine.ready || this.#cards.length > 0) return;
    this.#price().catch((error: unknown) => this.#say("error", `${messageOf(error)}.`));
  }

  /** The drawing is no longer the one that was looked into. */
  changed(): void {
    if (this.#cards.length > 0 && !this.#busy) this.#say("stale", "The drawing has changed since.");
  }

  /** What a look will cost, before it is taken. */
  async #price(): Promise<void> {
    const { scheme } = await inTheClear(this.#context.engine.running().model);
    this.#cost.textContent = `costs ${bytes(scheme.inspectionBytes)} on the way back, where a usual answer has ${bytes(scheme.resultBytes)}`;
  }

  async #xray(): Promise<void> {
    if (this.#busy) return;
    const pixels = this.#context.pixels();
    if (!pixels) {
      this.#say("error", "There is nothing to look into yet: draw first.");
      return;
    }
    if (!this.#context.engine.ready) {
      this.#say("error", "There is no evaluator that is ready. Once there is, try again.");
      return;
    }
    this.#busy = true;
    this.#run.disabled = true;
    try {
      this.#say("working", "Evaluating, with every layer in sight.");
      const clear = await inTheClear(this.#context.engine.running().model);
      const inspection = await inspect(this.#context.engine, pixels);
      await this.#open(inspection, clear, pixels);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      const why =
        error instanceof Stopped ? `the evaluator stopped (${messageOf(error)})` : messageOf(error);
      this.#say("error", `This drawing could not be looked into: ${why}.`);
    } finally {
      this.#busy = false;
      this.#run.disabled = false;
    }
  }

  /** Decrypts layer by layer; in between, one can draw. */
  async #open(
    inspection: Inspection,
    { network, scheme }: Clear,
    pixels: Float32Array,
  ): Promise<void> {
    const trace = network.trace(pixels);
    const predicted = scheme.predictedErrors(pixels);
    const shapes = shapesOf(scheme.shapes());
    const layers: LayerFigures[] = [];
    this.#cards = [];
    this.#layers.replaceChildren();
    const started = performance.now();
    for (let layer = 0; layer < inspection.layers; layer += 1) {
      this.#say("working", `Opening layer ${layer + 1} of ${inspection.layers}.`);
      await pause();
      const opened = inspection.open(layer);
      const [plain, shape] = [trace[layer], shapes[layer]];
      if (!plain || !shape) throw new Stopped("it has another number of layers");
      const name = inspection.report.layers[layer]?.name ?? "";
      const figures = figuresOf(name, shape, opened, plain, predicted?.[layer]);
      layers.push(figures);
      const card = new LayerCard(layer + 1, figures);
      this.#cards.push(card);
      this.#layers.append(card.element);
      card.draw();
    }
    const openedMs = performance.now() - started;
    this.#shown = inspection.running.vault;
    this.#figureSaved = false;
    this.#chartFigure.hidden = false;
    this.#chart.show(layers);
    this.#cost.textContent =
      `cost ${bytes(inspection.bytesUp)} up, ${bytes(inspection.bytesDown)} back; ` +
      `${milliseconds(inspection.report.totalMs)} to evaluate, ${milliseconds(inspection.totalMs)} until it was here, ${milliseconds(openedMs)} to open`;
    const values = layers.reduce((sum, { encrypted }) => sum + encrypted.length, 0);
    this.#say(
      "ready",
      `${count(layers.length)} layers, ${count(values)} values, each decrypted once.`,
    );
  }

  /** The figure, if it may be saved. Throws the reason where not. */
  #toBeSaved(): SVGSVGElement {
    const vault = this.#shown;
    if (!vault) throw new Error("there is none yet");
    const saved = this.#saved.get(vault) ?? 0;
    if (!this.#figureSaved && saved === MOST_SAVED) {
      throw new Error(
        `${MOST_SAVED} figures have been saved under this key, and no more may; load the page again for another key`,
      );
    }
    if (!this.#figureSaved) this.#saved.set(vault, saved + 1);
    this.#figureSaved = true;
    return this.#chart.element;
  }

  #draw(): void {
    for (const card of this.#cards) card.draw();
  }

  #say(state: "working" | "ready" | "stale" | "error", text: string): void {
    this.#status.dataset.state = state;
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

function figuresOf(
  name: string,
  shape: Shape,
  opened: Opened,
  plain: Float64Array,
  predicted: number | undefined,
): LayerFigures {
  const { values: encrypted, ...place } = opened;
  return {
    name,
    shape,
    encrypted,
    plain,
    predicted,
    range: rangeOf(plain),
    ...errors(encrypted, plain),
    ...place,
  };
}

/** Channels, height and width, three by three. */
function shapesOf(sizes: Uint32Array): Shape[] {
  return Array.from({ length: sizes.length / 3 }, (_, layer) => {
    const [channels = 1, height = 1, width = 1] = sizes.subarray(3 * layer, 3 * layer + 3);
    return { channels, height, width };
  });
}
