// The panels below the stage. Each is loaded when it is first opened.

import { find } from "../dom/find";
import { fillWhenOpened } from "../dom/lazy-panel";
import { fromAddress } from "../state/address";
import type { PanelContext } from "./context";

export function registerPanels(context: PanelContext): void {
  // A link to a step of the lesson opens the lesson.
  if (fromAddress("lesson") !== null) find("lesson", HTMLDetailsElement).open = true;
  fillWhenOpened(
    "xray",
    async (body) => void new (await import("./xray/panel")).XrayPanel(body, context),
    "xray.css",
  );
  fillWhenOpened(
    "lesson",
    async (body) => void new (await import("./lesson/panel")).LessonPanel(body, context),
    "xray.css",
    "lesson.css",
  );
  fillWhenOpened("models", async (body) => {
    new (await import("./models/panel")).ModelsPanel(body, context.models);
  });
  fillWhenOpened(
    "relu",
    async (body) => (await import("./relu/panel")).ReluPanel.fill(body),
    "relu.css",
  );
  fillWhenOpened(
    "parameters",
    async (body) => (await import("./parameters/panel")).ParametersPanel.fill(body),
    "parameters.css",
  );
}
