// What the visitor takes along: the scores, flooded with noise and rounded by the vault, because
// exact ones would tell something about the key to whoever also has the ciphertexts.

import { find } from "../dom/find";
import { save } from "../dom/save-file";
import type { Recognition, Released } from "../evaluator/engine";

export class ExportScoresView {
  readonly #element = find("take", HTMLElement);
  readonly #complain: (error: unknown) => void;
  #recognition: Recognition | undefined;
  #names: readonly string[] = [];

  /** `complain` is told why scores could not be taken along. */
  constructor(complain: (error: unknown) => void) {
    this.#complain = complain;
    const copy = find("copy", HTMLButtonElement);
    const label = copy.textContent;
    copy.addEventListener("click", () =>
      this.#take(async (released) => {
        await navigator.clipboard.writeText(inWords(released, this.#names));
        copy.textContent = "Copied";
        setTimeout(() => (copy.textContent = label), 1500);
      }),
    );
    find("save", HTMLButtonElement).addEventListener("click", () =>
      this.#take(async (released) => save("inkognito-scores.json", inJson(released, this.#names))),
    );
  }

  /** What the scores are called from now on, in their order. */
  name(names: readonly string[]): void {
    this.#names = names.some((name) => name.length > 1) ? names : [];
    this.offer(undefined);
  }

  /** Offers the scores of this recognition, or none. */
  offer(recognition: Recognition | undefined): void {
    this.#recognition = recognition;
    this.#element.dataset.offered = String(recognition !== undefined);
  }

  #take(use: (released: Released) => Promise<void>): void {
    if (!this.#recognition) return;
    try {
      use(this.#recognition.release()).catch(this.#complain);
    } catch (error) {
      this.#complain(error);
    }
  }
}

/** What is read is taken from what is released, so that it says nothing more. */
function best({ scores }: Released): number {
  return scores.indexOf(Math.max(...scores));
}

/** The ten digits need no names. */
function nameOf(index: number, names: readonly string[]): string {
  return names[index] ?? String(index);
}

function inWords(released: Released, names: readonly string[]): string {
  const { scores, deviation, grid } = released;
  const list = Array.from(scores, (score, index) => `${nameOf(index, names)}: ${score}`).join(", ");
  return (
    `Inkognito reads ${nameOf(best(released), names)}. Scores ${list} ` +
    `(rounded to ${grid}, with noise of standard deviation ${deviation.toFixed(2)} added)`
  );
}

function inJson(released: Released, names: readonly string[]): string {
  const { scores, deviation, grid } = released;
  const index = best(released);
  const read = names.length > 0 ? { class: names[index], classes: names } : { digit: index };
  return JSON.stringify({ ...read, scores: [...scores], noiseDeviation: deviation, grid });
}
