// The choice of sample digits: each of the ten, in a box that opens above the page.

import { colourOf } from "../dom/colour";
import { button, element } from "../dom/element";
import { find } from "../dom/find";
import { onColourChange } from "../state/settings";
import { drawStrokes, type Point } from "./pad";
import { sampleDigit, VARIANTS } from "./sample-digits";

const SIDE = 96;

export class SamplePicker {
  readonly #box = find("samples", HTMLElement);
  readonly #write: (strokes: readonly (readonly Point[])[]) => void;
  readonly #canvases: readonly HTMLCanvasElement[];
  /** The variant in which each digit is written next. */
  readonly #variants = new Array<number>(10).fill(0);

  /** `write` is called with the strokes of the digit that is chosen. */
  constructor(write: (strokes: readonly (readonly Point[])[]) => void) {
    this.#write = write;
    const list = find("samples-list", HTMLElement);
    this.#canvases = this.#variants.map((_, digit) => {
      const canvas = element("canvas");
      canvas.width = canvas.height = SIDE;
      const choose = button(canvas, () => {
        this.#box.hidePopover();
        this.choose(digit);
      });
      choose.setAttribute("aria-label", `write a ${digit}`);
      list.append(choose);
      return canvas;
    });
    this.#box.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") this.#open();
    });
    onColourChange(() => this.#paint());
  }

  /** Writes this digit, each time in the next variant. */
  choose(digit: number): void {
    const variant = this.#variants[digit] ?? 0;
    this.#variants[digit] = (variant + 1) % VARIANTS;
    this.#write(sampleDigit(digit, variant));
  }

  /** Opens beside the button that it belongs to. */
  #open(): void {
    this.#paint();
    const { left, top } = find("sample", HTMLElement).getBoundingClientRect();
    this.#box.style.setProperty("--at-x", `${left}px`);
    this.#box.style.setProperty("--at-y", `${top}px`);
  }

  #paint(): void {
    for (const [digit, canvas] of this.#canvases.entries()) {
      const context = canvas.getContext("2d");
      if (!context) continue;
      context.clearRect(0, 0, SIDE, SIDE);
      context.strokeStyle = colourOf(canvas);
      const strokes = sampleDigit(digit, this.#variants[digit] ?? 0);
      drawStrokes(
        context,
        strokes.map((points) => ({ points, width: 1 })),
        SIDE,
      );
    }
  }
}
