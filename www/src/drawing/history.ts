// The digits of this visit in a row: what was drawn, what was read, and a way back to each. They
// are in the page's memory only, and gone when the visitor leaves.

import { element } from "../dom/element";
import { find } from "../dom/find";
import { onColourChange } from "../state/settings";
import type { Stroke } from "./pad";
import { paintImage, SIDE } from "./preview";

/** How many are kept; the oldest goes first. */
const MAX_ENTRIES = 8;

interface Entry {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
  readonly digit: HTMLSpanElement;
  strokes: readonly Stroke[];
  pixels: Float32Array;
}

export class HistoryView {
  readonly #list = find("history", HTMLElement);
  readonly #restore: (strokes: readonly Stroke[]) => void;
  #entries: Entry[] = [];
  /** The entry of the drawing that is on the pad. */
  #current: Entry | undefined;

  /** `restore` is called with the strokes of the drawing that the visitor wants back. */
  constructor(restore: (strokes: readonly Stroke[]) => void) {
    this.#restore = restore;
    onColourChange(() => {
      for (const { canvas, pixels } of this.#entries) paintImage(canvas, pixels);
    });
  }

  /** Adds the drawing on the pad, or updates its entry. */
  record(strokes: readonly Stroke[], pixels: Float32Array, digit: string): void {
    this.#current ??= this.#add();
    const entry = this.#current;
    entry.strokes = strokes.map(({ points, width }) => ({ points: [...points], width }));
    entry.pixels = pixels;
    entry.digit.textContent = digit;
    paintImage(entry.canvas, pixels);
    if (entry === this.#entries.at(-1)) this.#list.scrollLeft = this.#list.scrollWidth;
    this.#updateLabels();
  }

  /** The next drawing gets an entry of its own. */
  finishCurrent(): void {
    this.#current = undefined;
    this.#updateLabels();
  }

  /** Removes the entry of the drawing on the pad, which was undone. */
  removeCurrent(): void {
    const removed = this.#current;
    if (!removed) return;
    removed.item.remove();
    this.#entries = this.#entries.filter((each) => each !== removed);
    this.finishCurrent();
  }

  /** Removes all entries and overwrites their pixels. */
  wipe(): void {
    for (const { pixels } of this.#entries) pixels.fill(0);
    this.#entries = [];
    this.#current = undefined;
    this.#list.replaceChildren();
  }

  #add(): Entry {
    const canvas = element("canvas");
    canvas.width = canvas.height = SIDE;
    canvas.setAttribute("aria-hidden", "true");
    const digit = element("span");
    const button = element("button", "", canvas, digit);
    button.type = "button";
    const item = element("li", "", button);
    const pixels = new Float32Array();
    const entry: Entry = { item, button, canvas, digit, strokes: [], pixels };
    button.addEventListener("click", () => {
      this.#restore(entry.strokes);
      this.#current = entry;
      this.#updateLabels();
    });
    this.#entries.push(entry);
    this.#list.append(item);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift()?.item.remove();
    return entry;
  }

  #updateLabels(): void {
    for (const [index, entry] of this.#entries.entries()) {
      const { button, digit } = entry;
      const label = `drawing ${index + 1}, read as ${digit.textContent}: bring it back`;
      button.setAttribute("aria-label", label);
      if (entry === this.#current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}
