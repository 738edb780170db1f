// The class that was read, and the scores that it was chosen by: one for each class of the network.

import { element } from "../dom/element";
import { find, setText } from "../dom/find";
import { view } from "../state/settings";

type State = "idle" | "working" | "ready" | "error";

interface Column {
  readonly element: HTMLLIElement;
  /** For those who do not see the bar. */
  readonly score: HTMLElement;
}

export class AnswerView {
  readonly #answer = find("answer", HTMLElement);
  readonly #announcement = find("announcement", HTMLElement);
  readonly #scores = find("scores", HTMLElement);
  #columns: Column[] = [];
  /** What the answer says, if anything. */
  #shown: string | undefined;
  #names: readonly string[] = [];

  /** The page has ten digits to begin with. */
  constructor() {
    this.name(Array.from(this.#scores.children, (column) => column.textContent?.trim() ?? ""));
  }

  /** What the scores are called from now on, in their order; what was read before is forgotten. */
  name(names: readonly string[]): void {
    this.#names = names;
    this.#columns = names.map((name, index) => column(name, index));
    this.#scores.replaceChildren(...this.#columns.map(({ element }) => element));
    // Words need more room than digits: then there is a line for each.
    const words = String(names.some((name) => name.length > 1));
    this.#scores.dataset.words = this.#answer.dataset.words = words;
    this.#forget((this.#answer.dataset.state as State | undefined) ?? "idle");
  }

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

  /** `final`: not only for the time being. Gives the name of what was read. */
  show(scores: Float32Array, final: boolean): string {
    const best = scores.indexOf(Math.max(...scores));
    const name = this.#names[best] ?? String(best);
    const shares = softmax(scores);
    for (const [index, { element, score }] of this.#columns.entries()) {
      const value = scores[index] ?? 0;
      element.dataset.score = value.toFixed(4);
      element.style.setProperty("--share", (shares[index] ?? 0).toFixed(4));
      element.toggleAttribute("data-chosen", index === best);
      // For whoever has the time to read it, or has it read out.
      if (!final) continue;
      element.title = `score of ${this.#names[index]}: ${value.toFixed(2)}`;
      setText(score, `: ${value.toFixed(2)}`);
    }
    // A word of two parts stands in two lines.
    if (this.#shown !== name) {
      this.#answer.replaceChildren(
        ...name.split(/(?<=[ /])/).map((part) => element("span", "", part)),
      );
    }
    this.#shown = name;
    this.#enter(final ? "ready" : "working");
    // Read out once it stands, not with every flicker while the pen moves.
    if (final) {
      this.#announcement.textContent =
        view.value === "mine"
          ? `The network reads ${name}.`
          : "Encrypted scores have come. Only your key opens them.";
    }
    return name;
  }

  #forget(state: State): void {
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
    this.#enter(state);
  }

  #enter(state: State): void {
    if (this.#answer.dataset.state !== state) this.#answer.dataset.state = state;
  }
}

function column(name: string, index: number): Column {
  const element = document.createElement("li");
  const part = (className: string) => {
    const span = document.createElement("span");
    span.className = className;
    element.append(span);
    return span;
  };
  element.dataset.digit = String(index);
  part("bar");
  part("digit").textContent = name;
  return { element, score: part("visually-hidden") };
}

/** Scores as shares of one, for the bars: the scores themselves have no fixed range. */
function softmax(scores: Float32Array): number[] {
  const largest = Math.max(...scores);
  const weights = [...scores].map((score) => Math.exp(score - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
