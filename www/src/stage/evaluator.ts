// The evaluator's side: where it runs, which ciphertext it has, and the time of each layer.

import { element } from "../dom/element";
import { find, setText } from "../dom/find";
import type { WireMessage } from "../evaluator/message";
import type { EvaluatorLocation } from "../evaluator/protocol";
import { effect } from "../state/signal";
import { type Evaluation, evaluation, evaluatorLocation, phase, reading } from "../state/store";
import { bytes, counted, milliseconds } from "../util/format";
import { CiphertextImage } from "./ciphertext-image";

export class EvaluatorView {
  readonly image = new CiphertextImage(
    find("noise", HTMLCanvasElement),
    find("noise-frame", HTMLElement),
  );
  readonly #caption = find("noise-caption", HTMLElement);
  readonly #emptyCaption = this.#caption.textContent ?? "";
  readonly #location = find("evaluator", HTMLElement);
  readonly #layers = find("layers", HTMLElement);
  readonly #legend = find("legend", HTMLElement);
  readonly #latency = find("latency", HTMLElement);
  readonly #online = element("strong");
  readonly #offline = element("span");
  readonly #total = element("strong");
  #rows: Row[] = [];

  constructor() {
    effect(() => {
      if (evaluatorLocation.value) this.#showLocation(evaluatorLocation.value);
    });
    effect(() => {
      if (phase.value?.name === "failed" || phase.value?.name === "waiting") this.#showStopped();
    });
    effect(() => {
      if (evaluation.value) this.#showEvaluation(evaluation.value);
    });
    effect(() => {
      if (reading.value === "idle") this.#clear();
    });
  }

  /** Keeps the drawings that are sent to it. */
  show({ direction, kind, bytes: envelope }: WireMessage): void {
    if (direction !== "up" || (kind !== "infer" && kind !== "inspect") || !envelope) return;
    this.image.set(envelope);
    // A drawing to infer is painted with its report.
    if (kind === "inspect") this.#paint();
  }

  #showLocation({ threads, singleBecause, companion }: EvaluatorLocation): void {
    this.#location.dataset.threads = String(threads);
    const where =
      companion === undefined ? "in a worker of this page" : `on the companion at ${companion}`;
    const how =
      singleBecause === undefined
        ? `with ${counted(threads, "thread")}`
        : `single-threaded: ${singleBecause}`;
    this.#location.textContent = `Runs ${where}, ${how}.`;
  }

  #showStopped(): void {
    delete this.#location.dataset.threads;
    this.#location.textContent = "Not running.";
  }

  #showEvaluation({ report, totalMs }: Evaluation): void {
    this.#paint();
    const { layers, prepared } = report;
    const lanes = Math.max(...layers.map(({ busyMs = [] }) => busyMs.length), 1);
    if (this.#rows.length !== layers.length || this.#rows[0]?.bars.length !== lanes) {
      this.#rows = layers.map(() => row(lanes));
      this.#layers.replaceChildren(...this.#rows.map(({ element }) => element));
      this.#legend.hidden = lanes === 1;
      this.#latency.replaceChildren(
        "evaluation ",
        this.#online,
        this.#offline,
        " · pixels to answer ",
        this.#total,
      );
    }
    const slowest = Math.max(...layers.map(({ ms }) => ms), Number.MIN_VALUE);
    for (const [index, { name, ms, busyMs = [] }] of layers.entries()) {
      const { element, ...row } = this.#rows[index] as Row;
      setText(row.name, name);
      setText(row.time, milliseconds(ms));
      for (const [lane, bar] of row.bars.entries()) {
        const laneMs = lanes === 1 ? ms : (busyMs[lane] ?? 0);
        bar.style.setProperty("--share", (laneMs / slowest).toFixed(4));
      }
      const times = busyMs.map((busy, thread) => `thread ${thread + 1} ${milliseconds(busy)}`);
      element.title = lanes === 1 ? "" : `time at work: ${times.join(", ")}`;
    }
    this.#latency.dataset.ms = report.totalMs.toFixed(2);
    this.#latency.dataset.totalMs = totalMs.toFixed(2);
    if (prepared) this.#latency.dataset.preparedMs = prepared.ms.toFixed(2);
    else delete this.#latency.dataset.preparedMs;
    setText(this.#online, milliseconds(report.totalMs));
    setText(this.#offline, prepared ? ` after ${milliseconds(prepared.ms)} of preparation` : "");
    setText(this.#total, milliseconds(totalMs));
  }

  #paint(): void {
    if (this.image.size === 0) return;
    this.image.paint();
    setText(this.#caption, `${this.#emptyCaption}: ${bytes(this.image.size)} of noise`);
  }

  #clear(): void {
    this.image.clear();
    setText(this.#caption, this.#emptyCaption);
    this.#rows = [];
    this.#layers.replaceChildren();
    this.#legend.hidden = true;
    this.#latency.replaceChildren();
    delete this.#latency.dataset.ms;
    delete this.#latency.dataset.totalMs;
    delete this.#latency.dataset.preparedMs;
  }
}

/** A layer: its name, a bar for each thread as long as it worked, and its time. */
interface Row {
  readonly element: HTMLLIElement;
  readonly name: HTMLSpanElement;
  readonly bars: readonly HTMLSpanElement[];
  readonly time: HTMLSpanElement;
}

function row(lanes: number): Row {
  const [name, time] = [element("span", "name"), element("span", "time")];
  const bars = Array.from({ length: lanes }, () => element("span", "bar"));
  const line = element("li", "", name, element("span", "lanes", ...bars), time);
  return { element: line, name, bars, time };
}
