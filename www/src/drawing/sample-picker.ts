// The choice of sample digits: the ten, each written once, in a box that opens above the page.

import { colourOf } from "../dom/colour";
import { find } from "../dom/find";
import { whenRecoloured } from "../state/settings";
import { drawStrokes } from "./pad";
import { sample, WAYS } from "./sample-digits";

const SIDE = 96;

export class SamplesView {
  readonly #box = find("samples", HTMLElement);
  readonly #write: (strokes: ReturnType<typeof sample>) => void;
  readonly #canvases: HTMLCanvasElement[] = [];
  /** The way in which each digit is written next. */
  readonly #ways = new Array<number>(10).fill(0);

  /** `write` is called with the strokes of the one that is chosen. */
  constructor(write: (strokes: ReturnType<typeof sample>) => void) {
    this.#write = write;
    const list = find("samples-list", HTMLElement);
    for (const digit of this.#ways.keys()) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", `write a ${digit}`);
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SIDE;
      button.append(canvas);
      button.addEventListener("click", () => {
        this.#box.hidePopover();
        this.choose(digit);
      });
      this.#canvases.push(canvas);
      list.append(button);
    }
    this.#box.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") this.#open();
    });
    whenRecoloured(() => this.#paint());
  }

  /** Writes this digit: each time in another way. */
  choose(digit: number): void {
    const way = this.#ways[digit] ?? 0;
    this.#ways[digit] = (way + 1) % WAYS;
    this.#write(sample(digit, way));
  }

  /** Beside the button that it belongs to, as far as there is room. */
  #open(): void {
    this.#paint();
    const button = find("sample", HTMLElement).getBoundingClientRect();
    this.#box.style.setProperty("--at-x", `${button.left}px`);
    this.#box.style.setProperty("--at-y", `${button.top}px`);
  }

  #paint(): void {
    for (const [digit, canvas] of this.#canvases.entries()) {
      const context = canvas.getContext("2d");
      if (!context) continue;
      context.clearRect(0, 0, SIDE, SIDE);
      context.strokeStyle = colourOf(canvas);
      const strokes = sample(digit, this.#ways[digit] ?? 0).map((points) => ({ points, width: 1 }));
      drawStrokes(context, strokes, SIDE);
    }
  }
}
