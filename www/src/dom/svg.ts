// Builds SVG elements.

type Attributes = Readonly<Record<string, string | number>>;

/** Returns an SVG element; `text` is its content. Numbers are rounded to hundredths. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  text?: string,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(typeof value === "number" ? rounded(value) : value));
  }
  if (text !== undefined) element.textContent = text;
  return element;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
