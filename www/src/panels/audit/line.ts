// A line of the audit: a message, or several that belong together; to be opened down to the bytes.

import type { Crossing } from "../../evaluator/connection";
import type { Entry } from "../../evaluator/message-log";
import { count, bytes as size } from "../../util/format";
import { clock } from "./vault-facts";

/** Messages that stand in one line: the parts of the keys or a mask, with their receipts, or a single one. */
export type Group = readonly [Entry, ...Entry[]];

const KINDS: Readonly<Record<Crossing["kind"], { up: string; down: string }>> = {
  start: { up: "program and network", down: "started" },
  keyPart: { up: "evaluation key, one part", down: "received" },
  prepare: { up: "mask of the next drawing", down: "prepared" },
  infer: { up: "drawing, encrypted", down: "scores, encrypted" },
  inspect: { up: "drawing, encrypted, for the X-ray", down: "layers and scores, encrypted" },
  forget: { up: "keys to be deleted", down: "keys to be deleted" },
  stray: { up: "stray message", down: "stray message" },
};

/** The beginning of a message's hash. */
function hash({ sha256 }: Entry): string {
  return sha256 === undefined ? "" : `${sha256.slice(0, 16)}…`;
}

/** How many bytes are written out in hex at a time, and in a row. */
const HEX_BYTES = 4096;
const HEX_ROW = 16;

export class Line {
  readonly element = element("li");
  readonly #details = document.createElement("details");
  readonly #what = element("span", "what");
  readonly #bytes = element("span", "bytes");
  readonly #hash = element("code", "hash");
  readonly #parts: Line[] = [];
  #inside: HTMLElement | undefined;
  #group: Group | undefined;

  constructor() {
    this.#details.addEventListener("toggle", () => this.#open());
    this.element.append(this.#details);
  }

  /** Shows these messages: the same ones as before, and perhaps further ones. */
  show(group: Group): void {
    const [first] = group;
    if (!this.#group) this.#details.append(this.#summary(first));
    this.#group = group;
    if (group.length === 1) {
      this.#what.textContent = KINDS[first.kind][first.direction];
      this.#bytes.textContent = first.bytes > 0 ? size(first.bytes) : "no bytes";
      this.#hash.textContent = hash(first);
    } else {
      const parts = group.filter(({ direction }) => direction === "up");
      const isMask = first.kind === "prepare";
      this.#what.textContent = isMask
        ? `${KINDS.prepare.up}, with receipt`
        : `evaluation keys: ${count(parts.length)} parts, with receipts`;
      this.#bytes.textContent = size(parts.reduce((sum, { bytes }) => sum + bytes, 0));
      this.#hash.textContent = isMask ? hash(first) : "one hash each";
    }
    if (this.#details.open) this.#open();
  }

  #summary({ number, time, direction }: Entry): HTMLElement {
    const summary = element("summary", direction);
    const up = direction === "up";
    const arrow = element("span", "arrow", up ? "→" : "←");
    arrow.setAttribute("aria-hidden", "true");
    summary.append(
      element("span", "number", String(number)),
      element("time", "time", clock(time)),
      arrow,
      element("span", "visually-hidden", up ? "to the evaluator:" : "from the evaluator:"),
      this.#what,
      this.#bytes,
      this.#hash,
    );
    return summary;
  }

  #open(): void {
    if (!this.#group || !this.#details.open) return;
    if (this.#group.length === 1) {
      if (!this.#inside) this.#details.append((this.#inside = message(this.#group[0])));
      return;
    }
    if (!this.#inside || this.#parts.length === 0) {
      this.#inside?.remove();
      this.#details.append((this.#inside = element("ol", "audit-parts")));
    }
    for (const [index, entry] of this.#group.entries()) {
      const part = this.#parts[index] ?? new Line();
      part.show([entry]);
      if (this.#parts[index]) continue;
      this.#parts.push(part);
      this.#inside.append(part.element);
    }
  }
}

/** All of a message: its hash, what it says, and its bytes in hex, a stretch at a time. */
function message({ sha256, said, kept, bytes }: Entry): HTMLElement {
  const box = element("div", "audit-message");
  const hash = sha256 ?? "not to be had: this page did not come over a secure connection";
  box.append(element("p", "sha", `SHA-256 ${hash}`));
  if (said !== "{}") box.append(element("p", "said", said));
  if (bytes === 0) return box;
  if (!kept) {
    box.append(element("p", "", "Its bytes are no longer kept: too many have crossed since."));
    return box;
  }
  const dump = element("pre", "hex");
  dump.tabIndex = 0;
  dump.setAttribute("role", "group");
  dump.setAttribute("aria-label", "Its bytes in hex");
  const more = document.createElement("button");
  more.type = "button";
  let shown = 0;
  const showMore = (): void => {
    const end = Math.min(shown + HEX_BYTES, kept.length);
    const rows: string[] = [];
    for (; shown < end; shown += HEX_ROW) rows.push(hexRow(kept, shown));
    shown = end;
    dump.append(...rows);
    more.textContent = `More of the ${count(kept.length)} bytes`;
    more.hidden = shown === kept.length;
  };
  more.addEventListener("click", showMore);
  showMore();
  box.append(dump, more);
  return box;
}

/** "00001fe0  49 4e 4b 4f …". */
function hexRow(bytes: Uint8Array, from: number): string {
  const row = bytes.subarray(from, from + HEX_ROW);
  const words = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
  return `${from.toString(16).padStart(8, "0")}  ${words.join(" ")}\n`;
}

function element(tag: string, className = "", text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
