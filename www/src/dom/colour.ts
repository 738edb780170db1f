// The colours that canvases paint with. Reading a colour makes the browser lay the page out, so
// each is read once.

import { onColourChange } from "../state/settings";

let known = new WeakMap<Element, string>();
onColourChange(() => {
  known = new WeakMap();
});

/** Returns an element's colour. */
export function colourOf(element: Element): string {
  const colour = known.get(element) ?? getComputedStyle(element).color;
  known.set(element, colour);
  return colour;
}
