// What canvases paint with. To ask the page for a colour makes it lay itself out first, so each is asked for once.

import { whenRecoloured } from "../state/settings";

let known = new WeakMap<Element, string>();
whenRecoloured(() => (known = new WeakMap()));

/** An element's colour. */
export function colourOf(element: Element): string {
  const colour = known.get(element) ?? getComputedStyle(element).color;
  known.set(element, colour);
  return colour;
}
