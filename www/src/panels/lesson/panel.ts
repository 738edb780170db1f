// The lesson: one step at a time, each on the visitor's drawing. The visitor changes steps by
// buttons or by the arrow keys. The page's address names the step: `?lesson=3`.

import { button, element } from "../../dom/element";
import { find } from "../../dom/find";
import { visitorsOnly } from "../../dom/visitors-only";
import { fromAddress, toAddress } from "../../state/address";
import { onColourChange } from "../../state/settings";
import { onChange } from "../../state/signal";
import { answer, imageVersion, phase } from "../../state/store";
import { messageOf } from "../../util/errors";
import type { PanelContext } from "../context";
import { attacks } from "./attacks";
import { decryption } from "./decryption";
import { encoding } from "./encoding";
import { encryption } from "./encryption";
import { evaluation } from "./evaluation";
import { key } from "./key";
import { SHOWN } from "./parts";
import { Scene } from "./scene";
import type { Step } from "./step";
import { wire } from "./wire";

const STEPS: readonly [Step, ...Step[]] = [
  key,
  encoding,
  encryption,
  wire,
  evaluation,
  decryption,
  attacks,
];

const NAME = "lesson";

/**
 * The step is filled again so long after the drawing's last change: the pen needs the time until
 * then.
 */
const PATIENCE_MS = 250;

/** Where arrow keys have another meaning: fields, what scrolls sideways, and the pad. */
const OWN_ARROWS = 'input, select, textarea, .scroll, [role="application"], [role="radiogroup"]';

export class LessonPanel {
  readonly #context: PanelContext;
  readonly #panel = find("lesson", HTMLDetailsElement);
  readonly #names: HTMLButtonElement[];
  readonly #back = button("Back", () => this.go(this.#step - 1), { testId: "lesson-back" });
  readonly #next = button("Next", () => this.go(this.#step + 1), { testId: "lesson-next" });
  readonly #body = element("div", "step");
  readonly #announcement = element("p", "visually-hidden");
  #step = stepFromAddress();
  /** The page that is shown. */
  #page: HTMLElement | undefined;
  /** Counts fillings; one that another has overtaken is not shown. */
  #filling = 0;
  /** Whether the step could not be filled yet. */
  #isWaiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(body: HTMLElement, context: PanelContext) {
    this.#context = context;
    this.#body.id = "lesson-step";
    this.#body.dataset.testid = "lesson-step";
    this.#names = STEPS.map(({ name }, index) => {
      const made = button("", () => this.go(index), { testId: `lesson-${index + 1}` });
      const number = element("span", "number", String(index + 1));
      made.append(number, " ", element("span", "name", name));
      made.setAttribute("aria-controls", this.#body.id);
      return made;
    });
    this.#back.append(" ", element("kbd", "", "←"));
    this.#next.append(" ", element("kbd", "", "→"));
    const names = element("ol", "steps", ...this.#names.map((name) => element("li", "", name)));
    this.#announcement.setAttribute("aria-live", "polite");
    const turn = element("div", "turn", this.#back, this.#next);
    const navigation = element("nav", "", names, turn);
    navigation.setAttribute("aria-label", "Steps of the lesson");
    body.replaceChildren(navigation, this.#announcement, this.#body);
    document.addEventListener("keydown", (event) => this.#turnByKey(event));
    this.#panel.addEventListener("toggle", () => {
      this.#writeAddress();
      if (this.#panel.open) void this.#show();
    });
    onColourChange(() => this.#page?.dispatchEvent(new Event(SHOWN)));
    onChange([phase], () => {
      if (phase.value?.name === "ready" && this.#panel.open && this.#isWaiting) void this.#show();
    });
    onChange([imageVersion, answer], () => this.#showLater());
    this.go(this.#step);
  }

  /** Shows a step, if there is one of this number. */
  go(index: number): void {
    const step = STEPS[index];
    if (!step) return;
    this.#step = index;
    for (const [each, name] of this.#names.entries()) {
      if (each === index) name.setAttribute("aria-current", "step");
      else name.removeAttribute("aria-current");
    }
    // A disabled button would lose the focus.
    this.#back.setAttribute("aria-disabled", String(index === 0));
    this.#next.setAttribute("aria-disabled", String(index === STEPS.length - 1));
    this.#announcement.textContent = `Step ${index + 1} of ${STEPS.length}: ${step.name}`;
    if (this.#panel.open) this.#writeAddress();
    void this.#show();
  }

  #writeAddress(): void {
    toAddress(NAME, this.#panel.open ? String(this.#step + 1) : null);
  }

  /** Fills a step that follows the drawing again, once the drawing has not changed for a while. */
  #showLater(): void {
    if (!this.#panel.open || !STEPS[this.#step]?.followsDrawing) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#show(), PATIENCE_MS);
  }

  async #show(): Promise<void> {
    this.#filling += 1;
    const filling = this.#filling;
    const isWanted = () => filling === this.#filling;
    const step = STEPS[this.#step] ?? STEPS[0];
    const page = element("section", "step-page", element("h3", "", step.name));
    let isWaiting = false;
    try {
      await step.fill(new Scene(this.#context, isWanted), page);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      isWaiting = true;
      page.append(element("p", "waiting", `This step has to wait: ${messageOf(error)}.`));
    }
    if (!isWanted()) return;
    this.#isWaiting = isWaiting;
    layOut(page);
    this.#body.dataset.step = String(this.#step + 1);
    this.#body.replaceChildren(...(step.isInTheClear ? visitorsOnly(page) : [page]));
    this.#page = page;
    page.dispatchEvent(new Event(SHOWN));
  }

  /** Arrow keys turn the steps, except where they have another meaning. */
  #turnByKey(event: KeyboardEvent): void {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (!this.#panel.open || event.defaultPrevented || altKey || ctrlKey || metaKey || shiftKey)
      return;
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    if (target instanceof Element && target.closest(OWN_ARROWS)) return;
    event.preventDefault();
    this.go(this.#step + (key === "ArrowLeft" ? -1 : 1));
  }
}

/** Returns the step that the address names, counted from zero, or else the first. */
function stepFromAddress(): number {
  const number = Number(fromAddress(NAME));
  return Number.isInteger(number) && number >= 1 && number <= STEPS.length ? number - 1 : 0;
}

/** Puts figures and tables beside the text before and after them. */
function layOut(page: HTMLElement): void {
  const children = [...page.children];
  const isFigure = children.map((child) => child.matches(".figures, .timings, .scroll"));
  const [first, last] = [isFigure.indexOf(true), isFigure.lastIndexOf(true)];
  if (first === -1) return;
  page.classList.add("beside");
  page.append(
    element("div", "before", ...children.slice(0, first)),
    element("div", "exhibits", ...children.slice(first, last + 1)),
    element("div", "after", ...children.slice(last + 1)),
  );
}
