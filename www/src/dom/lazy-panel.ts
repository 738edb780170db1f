// Panels cost nothing until somebody opens them.

import { messageOf } from "../util/errors";
import { find } from "./find";

/**
 * Fills a panel when it is first opened: `fill` gets its body, once the panel's own `sheets` are there.
 * Where that fails, the panel says so, and tries again when it is opened again.
 */
export function whenOpened(
  id: string,
  fill: (body: HTMLElement) => Promise<void>,
  ...sheets: readonly string[]
): void {
  const panel = find(id, HTMLDetailsElement);
  const body = find(`${id}-body`, HTMLElement);
  let begun = false;
  const open = () => {
    if (!panel.open || begun) return;
    begun = true;
    body.textContent = "Loading.";
    Promise.all(sheets.map(styles))
      .then(() => fill(body))
      .catch((error: unknown) => {
        begun = false;
        body.textContent = `This could not be loaded (${messageOf(error)}). Close and open it to try again.`;
      });
  };
  panel.addEventListener("toggle", open);
  open();
}

const loading = new Map<string, Promise<void>>();

/** Loads a stylesheet, once. */
function styles(sheet: string): Promise<void> {
  const begun = loading.get(sheet);
  if (begun) return begun;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = sheet;
  const loaded = new Promise<void>((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      loading.delete(sheet);
      link.remove();
      reject(new Error("its styles are missing"));
    });
  });
  loading.set(sheet, loaded);
  document.head.append(link);
  return loaded;
}
