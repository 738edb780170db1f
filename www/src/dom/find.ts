// Finds the page's elements.

/** Returns the element with this id, which must be of this type. */
export function find<E extends Element>(id: string, type: abstract new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} called ${id}`);
  return element;
}

/** Returns the first element within `root` that matches `selector`. */
export function within(root: Element, selector: string): Element {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`${root.id} has no ${selector}`);
  return element;
}

/** Gives an element this text. Setting the text that it has already would cause a layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
