// "See what they see": the visitor's side shows, in the place of drawing and answer, what the evaluator has of them. The
// style sheet swaps the two; this paints what they have.

import { find, setText } from "../dom/find";
import type { Crossing } from "../evaluator/connection";
import { view } from "../state/settings";
import { bytes } from "../util/format";
import { Noise } from "./ciphertext-image";

/** The sealed scores' picture is as wide as the ten bars, which it takes the place of. */
const SEALED_ASPECT = 3.4;

export class TheirsView {
  readonly #evaluators: Noise;
  readonly #veil = new Noise(find("veil-noise", HTMLCanvasElement), find("veil", HTMLElement));
  readonly #sealed = new Noise(
    find("sealed-noise", HTMLCanvasElement),
    find("sealed", HTMLElement),
    SEALED_ASPECT,
  );
  readonly #drawingSize = find("veil-size", HTMLElement);
  readonly #scoresSize = find("sealed-size", HTMLElement);

  /** `evaluators` is the drawing as it is shown on the evaluator's side. */
  constructor(evaluators: Noise) {
    this.#evaluators = evaluators;
    const button = find("see", HTMLButtonElement);
    button.addEventListener("click", () => view.set(view.value === "mine" ? "theirs" : "mine"));
    view.watch((value) => {
      button.setAttribute("aria-pressed", String(value === "theirs"));
      this.show();
    });
  }

  /** Notes what passes. */
  note({ direction, kind, bytes: passing }: Crossing): void {
    if (kind !== "infer" || !passing) return;
    if (direction === "down") this.#sealed.keep(passing);
    setText(direction === "up" ? this.#drawingSize : this.#scoresSize, bytes(passing.length));
  }

  /** Shows what has passed; the evaluator's side shows it. Nothing is painted where nobody sees it. */
  show(): void {
    if (view.value === "mine") return;
    this.#veil.copy(this.#evaluators);
    this.#sealed.paint();
  }

  /** Forgets the last drawing. */
  clear(): void {
    this.#veil.clear();
    this.#sealed.clear();
    this.#drawingSize.textContent = this.#scoresSize.textContent = "–";
  }
}
