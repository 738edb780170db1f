// The lesson: one step at a time, each on the drawing at hand, by buttons or by the arrow keys. The
// page's address says which step: `?lesson=3`.

import { element } from "../../dom/element";
import { find } from "../../dom/find";
import { whenRecoloured } from "../../state/settings";
import { messageOf } from "../../util/errors";
import type { Context } from "../teaching";
import { stepInAddress, writeStep } from "./address";
import { cheat } from "./attacks";
import { decryption } from "./decryption";
import { encoding } from "./encoding";
import { encryption } from "./encryption";
import { evaluation } from "./evaluation";
import { key } from "./key";
import { Scene } from "./scene";
import { wire } from "./wire";

/** One step: its name, and what fills the page with it. */
export interface Step {
  readonly name: string;
  /** Whether it shows something of the drawing, and is to be filled again when that has changed. */
  readonly live: boolean;
  fill(scene: Scene, body: HTMLElement): Promise<void>;
}

const STEPS: readonly [Step, ...Step[]] = [
  key,
  encoding,
  encryption,
  wire,
  evaluation,
  decryption,
  cheat,
];

/** Where arrow keys mean something else: fields, what scrolls sideways, a pad that is drawn on by keyboard. */
const OWN_ARROWS = 'input, select, textarea, .scroll, [role="application"], [role="radiogroup"]';

export class LessonPanel {
  readonly #context: Context;
  readonly #panel = find("lesson", HTMLDetailsElement);
  readonly #names: HTMLButtonElement[];
  readonly #back = button("Back", "lesson-back", () => this.go(this.#at - 1));
  readonly #next = button("Next", "lesson-next", () => this.go(this.#at + 1));
  readonly #body = element("div", "step");
  readonly #spoken = element("p", "visually-hidden");
  #at = stepInAddress(STEPS.length) ?? 0;
  /** The step as it is being filled; one that another has overtaken is not shown. */
  #turn = 0;
  #queued: ReturnType<typeof setTimeout> | undefined;

  constructor(body: HTMLElement, context: Context) {
    this.#context = context;
    this.#names = STEPS.map(({ name }, index) => {
      const made = button("", `lesson-${index + 1}`, () => this.go(index));
      made.append(element("span", "number", String(index + 1)), " ", element("span", "name", name));
      return made;
    });
    this.#body.id = "lesson-step";
    this.#body.dataset.testid = "lesson-step";
    this.#back.append(" ", element("kbd", "", "←"));
    this.#next.append(" ", element("kbd", "", "→"));
    for (const each of this.#names) each.setAttribute("aria-controls", this.#body.id);
    const names = element("ol", "steps", ...this.#names.map((name) => element("li", "", name)));
    this.#spoken.setAttribute("aria-live", "polite");
    const turn = element("div", "turn", this.#back, this.#next);
    const ways = element("nav", "", names, turn);
    ways.setAttribute("aria-label", "Steps of the lesson");
    body.replaceChildren(ways, this.#spoken, this.#body);
    document.addEventListener("keydown", (event) => this.#keyed(event));
    this.#panel.addEventListener("toggle", () => {
      writeStep(this.#panel.open ? this.#at : undefined);
      if (this.#panel.open) void this.#show();
    });
    whenRecoloured(() => this.#body.firstElementChild?.dispatchEvent(new Event("shown")));
    this.go(this.#at);
  }

  /** Shows a step, if there is one of this number. */
  go(step: number): void {
    if (!STEPS[step]) return;
    this.#at = step;
    for (const [index, name] of this.#names.entries()) {
      if (index === step) name.setAttribute("aria-current", "step");
      else name.removeAttribute("aria-current");
    }
    // A button that is disabled would lose the focus to nowhere.
    this.#back.setAttribute("aria-disabled", String(step === 0));
    this.#next.setAttribute("aria-disabled", String(step === STEPS.length - 1));
    this.#spoken.textContent = `Step ${step + 1} of ${STEPS.length}: ${STEPS[step].name}`;
    if (this.#panel.open) writeStep(step);
    void this.#show();
  }

  /** There is an evaluator again: what had to wait for it need not any longer. */
  ready(): void {
    if (this.#panel.open && this.#body.querySelector(".wanting")) void this.#show();
  }

  /** The drawing, or what was read of it, has changed. */
  changed(): void {
    if (!this.#panel.open || !STEPS[this.#at]?.live) return;
    clearTimeout(this.#queued);
    // Not with every point of the pen: that would take time from drawing.
    this.#queued = setTimeout(() => void this.#show(), 250);
  }

  async #show(): Promise<void> {
    const turn = (this.#turn += 1);
    const step = STEPS[this.#at] ?? STEPS[0];
    const page = element("section", "step-page");
    const heading = element("h3", "", step.name);
    page.append(heading);
    try {
      await step.fill(new Scene(this.#context, () => turn === this.#turn), page);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      page.append(element("p", "wanting", `This step has to wait: ${messageOf(error)}.`));
    }
    if (turn === this.#turn) {
      besideEachOther(page);
      this.#body.dataset.step = String(this.#at + 1);
      this.#body.replaceChildren(page);
      page.dispatchEvent(new Event("shown"));
    }
  }

  /** Arrow keys turn the pages wherever they mean nothing else. */
  #keyed(event: KeyboardEvent): void {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (!this.#panel.open || event.defaultPrevented || altKey || ctrlKey || metaKey || shiftKey)
      return;
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    if (target instanceof Element && target.closest(OWN_ARROWS)) return;
    event.preventDefault();
    this.go(this.#at + (key === "ArrowLeft" ? -1 : 1));
  }
}

/** What is there to be looked at stands beside the words before and after it, where there is room. */
function besideEachOther(page: HTMLElement): void {
  const children = [...page.children];
  const seen = children.map((child) => child.matches(".figures, .timings, .scroll"));
  const [first, last] = [seen.indexOf(true), seen.lastIndexOf(true)];
  if (first === -1) return;
  page.classList.add("beside");
  page.append(
    element("div", "before", ...children.slice(0, first)),
    element("div", "exhibits", ...children.slice(first, last + 1)),
    element("div", "after", ...children.slice(last + 1)),
  );
}

function button(label: string, testId: string, press: () => void): HTMLButtonElement {
  const made = element("button", "", label);
  made.type = "button";
  made.dataset.testid = testId;
  made.addEventListener("click", press);
  return made;
}
