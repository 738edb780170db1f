// The wire: what went over it, which way, and how much.

import type { Crossing } from "../boundary";
import { bytes, count } from "../format";
import { find, within } from "./dom";

export class WireView {
  readonly #keys = new Packet("packet-keys");
  readonly #drawing = new Packet("packet-drawing");
  readonly #scores = new Packet("packet-scores");
  #keyParts = 0;
  #keyBytes = 0;

  /** Notes what passes. */
  note({ direction, kind, bytes: passing }: Crossing): void {
    const size = passing?.length ?? 0;
    if (kind === "start" && direction === "up") {
      this.#keyParts = 0;
      this.#keyBytes = 0;
    } else if (kind === "keyPart" && direction === "up") {
      this.#keyParts += 1;
      this.#keyBytes += size;
      this.#keys.show(this.#keyBytes, `in ${count(this.#keyParts)} ${this.#keyParts === 1 ? "part" : "parts"}`);
    } else if (kind === "infer" || kind === "inspect") {
      const note = kind === "inspect" && direction === "down" ? "with every layer" : "";
      (direction === "up" ? this.#drawing : this.#scores).show(size, note);
    }
  }
}

/** One kind of packet: its size, and a flash when one passes. */
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
    this.#size.textContent = bytes(size);
    this.#note.textContent = note;
    this.#fly();
  }

  /** One mark on the wire per packet, unless one is on its way or motion is not wanted. */
  #fly(): void {
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
