// The digit, and the ten scores that it was chosen by.

import { view } from "../settings";
import { find } from "./dom";

type State = "idle" | "working" | "ready" | "error";

export class AnswerView {
  readonly #answer = find("answer", HTMLElement);
  readonly #announcement = find("announcement", HTMLElement);
  readonly #columns = [...find("scores", HTMLElement).querySelectorAll<HTMLElement>("[data-digit]")];

  /** Nothing to read. */
  idle(): void {
    this.#forget("idle");
  }

  /** Something is being read; what was read last stays. */
  working(): void {
    this.#enter("working");
  }

  /** Nothing could be read. */
  error(): void {
    this.#forget("error");
  }

  /** `final`: not only for the time being. Gives the digit. */
  show(scores: Float32Array, final: boolean): string {
    const digit = String(scores.indexOf(Math.max(...scores)));
    const shares = softmax(scores);
    for (const [index, column] of this.#columns.entries()) {
      const score = scores[index] ?? 0;
      column.dataset.score = score.toFixed(4);
      column.title = `score of ${index}: ${score.toFixed(2)}`;
      column.style.setProperty("--share", (shares[index] ?? 0).toFixed(4));
      column.toggleAttribute("data-chosen", String(index) === digit);
    }
    this.#answer.textContent = digit;
    this.#enter(final ? "ready" : "working");
    // Read out once it stands, not with every flicker while the pen moves.
    if (final) {
      this.#announcement.textContent =
        view.value === "mine"
          ? `The network reads ${digit}.`
          : "Encrypted scores have come. Only your key opens them.";
    }
    return digit;
  }

  #forget(state: State): void {
    this.#answer.textContent = "";
    this.#announcement.textContent = "";
    for (const column of this.#columns) {
      delete column.dataset.score;
      column.removeAttribute("title");
      column.removeAttribute("data-chosen");
      column.style.removeProperty("--share");
    }
    this.#enter(state);
  }

  #enter(state: State): void {
    this.#answer.dataset.state = state;
  }
}

/** Scores as shares of one, for the bars: the scores themselves have no fixed range. */
function softmax(scores: Float32Array): number[] {
  const largest = Math.max(...scores);
  const weights = [...scores].map((score) => Math.exp(score - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
