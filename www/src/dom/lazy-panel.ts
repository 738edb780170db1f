// Panels whose code and styles are loaded when they are first opened.

import { messageOf } from "../util/errors";
import { memoize } from "../util/memoize";
import { find } from "./find";

/**
 * Fills a panel when it is first opened: `fill` gets the panel's body once its style sheets are
 * loaded. Where that fails, the panel says so, and opening it again tries again.
 */
export function fillWhenOpened(
  id: string,
  fill: (body: HTMLElement) => Promise<void>,
  ...sheets: readonly string[]
): void {
  const panel = find(id, HTMLDetailsElement);
  const body = find(`${id}-body`, HTMLElement);
  let started = false;
  const open = async () => {
    if (!panel.open || started) return;
    started = true;
    body.textContent = "Loading.";
    try {
      await Promise.all(sheets.map(loadStyles));
      await fill(body);
    } catch (error) {
      started = false;
      const reason = messageOf(error);
      body.textContent = `This could not be loaded (${reason}). Close and open it to try again.`;
    }
  };
  panel.addEventListener("toggle", () => void open());
  void open();
}

/** Loads a style sheet, once. */
const loadStyles = memoize(
  (sheet: string) =>
    new Promise<void>((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = sheet;
      link.addEventListener("load", () => resolve());
      link.addEventListener("error", () => {
        link.remove();
        reject(new Error("its styles are missing"));
      });
      document.head.append(link);
    }),
);
