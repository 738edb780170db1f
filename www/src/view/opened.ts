// Panels cost nothing until somebody opens them.

import { messageOf } from "../errors";
import { find } from "./dom";

/**
 * Fills a panel when it is first opened: `fill` gets its body. Where that fails, the panel says so,
 * and tries again when it is opened again.
 */
export function whenOpened(id: string, fill: (body: HTMLElement) => Promise<void>): void {
  const panel = find(id, HTMLDetailsElement);
  const body = find(`${id}-body`, HTMLElement);
  let begun = false;
  const open = () => {
    if (!panel.open || begun) return;
    begun = true;
    body.textContent = "Loading.";
    fill(body).catch((error: unknown) => {
      begun = false;
      body.textContent = `This could not be loaded (${messageOf(error)}). Close and open it to try again.`;
    });
  };
  panel.addEventListener("toggle", open);
  open();
}
