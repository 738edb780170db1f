// The wire: what went over it, which way, and how much.

import { find, setText, within } from "../dom/find";
import type { Crossing } from "../evaluator/connection";
import { bytes, count } from "../util/format";

/** How long a drawing's mark waits for the answer before it sets out. Frames take the cores that most answers are computed on. */
const PATIENCE_MS = 50;

export class WireView {
  readonly #keys = new Packet("packet-keys");
  readonly #drawing = new Packet("packet-drawing");
  readonly #scores = new Packet("packet-scores");
  #keyParts = 0;
  #keyBytes = 0;
  /** Whether the mark of the drawing that was sent last has not set out, and when it does if there is no answer. */
  #waits = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** Notes what passes. */
  note({ direction, kind, bytes: passing }: Crossing): void {
    const size = passing?.length ?? 0;
    if (kind === "start" && direction === "up") {
      this.#keyParts = 0;
      this.#keyBytes = 0;
    } else if (kind === "keyPart" && direction === "up") {
      this.#keyParts += 1;
      this.#keyBytes += size;
      this.#keys.show(
        this.#keyBytes,
        `in ${count(this.#keyParts)} ${this.#keyParts === 1 ? "part" : "parts"}`,
      );
      this.#keys.fly();
    } else if ((kind === "infer" || kind === "inspect") && direction === "up") {
      this.#drawing.show(size, "");
      this.#waits = true;
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#setOut(), PATIENCE_MS);
    } else if (kind === "infer" || kind === "inspect") {
      this.#scores.show(size, kind === "inspect" ? "with every layer" : "");
      clearTimeout(this.#patience);
      if (kind === "inspect") this.answered();
    }
  }

  /** What came has been shown: both marks fly, unless the drawing's has. */
  answered(): void {
    this.#setOut();
    this.#scores.fly();
  }

  #setOut(): void {
    if (this.#waits) this.#drawing.fly();
    this.#waits = false;
  }
}

/** One kind of packet: its size, and a mark that flies when one passes. */
class Packet {
  readonly #element: HTMLElement;
  readonly #size: Element;
  readonly #note: Element;
  #flies = false;

  constructor(id: string) {
    this.#element = find(id, HTMLElement);
    this.#size = within(this.#element, ".size");
    this.#note = within(this.#element, ".note");
  }

  show(size: number, note: string): void {
    setText(this.#size, bytes(size));
    setText(this.#note, note);
  }

  /** One mark on the wire per packet, unless one is on its way or motion is not wanted. */
  fly(): void {
    if (this.#flies) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const down = this.#element.classList.contains("down");
    const flight = within(this.#element, ".mark").animate(
      [
        { transform: `translateX(${down ? 100 : 0}%)`, opacity: 1 },
        { transform: `translateX(${down ? 0 : 100}%)`, opacity: 1 },
      ],
      { duration: 320, easing: "ease-in-out" },
    );
    this.#flies = true;
    flight.onfinish = flight.oncancel = () => (this.#flies = false);
  }
}
