// Writes the settings that the style sheets follow to the page's root, and opens the panel that is
// set.

import { find } from "../dom/find";
import { openPanel, PANELS, presenter, shortcuts, theme, view } from "../state/settings";
import { effect } from "../state/signal";

export function applySettings(): void {
  const { dataset } = document.documentElement;
  effect(() => {
    dataset.theme = theme.value;
    dataset.view = view.value;
    dataset.presenter = String(presenter.value);
    dataset.keys = shortcuts.value ? "on" : "off";
  });
  const panels = PANELS.map((name) => ({ name, element: find(name, HTMLDetailsElement) }));
  for (const { element } of panels) {
    // When one panel opens another closes, and their events come in any order.
    element.addEventListener("toggle", () => {
      openPanel.value = panels.find((each) => each.element.open)?.name ?? "none";
    });
  }
  effect(() => {
    for (const { name, element } of panels) element.open = name === openPanel.value;
  });
}
