// The evaluator's side: where it runs, what it has, and what takes how long.

import type { Crossing } from "../boundary";
import { bytes, milliseconds } from "../format";
import type { Place, Report } from "../protocol";
import { find } from "./dom";
import { Noise } from "./noise";

export class EvaluatorView {
  readonly noise = new Noise(find("noise", HTMLCanvasElement), find("noise-frame", HTMLElement));
  readonly #caption = find("noise-caption", HTMLElement);
  readonly #where = find("evaluator", HTMLElement);
  readonly #layers = find("layers", HTMLElement);
  readonly #legend = find("legend", HTMLElement);
  readonly #latency = find("latency", HTMLElement);
  readonly #captionAtRest = this.#caption.textContent ?? "";

  /** Where it runs. */
  started({ threads, singleBecause, companion }: Place): void {
    this.#where.dataset.threads = String(threads);
    const place = companion === undefined ? "in a worker of this page" : `on the companion at ${companion}`;
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

  /** Shows the drawings that reach it. */
  note({ direction, kind, bytes: passing }: Crossing): void {
    if (direction !== "up" || (kind !== "infer" && kind !== "inspect") || !passing) return;
    this.noise.show(passing);
    this.#caption.textContent = `${this.#captionAtRest}: ${bytes(passing.length)} of noise`;
  }

  /** `totalMs`: from the pixels to the scores in the clear. */
  report(report: Report, totalMs: number): void {
    const slowest = Math.max(...report.layers.map(({ ms }) => ms), Number.MIN_VALUE);
    this.#layers.replaceChildren(
      ...report.layers.map(({ name, ms, busyMs = [] }) => {
        const row = document.createElement("li");
        row.append(span("name", name), lanes(busyMs.length > 0 ? busyMs : [ms], slowest), span("time", milliseconds(ms)));
        if (busyMs.length > 1) {
          row.title = `at work: ${busyMs.map((busy, thread) => `thread ${thread + 1} ${milliseconds(busy)}`).join(", ")}`;
        }
        return row;
      }),
    );
    this.#legend.hidden = !report.layers.some(({ busyMs = [] }) => busyMs.length > 1);
    this.#latency.dataset.ms = report.totalMs.toFixed(2);
    this.#latency.dataset.totalMs = totalMs.toFixed(2);
    this.#latency.replaceChildren(
      "evaluation ",
      strong(milliseconds(report.totalMs)),
      " · pixels to answer ",
      strong(milliseconds(totalMs)),
    );
  }

  /** Forgets the last drawing. */
  clear(): void {
    this.noise.clear();
    this.#caption.textContent = this.#captionAtRest;
    this.#layers.replaceChildren();
    this.#legend.hidden = true;
    this.#latency.replaceChildren();
    delete this.#latency.dataset.ms;
    delete this.#latency.dataset.totalMs;
  }
}

/** A bar for each thread, as long as it was at work. */
function lanes(busyMs: readonly number[], slowest: number): HTMLSpanElement {
  const bars = span("lanes", "");
  for (const busy of busyMs) {
    const bar = span("bar", "");
    bar.style.setProperty("--share", (busy / slowest).toFixed(4));
    bars.append(bar);
  }
  return bars;
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function strong(text: string): HTMLElement {
  const element = document.createElement("strong");
  element.textContent = text;
  return element;
}
