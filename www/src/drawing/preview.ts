// The image that is encrypted, pixel by pixel.

import { colourOf } from "../dom/colour";
import { find } from "../dom/find";
import { onColourChange } from "../state/settings";
import { onChange } from "../state/signal";
import { imageVersion } from "../state/store";
import { onNextFrame } from "../util/frame";

/** Pixels of an image, across and down. */
export const SIDE = 28;

/** Shows the image as it changes; `pixels` returns it, or nothing for blank paper. */
export function showPreview(pixels: () => Float32Array | undefined): void {
  const canvas = find("preview", HTMLCanvasElement);
  const paint = () => paintImage(canvas, pixels());
  // It is painted in the same frame as the ink.
  onChange([imageVersion], onNextFrame(paint));
  onColourChange(paint);
}

/** Paints an image in the canvas's colour, one pixel each; nothing is blank paper. */
export function paintImage(canvas: HTMLCanvasElement, pixels: Float32Array | undefined): void {
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
