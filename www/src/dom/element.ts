// Builds elements.

type Content = Node | string;

/** Returns an element with this class and this content. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...content: Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Returns a button; `testId` is what tests find it by. */
export function button(
  label: Content,
  press: () => void,
  { testId = "", className = "" } = {},
): HTMLButtonElement {
  const made = element("button", className, label);
  made.type = "button";
  if (testId) made.dataset.testid = testId;
  made.addEventListener("click", press);
  return made;
}

/** Returns a list of names and values. */
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

/** Returns a table row. */
export function tableRow(cells: readonly string[]): HTMLTableRowElement {
  return element("tr", "", ...cells.map((text) => element("td", "", text)));
}

/** Returns a table with headings, in a frame that scrolls sideways where the table is too wide. */
export function scrollingTable(
  label: string,
  [headings = [], ...rows]: readonly (readonly string[])[],
): HTMLElement {
  const headingCells = headings.map((text) => {
    const cell = element("th", "", text);
    cell.scope = "col";
    return cell;
  });
  const head = element("thead", "", element("tr", "", ...headingCells));
  const body = element("tbody", "", ...rows.map(tableRow));
  const scroll = element("div", "scroll", element("table", "", head, body));
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", label);
  return scroll;
}
