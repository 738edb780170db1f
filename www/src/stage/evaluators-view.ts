// "See what they see": the visitor's side shows the evaluator's ciphertexts instead of the drawing
// and the answer. The style sheet swaps them; this paints the ciphertexts.

import { find, setText } from "../dom/find";
import type { WireMessage } from "../evaluator/message";
import { view } from "../state/settings";
import { effect } from "../state/signal";
import { evaluation, reading } from "../state/store";
import { bytes } from "../util/format";
import { CiphertextImage } from "./ciphertext-image";

/** The image of the scores is as wide as the ten bars, which it replaces. */
const SCORES_ASPECT = 3.4;

export class EvaluatorsView {
  readonly #drawing = new CiphertextImage(
    find("drawing-ciphertext-noise", HTMLCanvasElement),
    find("drawing-ciphertext", HTMLElement),
  );
  readonly #scores = new CiphertextImage(
    find("scores-ciphertext-noise", HTMLCanvasElement),
    find("scores-ciphertext", HTMLElement),
    SCORES_ASPECT,
  );
  readonly #drawingSize = find("drawing-ciphertext-size", HTMLElement);
  readonly #scoresSize = find("scores-ciphertext-size", HTMLElement);

  /** `original`: the drawing's image on the evaluator's side. */
  constructor(original: CiphertextImage) {
    const button = find("see", HTMLButtonElement);
    button.addEventListener("click", toggleView);
    effect(() => button.setAttribute("aria-pressed", String(view.value === "theirs")));
    effect(() => {
      evaluation.value;
      // Nothing is painted that nobody sees.
      if (view.value === "mine") return;
      this.#drawing.copy(original);
      this.#scores.paint();
    });
    effect(() => {
      if (reading.value === "idle") this.#clear();
    });
  }

  /** Shows a message's size, and keeps its bytes. */
  show({ direction, kind, bytes: envelope }: WireMessage): void {
    // An answer may also arrive after its drawing was taken back.
    if (kind !== "infer" || !envelope || reading.peek() === "idle") return;
    if (direction === "down") this.#scores.set(envelope);
    setText(direction === "up" ? this.#drawingSize : this.#scoresSize, bytes(envelope.length));
  }

  #clear(): void {
    this.#drawing.clear();
    this.#scores.clear();
    this.#drawingSize.textContent = this.#scoresSize.textContent = "–";
  }
}

/** Shows the other side's view. */
export function toggleView(): void {
  view.value = view.value === "mine" ? "theirs" : "mine";
}
