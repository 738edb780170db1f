// What the visitor takes along: the scores, flooded with noise and rounded by the vault, because
// exact ones would tell something about the key to whoever also has the ciphertexts.

import type { Recognition, Released } from "../engine";
import { find } from "./dom";
import { save } from "./save";

export class TakeView {
  readonly #element = find("take", HTMLElement);
  readonly #complain: (error: unknown) => void;
  #recognition: Recognition | undefined;

  /** `complain` is told why scores could not be taken along. */
  constructor(complain: (error: unknown) => void) {
    this.#complain = complain;
    const copy = find("copy", HTMLButtonElement);
    const label = copy.textContent;
    copy.addEventListener("click", () =>
      this.#take(async (released) => {
        await navigator.clipboard.writeText(inWords(released));
        copy.textContent = "Copied";
        setTimeout(() => (copy.textContent = label), 1500);
      }),
    );
    find("save", HTMLButtonElement).addEventListener("click", () =>
      this.#take(async (released) => save("inkognito-scores.json", inJson(released))),
    );
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

/** The digit is read from what is released, so that it says nothing more. */
function digitOf({ scores }: Released): number {
  return scores.indexOf(Math.max(...scores));
}

function inWords(released: Released): string {
  const { scores, deviation, grid } = released;
  const list = Array.from(scores, (score, digit) => `${digit}: ${score}`).join(", ");
  return (
    `Inkognito reads ${digitOf(released)}. Scores ${list} ` +
    `(rounded to ${grid}, with noise of standard deviation ${deviation.toFixed(2)} added)`
  );
}

function inJson(released: Released): string {
  const { scores, deviation, grid } = released;
  return JSON.stringify({ digit: digitOf(released), scores: [...scores], noiseDeviation: deviation, grid });
}
