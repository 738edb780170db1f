// Finds the page's elements.

/** The element with this id, which must be of this type. */
export function find<E extends Element>(id: string, type: abstract new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} called ${id}`);
  return element;
}

/** The first element within `root` that fits `selector`. */
export function within(root: Element, selector: string): Element {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`${root.id} has no ${selector}`);
  return element;
}
