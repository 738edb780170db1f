// The panels that compute in the clear: loaded when they are first opened.

import { whenOpened } from "../dom/lazy-panel";

export function joinPanels(): void {
  whenOpened(
    "relu",
    async (body) => (await import("./relu/panel")).ReluPanel.fill(body),
    "relu.css",
  );
  whenOpened(
    "parameters",
    async (body) => (await import("./parameters/panel")).ParametersPanel.fill(body),
    "parameters.css",
  );
}
