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
    async (body) => {
      const { XrayPanel } = await import("./xray/panel");
      new XrayPanel(body, context);
    },
    "xray.css",
  );
  fillWhenOpened(
    "lesson",
    async (body) => {
      const { LessonPanel } = await import("./lesson/panel");
      new LessonPanel(body, context);
    },
    "xray.css",
    "lesson.css",
  );
  fillWhenOpened("models", async (body) => {
    const { ModelsPanel } = await import("./models/panel");
    new ModelsPanel(body, context.models);
  });
  fillWhenOpened(
    "relu",
    async (body) => {
      const { ReluPanel } = await import("./relu/panel");
      await ReluPanel.fill(body);
    },
    "relu.css",
  );
  fillWhenOpened(
    "parameters",
    async (body) => {
      const { ParametersPanel } = await import("./parameters/panel");
      await ParametersPanel.fill(body);
    },
    "parameters.css",
  );
}
