// Puts settings that are styles, and not programs, where the style sheets find them: on the page's root.

import { find } from "../dom/find";
import { keys, panel, presenter, theme, view } from "../state/settings";

const PANELS = ["lesson", "xray", "relu", "parameters", "models", "audit"] as const;

/** From now on root and panels show what is set, and the setting follows the panel that the visitor opens. */
export function applySettings(): void {
  const { dataset } = document.documentElement;
  theme.watch((value) => (dataset.theme = value));
  view.watch((value) => (dataset.view = value));
  presenter.watch((value) => (dataset.presenter = String(value)));
  keys.watch((value) => (dataset.keys = value ? "on" : "off"));
  followPanels();
}

function followPanels(): void {
  const panels = PANELS.map((name) => ({ name, element: find(name, HTMLDetailsElement) }));
  for (const { element } of panels) {
    // Where one opens, another closes, and either may be told first.
    element.addEventListener("toggle", () =>
      panel.set(panels.find((each) => each.element.open)?.name ?? "none"),
    );
  }
  panel.watch((value) => {
    for (const { name, element } of panels) element.open = name === value;
  });
}
