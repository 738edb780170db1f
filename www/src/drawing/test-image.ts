// An image that is read in place of a drawing, for networks that know more than can be drawn: shown
// on the pad until the pen comes down.

import { whenRecoloured } from "../state/settings";
import { paint, SIDE } from "./preview";

export class Sample {
  readonly #canvas = document.createElement("canvas");
  #pixels: Float32Array | undefined;

  /** `pad`: what it is shown on. */
  constructor(pad: HTMLElement) {
    this.#canvas.className = "sample";
    this.#canvas.width = this.#canvas.height = SIDE;
    this.#canvas.hidden = true;
    this.#canvas.setAttribute("role", "img");
    pad.append(this.#canvas);
    whenRecoloured(() => paint(this.#canvas, this.#pixels));
  }

  /** The image, pixels from 0 to 1 row by row, where there is one. */
  get pixels(): Float32Array | undefined {
    return this.#pixels;
  }

  show(pixels: Float32Array, name: string): void {
    this.#pixels = pixels;
    this.#canvas.setAttribute("aria-label", name);
    this.#canvas.hidden = false;
    paint(this.#canvas, pixels);
  }

  clear(): void {
    this.#pixels = undefined;
    this.#canvas.hidden = true;
  }
}
