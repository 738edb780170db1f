// The evaluator's side: where it runs, what it has, and what takes how long.

import { find, setText } from "../dom/find";
import type { Crossing } from "../evaluator/connection";
import type { Place, Report } from "../evaluator/protocol";
import { bytes, milliseconds } from "../util/format";
import { Noise } from "./ciphertext-image";

export class EvaluatorView {
  readonly noise = new Noise(find("noise", HTMLCanvasElement), find("noise-frame", HTMLElement));
  readonly #caption = find("noise-caption", HTMLElement);
  readonly #where = find("evaluator", HTMLElement);
  readonly #layers = find("layers", HTMLElement);
  readonly #legend = find("legend", HTMLElement);
  readonly #latency = find("latency", HTMLElement);
  readonly #captionAtRest = this.#caption.textContent ?? "";
  readonly #evaluation = document.createElement("strong");
  readonly #before = document.createElement("span");
  readonly #whole = document.createElement("strong");
  #rows: Row[] = [];

  /** Where it runs. */
  started({ threads, singleBecause, companion }: Place): void {
    this.#where.dataset.threads = String(threads);
    const place =
      companion === undefined ? "in a worker of this page" : `on the companion at ${companion}`;
    const how =
      singleBecause === undefined
        ? `with ${threads} ${threads === 1 ? "thread" : "threads"}`
        : `single-threaded: ${singleBecause}`;
    this.#where.textContent = `Runs ${place}, ${how}.`;
  }

  /** It is not there. */
  stopped(): void {
    delete this.#where.dataset.threads;
    this.#where.textContent = "Not running.";
  }

  /** Notes the drawings that reach it. */
  note({ direction, kind, bytes: passing }: Crossing): void {
    if (direction !== "up" || (kind !== "infer" && kind !== "inspect") || !passing) return;
    this.noise.keep(passing);
    // Of the others there is a report.
    if (kind === "inspect") this.#paintNoise();
  }

  /** What it was sent last, and what it made of that; `totalMs`: from the pixels to the scores in the clear. */
  report({ layers, prepared, totalMs: evaluationMs }: Report, totalMs: number): void {
    this.#paintNoise();
    const lanes = Math.max(...layers.map(({ busyMs = [] }) => busyMs.length), 1);
    if (this.#rows.length !== layers.length || this.#rows[0]?.bars.length !== lanes) {
      this.#rows = layers.map(() => row(lanes));
      this.#layers.replaceChildren(...this.#rows.map(({ element }) => element));
      this.#legend.hidden = lanes === 1;
      this.#latency.replaceChildren(
        "evaluation ",
        this.#evaluation,
        this.#before,
        " · pixels to answer ",
        this.#whole,
      );
    }
    const slowest = Math.max(...layers.map(({ ms }) => ms), Number.MIN_VALUE);
    for (const [index, { name, ms, busyMs = [] }] of layers.entries()) {
      const { element, ...row } = this.#rows[index] as Row;
      setText(row.name, name);
      setText(row.time, milliseconds(ms));
      for (const [lane, bar] of row.bars.entries()) {
        bar.style.setProperty(
          "--share",
          ((lanes === 1 ? ms : (busyMs[lane] ?? 0)) / slowest).toFixed(4),
        );
      }
      element.title =
        lanes === 1
          ? ""
          : `at work: ${busyMs.map((busy, thread) => `thread ${thread + 1} ${milliseconds(busy)}`).join(", ")}`;
    }
    this.#latency.dataset.ms = evaluationMs.toFixed(2);
    this.#latency.dataset.totalMs = totalMs.toFixed(2);
    if (prepared) this.#latency.dataset.preparedMs = prepared.ms.toFixed(2);
    else delete this.#latency.dataset.preparedMs;
    setText(this.#evaluation, milliseconds(evaluationMs));
    setText(this.#before, prepared ? `, and ${milliseconds(prepared.ms)} beforehand` : "");
    setText(this.#whole, milliseconds(totalMs));
  }

  #paintNoise(): void {
    if (this.noise.size === 0) return;
    this.noise.paint();
    setText(this.#caption, `${this.#captionAtRest}: ${bytes(this.noise.size)} of noise`);
  }

  /** Forgets the last drawing. */
  clear(): void {
    this.noise.clear();
    setText(this.#caption, this.#captionAtRest);
    this.#rows = [];
    this.#layers.replaceChildren();
    this.#legend.hidden = true;
    this.#latency.replaceChildren();
    delete this.#latency.dataset.ms;
    delete this.#latency.dataset.totalMs;
    delete this.#latency.dataset.preparedMs;
  }
}

/** A layer: its name, a bar for each thread, as long as it was at work, and its time. */
interface Row {
  readonly element: HTMLLIElement;
  readonly name: HTMLSpanElement;
  readonly bars: readonly HTMLSpanElement[];
  readonly time: HTMLSpanElement;
}

function row(lanes: number): Row {
  const [name, all, time] = [span("name"), span("lanes"), span("time")];
  const bars = Array.from({ length: lanes }, () => span("bar"));
  all.append(...bars);
  const element = document.createElement("li");
  element.append(name, all, time);
  return { element, name, bars, time };
}

function span(className: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  return element;
}
