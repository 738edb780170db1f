// A line of the audit: a message, or several that belong together. It opens to show all their
// bytes.

import { button, element } from "../../dom/element";
import type { WireMessage } from "../../evaluator/message";
import type { LogEntry } from "../../evaluator/message-log";
import { clockTime, count, bytes as size } from "../../util/format";
import { hex } from "../../util/hex";

/**
 * The messages of one line: the parts of the keys or a mask, with their receipts, or a single
 * message.
 */
export type Group = readonly [LogEntry, ...LogEntry[]];

const KINDS: Readonly<Record<WireMessage["kind"], { up: string; down: string }>> = {
  start: { up: "program and network", down: "started" },
  keyPart: { up: "evaluation key, one part", down: "received" },
  prepare: { up: "mask of the next drawing", down: "prepared" },
  infer: { up: "drawing, encrypted", down: "scores, encrypted" },
  inspect: { up: "drawing, encrypted, for the X-ray", down: "layers and scores, encrypted" },
  forget: { up: "keys to be deleted", down: "keys to be deleted" },
  stray: { up: "stray message", down: "stray message" },
};

/** Returns the beginning of a message's hash. */
function hash({ sha256 }: LogEntry): string {
  return sha256 === undefined ? "" : `${sha256.slice(0, 16)}…`;
}

/** How many bytes are shown in hexadecimal at a time, and in a row. */
const HEX_BYTES = 4096;
const HEX_ROW = 16;

export class Line {
  readonly element = element("li");
  readonly #details = element("details");
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

  /** Shows these messages: those that it showed before, and perhaps further ones. */
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
      this.#hash.textContent = isMask || !first.sha256 ? hash(first) : "one hash each";
    }
    if (this.#details.open) this.#open();
  }

  #summary({ number, time, direction }: LogEntry): HTMLElement {
    const summary = element("summary", direction);
    const up = direction === "up";
    const arrow = element("span", "arrow", up ? "→" : "←");
    arrow.setAttribute("aria-hidden", "true");
    summary.append(
      element("span", "number", String(number)),
      element("time", "time", clockTime(time)),
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
      if (this.#inside) return;
      this.#inside = message(this.#group[0]);
      this.#details.append(this.#inside);
      return;
    }
    if (!this.#inside || this.#parts.length === 0) {
      this.#inside?.remove();
      this.#inside = element("ol", "audit-parts");
      this.#details.append(this.#inside);
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

/**
 * Returns all of a message: its hash, its fields as JSON, and its bytes in hexadecimal, part by
 * part.
 */
function message({ sha256, fields, kept, bytes }: LogEntry): HTMLElement {
  const hash = sha256 ?? "not available: this page did not come over a secure connection";
  const box = element("div", "audit-message", element("p", "sha", `SHA-256 ${hash}`));
  if (fields !== "{}") box.append(element("p", "said", fields));
  if (bytes === 0) return box;
  if (!kept) {
    box.append(element("p", "", "Its bytes are no longer kept: newer messages took their space."));
    return box;
  }
  const dump = element("pre", "hex");
  dump.tabIndex = 0;
  dump.setAttribute("role", "group");
  dump.setAttribute("aria-label", "Its bytes in hexadecimal");
  let shown = 0;
  const more = button("", () => showMore());
  const showMore = (): void => {
    const end = Math.min(shown + HEX_BYTES, kept.length);
    const rows: string[] = [];
    for (; shown < end; shown += HEX_ROW) rows.push(hexRow(kept, shown));
    shown = end;
    dump.append(...rows);
    more.textContent = `More of the ${count(kept.length)} bytes`;
    more.hidden = shown === kept.length;
  };
  showMore();
  box.append(dump, more);
  return box;
}

/** "00001fe0  49 4e 4b 4f …". */
function hexRow(bytes: Uint8Array, from: number): string {
  const row = bytes.subarray(from, from + HEX_ROW);
  return `${from.toString(16).padStart(8, "0")}  ${hex(row, " ")}\n`;
}
