// The wire: which packets went over it, which way, and how large they were.

import { find, setText, within } from "../dom/find";
import type { WireMessage } from "../evaluator/message";
import { bytes, counted } from "../util/format";

/**
 * How long a drawing's mark waits for the answer before it flies: frames take time from the cores
 * that compute it.
 */
const PATIENCE_MS = 50;

export class WireView {
  readonly #keys = new Packet("packet-keys", "up");
  readonly #drawing = new Packet("packet-drawing", "up");
  readonly #scores = new Packet("packet-scores", "down");
  #keyParts = 0;
  #keyBytes = 0;
  /** Whether the mark of the last drawing has not flown yet, and when it does without an answer. */
  #isDrawingWaiting = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** Shows a message. */
  show({ direction, kind, bytes: envelope }: WireMessage): void {
    const size = envelope?.length ?? 0;
    if (kind === "start" && direction === "up") {
      this.#keyParts = 0;
      this.#keyBytes = 0;
    } else if (kind === "keyPart" && direction === "up") {
      this.#keyParts += 1;
      this.#keyBytes += size;
      this.#keys.show(this.#keyBytes, `in ${counted(this.#keyParts, "part")}`);
      this.#keys.fly();
    } else if ((kind === "infer" || kind === "inspect") && direction === "up") {
      this.#drawing.show(size, "");
      this.#isDrawingWaiting = true;
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#flyDrawing(), PATIENCE_MS);
    } else if (kind === "infer" || kind === "inspect") {
      this.#scores.show(size, kind === "inspect" ? "with every layer" : "");
      clearTimeout(this.#patience);
      if (kind === "inspect") this.flyAnswer();
    }
  }

  /** The answer has been shown: its mark flies, and the drawing's if it has not. */
  flyAnswer(): void {
    this.#flyDrawing();
    this.#scores.fly();
  }

  #flyDrawing(): void {
    if (this.#isDrawingWaiting) this.#drawing.fly();
    this.#isDrawingWaiting = false;
  }
}

/** One kind of packet: its size, and a mark that flies when one is sent. */
class Packet {
  readonly #size: Element;
  readonly #note: Element;
  readonly #mark: Element;
  readonly #frames: Keyframe[];
  #isFlying = false;

  constructor(id: string, direction: WireMessage["direction"]) {
    const element = find(id, HTMLElement);
    this.#size = within(element, ".size");
    this.#note = within(element, ".note");
    this.#mark = within(element, ".mark");
    const ends = direction === "up" ? [0, 100] : [100, 0];
    this.#frames = ends.map((end) => ({ transform: `translateX(${end}%)`, opacity: 1 }));
  }

  show(size: number, note: string): void {
    setText(this.#size, bytes(size));
    setText(this.#note, note);
  }

  /** Flies a mark, unless one is on its way or the visitor wants no motion. */
  fly(): void {
    if (this.#isFlying) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const flight = this.#mark.animate(this.#frames, { duration: 320, easing: "ease-in-out" });
    this.#isFlying = true;
    flight.onfinish = flight.oncancel = () => {
      this.#isFlying = false;
    };
  }
}
