// Finds the page's elements.

/** The element with this id, which must be of this type. */
export function find<E extends Element>(id: string, type: abstract new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} called ${id}`);
  return element;
}

/** Gives an element this text. What it has already is left alone: to set it again would lay the page out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** The first element within `root` that fits `selector`. */
export function within(root: Element, selector: string): Element {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`${root.id} has no ${selector}`);
  return element;
}
