// The image that is encrypted, pixel by pixel.

import { colourOf } from "../colour";
import { whenRecoloured } from "../settings";
import { find } from "./dom";

/** Pixels of an image, across and down. */
export const SIDE = 28;

export class Preview {
  readonly #canvas = find("preview", HTMLCanvasElement);
  #pixels: Float32Array | undefined;

  constructor() {
    whenRecoloured(() => this.show(this.#pixels));
  }

  /** Nothing shows blank paper. */
  show(pixels: Float32Array | undefined): void {
    this.#pixels = pixels;
    paint(this.#canvas, pixels);
  }
}

/** Paints an image of ink in the canvas's colour, one pixel each; nothing is blank paper. */
export function paint(canvas: HTMLCanvasElement, pixels: Float32Array | undefined): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.globalAlpha = 1;
  context.clearRect(0, 0, SIDE, SIDE);
  context.fillStyle = colourOf(canvas);
  for (const [index, ink] of pixels?.entries() ?? []) {
    if (ink === 0) continue;
    context.globalAlpha = ink;
    context.fillRect(index % SIDE, Math.floor(index / SIDE), 1, 1);
  }
}
