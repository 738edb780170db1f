// The image that is encrypted, pixel by pixel.

import { colourOf } from "../dom/colour";
import { find } from "../dom/find";
import { whenRecoloured } from "../state/settings";

/** Pixels of an image, across and down. */
export const SIDE = 28;

export class Preview {
  readonly #canvas = find("preview", HTMLCanvasElement);
  readonly #pixels: () => Float32Array | undefined;
  #queued = false;

  /** `pixels` gives the image as it is; nothing is blank paper. */
  constructor(pixels: () => Float32Array | undefined) {
    this.#pixels = pixels;
    whenRecoloured(() => paint(this.#canvas, pixels()));
  }

  /** The image has changed: it is painted in the frame that the ink is. */
  changed(): void {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      paint(this.#canvas, this.#pixels());
    });
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
