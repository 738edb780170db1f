// Says whether the page is stored for use without a network, and that a newer version is ready.

import { button, element } from "../dom/element";
import { find } from "../dom/find";
import { effect } from "../state/signal";
import { isStoredOffline, loadUpdate } from "../state/store";

export function showUpdates(): void {
  const stored = find("stored", HTMLElement);
  effect(() => {
    if (isStoredOffline.value)
      stored.textContent = "This page is stored in your browser. It works without a network.";
    else if (!isSecureContext)
      stored.textContent =
        "This page did not come over a secure connection. Your browser does not store it, so it " +
        "opens only with a network.";
  });
  const bar = find("update", HTMLElement);
  effect(() => {
    const load = loadUpdate.value;
    if (!load) return;
    // A reload loses the drawing, so the visitor decides when.
    bar.replaceChildren(
      element("span", "", "A new version is ready."),
      button("Reload", load),
      button("Later", () => bar.replaceChildren()),
    );
  });
}
