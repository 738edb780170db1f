// Builds elements: what the panels are made of.

type Content = Node | string;

/** An element of this kind and class with this content. */
export function element<K extends keyof HTMLElementTagNameMap>(
  kind: K,
  className = "",
  ...content: Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(kind);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** A list of names and what they stand for. */
export function pairs(
  className: string,
  entries: readonly (readonly [string, Content | readonly Content[]])[],
): HTMLDListElement {
  const rows = entries.map(([name, value]) => {
    const contents = (Array.isArray(value) ? value : [value]) as Content[];
    return element("div", "", element("dt", "", name), element("dd", "", ...contents));
  });
  return element("dl", className, ...rows);
}

/** A table with headings, in a frame that scrolls by itself where it is too wide. */
export function tableOf(
  label: string,
  [headings, ...rows]: readonly (readonly string[])[],
): HTMLElement {
  const head = element(
    "tr",
    "",
    ...(headings ?? []).map((text) => {
      const cell = element("th", "", text);
      cell.scope = "col";
      return cell;
    }),
  );
  const body = rows.map((row) => element("tr", "", ...row.map((text) => element("td", "", text))));
  const scroll = element(
    "div",
    "scroll",
    element("table", "", element("thead", "", head), element("tbody", "", ...body)),
  );
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", label);
  return scroll;
}
