// The audit: every message between the page and the evaluator as it is sent, each to be opened.

import { find } from "../../dom/find";
import { saveFile } from "../../dom/save-file";
import { type LogEntry, MessageLog } from "../../evaluator/message-log";
import { bytes, count, counted } from "../../util/format";
import { type Group, Line } from "./line";

/** How many lines are shown at first, and how many more each time. */
const PAGE = 40;
/** Time between two updates of the counts while the panel is closed. */
const COUNT_MS = 250;

export class AuditPanel {
  readonly log = new MessageLog(() => this.#requestRender());
  readonly #panel = find("audit", HTMLDetailsElement);
  readonly #list = find("audit-log", HTMLElement);
  readonly #count = find("audit-count", HTMLElement);
  readonly #shown = find("audit-shown", HTMLElement);
  readonly #more = find("audit-more", HTMLButtonElement);
  /** The lines on the page, by the number of their first message. */
  #lines = new Map<number, Line>();
  #maxLines = PAGE;
  #isRequested = false;

  constructor() {
    this.#panel.addEventListener("toggle", () => this.#render());
    this.#more.addEventListener("click", () => {
      this.#maxLines += PAGE;
      this.#requestRender();
    });
    find("audit-save", HTMLButtonElement).addEventListener("click", () => {
      saveFile("inkognito-audit.json", this.log.toJson());
    });
  }

  /**
   * Renders once a frame while the panel is open; while it is closed only the counts, a few times a
   * second.
   */
  #requestRender(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    const render = () => {
      this.#isRequested = false;
      this.#render();
    };
    if (this.#panel.open) requestAnimationFrame(render);
    else setTimeout(render, COUNT_MS);
  }

  #render(): void {
    const { entries, bytes: total } = this.log;
    this.#count.textContent = `${count(entries.length)} messages, ${bytes(total)}`;
    if (!this.#panel.open) return;
    const groups = grouped(entries).reverse();
    const newest = groups.slice(0, this.#maxLines);
    const lines = new Map<number, Line>();
    for (const group of newest) {
      const [{ number }] = group;
      const line = this.#lines.get(number) ?? new Line();
      line.show(group);
      lines.set(number, line);
    }
    this.#lines = lines;
    this.#more.hidden = lines.size === groups.length;
    this.#shown.textContent = extent(newest.flat().length, this.log);
    setChildren(
      this.#list,
      [...lines.values()].map(({ element }) => element),
    );
  }
}

/** Says how many of the messages are shown, and of how many the bytes are kept. */
function extent(shown: number, { entries: { length: total }, kept }: MessageLog): string {
  const listed =
    shown === total
      ? `All ${counted(total, "message")} of this visit.`
      : `The newest ${count(shown)} of ${counted(total, "message")}.`;
  const rest = kept === total ? "" : ` The page keeps only the bytes of the newest ${count(kept)}.`;
  return listed + rest;
}

/** Groups the keys of one evaluator, and each mask, with their receipts. */
function grouped(entries: readonly LogEntry[]): Group[] {
  const groups: [LogEntry, ...LogEntry[]][] = [];
  let [keys, mask]: (LogEntry[] | undefined)[] = [];
  for (const entry of entries) {
    const { kind, direction } = entry;
    if (kind === "start" && direction === "up") keys = undefined;
    if (kind === "prepare" && direction === "up") mask = undefined;
    const joined = kind === "keyPart" ? keys : kind === "prepare" ? mask : undefined;
    if (joined) {
      joined.push(entry);
      continue;
    }
    const group: [LogEntry] = [entry];
    groups.push(group);
    if (kind === "keyPart") keys = group;
    if (kind === "prepare") mask = group;
  }
  return groups;
}

/**
 * Makes these the children of `list`. Those that are in order are not moved, as one may have the
 * focus.
 */
function setChildren(list: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [index, element] of elements.entries()) {
    const current = list.children[index];
    if (current !== element) list.insertBefore(element, current ?? null);
  }
}
