// The class that was read, and the scores: one for each class of the network.

import { element } from "../dom/element";
import { find, setText } from "../dom/find";
import { view } from "../state/settings";
import { effect, onChange } from "../state/signal";
import { reading, type ShownScores, shownScores, task } from "../state/store";
import { argmax } from "../util/argmax";

interface Column {
  readonly element: HTMLLIElement;
  /** The score as text, for screen readers. */
  readonly score: HTMLElement;
}

export class AnswerView {
  readonly #answer = find("answer", HTMLElement);
  readonly #announcement = find("announcement", HTMLElement);
  readonly #scores = find("scores", HTMLElement);
  #columns: Column[] = [];
  #classes: readonly string[] = [];
  /** The class that is shown. */
  #shown: string | undefined;

  constructor() {
    // The page comes with the columns of the ten digits.
    const digits = Array.from(
      this.#scores.children,
      ({ textContent }) => textContent?.trim() ?? "",
    );
    effect(() => this.#showClasses(task.value?.classes ?? digits));
    effect(() => {
      if (shownScores.value) this.#show(shownScores.value);
      else this.#clear();
    });
    effect(() => {
      this.#answer.dataset.state = reading.value;
    });
    onChange([view], () => this.#announce());
  }

  #showClasses(classes: readonly string[]): void {
    this.#classes = classes;
    this.#columns = classes.map(column);
    this.#scores.replaceChildren(...this.#columns.map(({ element }) => element));
    // Words need more room than digits, and get a line each.
    const words = String(classes.some((name) => name.length > 1));
    this.#scores.dataset.words = this.#answer.dataset.words = words;
    this.#clear();
  }

  #show({ scores, final }: ShownScores): void {
    const best = argmax(scores);
    const name = this.#classes[best] ?? String(best);
    const shares = softmax(scores);
    for (const [index, { element, score }] of this.#columns.entries()) {
      const value = scores[index] ?? 0;
      element.dataset.score = value.toFixed(4);
      element.style.setProperty("--share", (shares[index] ?? 0).toFixed(4));
      element.toggleAttribute("data-chosen", index === best);
      if (!final) continue;
      element.title = `score of ${this.#classes[index]}: ${value.toFixed(2)}`;
      setText(score, `: ${value.toFixed(2)}`);
    }
    if (this.#shown !== name) {
      // A name of two words is written in two lines.
      const lines = name.split(/(?<=[ /])/).map((word) => element("span", "", word));
      this.#answer.replaceChildren(...lines);
    }
    this.#shown = name;
    // Screen readers announce the final answer, and none while the pen moves.
    if (final) this.#announce();
  }

  /** Announces the final answer to the view that is shown. */
  #announce(): void {
    if (!shownScores.peek()?.final) return;
    this.#announcement.textContent =
      view.peek() === "mine"
        ? `The network reads ${this.#shown}.`
        : "Encrypted scores have arrived. Only your key opens them.";
  }

  #clear(): void {
    this.#shown = undefined;
    this.#answer.textContent = "";
    this.#announcement.textContent = "";
    for (const { element, score } of this.#columns) {
      delete element.dataset.score;
      element.removeAttribute("title");
      element.removeAttribute("data-chosen");
      element.style.removeProperty("--share");
      score.textContent = "";
    }
  }
}

function column(name: string, index: number): Column {
  const score = element("span", "visually-hidden");
  const column = element("li", "", element("span", "bar"), element("span", "digit", name), score);
  column.dataset.digit = String(index);
  return { element: column, score };
}

/** Returns the scores as shares of one, for the bars: scores have no fixed range. */
function softmax(scores: Float32Array): number[] {
  const largest = Math.max(...scores);
  const weights = [...scores].map((score) => Math.exp(score - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
