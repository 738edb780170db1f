// The digits of this visit, in a row: what was drawn, what was read, and a way back to each. They are in the page's
// memory only, and gone when it is left.

import { find } from "../dom/find";
import { whenRecoloured } from "../state/settings";
import type { Stroke } from "./pad";
import { paint, SIDE } from "./preview";

/** How many are kept; the oldest goes first. */
const MOST = 8;

interface Kept {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
  readonly digit: HTMLSpanElement;
  strokes: readonly Stroke[];
  pixels: Float32Array;
}

export class HistoryView {
  readonly #list = find("past", HTMLElement);
  readonly #bringBack: (strokes: readonly Stroke[]) => void;
  #kept: Kept[] = [];
  /** The one that is on the pad. */
  #current: Kept | undefined;

  /** `bringBack` is called with the strokes of the one that is wanted again. */
  constructor(bringBack: (strokes: readonly Stroke[]) => void) {
    this.#bringBack = bringBack;
    whenRecoloured(() => {
      for (const { canvas, pixels } of this.#kept) paint(canvas, pixels);
    });
  }

  /** What is on the pad has been read. */
  read(strokes: readonly Stroke[], pixels: Float32Array, digit: string): void {
    const kept = (this.#current ??= this.#add());
    kept.strokes = strokes.map(({ points, width }) => ({ points: [...points], width }));
    kept.pixels = pixels;
    kept.digit.textContent = digit;
    paint(kept.canvas, pixels);
    if (kept === this.#kept.at(-1)) this.#list.scrollLeft = this.#list.scrollWidth;
    this.#name();
  }

  /** What is on the pad is done with; what comes next is another drawing. */
  next(): void {
    this.#current = undefined;
    this.#name();
  }

  /** What is on the pad was taken back, and is not kept. */
  takenBack(): void {
    const gone = this.#current;
    if (!gone) return;
    gone.item.remove();
    this.#kept = this.#kept.filter((each) => each !== gone);
    this.next();
  }

  /** Forgets them all. */
  forget(): void {
    for (const { pixels } of this.#kept) pixels.fill(0);
    this.#kept = [];
    this.#current = undefined;
    this.#list.replaceChildren();
  }

  #add(): Kept {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    canvas.setAttribute("aria-hidden", "true");
    const digit = document.createElement("span");
    button.append(canvas, digit);
    item.append(button);
    const kept: Kept = { item, button, canvas, digit, strokes: [], pixels: new Float32Array() };
    button.addEventListener("click", () => {
      this.#bringBack(kept.strokes);
      this.#current = kept;
      this.#name();
    });
    this.#kept.push(kept);
    this.#list.append(item);
    if (this.#kept.length > MOST) this.#kept.shift()?.item.remove();
    return kept;
  }

  #name(): void {
    for (const [index, kept] of this.#kept.entries()) {
      const { button, digit } = kept;
      button.setAttribute(
        "aria-label",
        `drawing ${index + 1}, read as ${digit.textContent}: bring it back`,
      );
      if (kept === this.#current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}
