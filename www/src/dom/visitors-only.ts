// Content that only the visitor can know. The style sheet hides it in the evaluator's view.

import { element } from "./element";

/** Returns content for the visitor's view, and what stands in its place in the evaluator's. */
export function visitorsOnly(...content: (Node | string)[]): HTMLElement[] {
  return [
    element("div", "visitors-view", ...content),
    element("p", "evaluators-view", "The evaluator does not see this: it has no key."),
  ];
}
