// A test image that is read instead of the drawing, for networks that read more than one can draw.
// It is shown on the pad until the pen comes down.

import { element } from "../dom/element";
import { onColourChange } from "../state/settings";
import { effect } from "../state/signal";
import { testImage } from "../state/store";
import { paintImage, SIDE } from "./preview";

/** Shows the test image on the pad. */
export function showTestImage(pad: HTMLElement): void {
  const canvas = element("canvas", "sample");
  canvas.width = canvas.height = SIDE;
  canvas.hidden = true;
  canvas.setAttribute("role", "img");
  pad.append(canvas);
  const paint = () => paintImage(canvas, testImage.peek()?.pixels);
  effect(() => {
    const image = testImage.value;
    canvas.hidden = !image;
    if (!image) return;
    canvas.setAttribute("aria-label", image.name);
    paint();
  });
  onColourChange(paint);
}
