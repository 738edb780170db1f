// The audit: every message across the boundary as it happens, each to be opened.

import { find } from "../../dom/find";
import { save } from "../../dom/save-file";
import type { Crossing } from "../../evaluator/connection";
import { type Entry, Log } from "../../evaluator/message-log";
import { count, bytes as size } from "../../util/format";
import { type Group, Line } from "./line";

/** How many lines are shown at first, and how many more each time one asks. */
const PAGE = 40;
/** Time between two counts while the panel is closed. */
const COUNT_MS = 250;

export class AuditPanel {
  readonly #panel = find("audit", HTMLDetailsElement);
  readonly #list = find("audit-log", HTMLElement);
  readonly #count = find("audit-count", HTMLElement);
  readonly #more = find("audit-more", HTMLButtonElement);
  readonly log = new Log(() => this.#queue());
  /** The lines on the page, by the number of their first message. */
  #lines = new Map<number, Line>();
  #shown = PAGE;
  #queued = false;

  constructor() {
    this.#panel.addEventListener("toggle", () => this.#render());
    this.#more.addEventListener("click", () => {
      this.#shown += PAGE;
      this.#queue();
    });
    find("audit-save", HTMLButtonElement).addEventListener("click", () => {
      save("inkognito-audit.json", this.log.toJson());
    });
  }

  /** Notes a message while it crosses the boundary. */
  note(crossing: Crossing): void {
    this.log.note(crossing);
  }

  /** The page is brought up to date once a frame where somebody looks; else a few times a second, and the count only. */
  #queue(): void {
    if (this.#queued) return;
    this.#queued = true;
    const render = () => {
      this.#queued = false;
      this.#render();
    };
    if (this.#panel.open) requestAnimationFrame(render);
    else setTimeout(render, COUNT_MS);
  }

  #render(): void {
    const { entries, bytes } = this.log;
    this.#count.textContent = `${count(entries.length)} messages, ${size(bytes)}`;
    if (!this.#panel.open) return;
    const groups = grouped(entries).reverse();
    const lines = new Map<number, Line>();
    for (const group of groups.slice(0, this.#shown)) {
      const [{ number }] = group;
      const line = this.#lines.get(number) ?? new Line();
      line.show(group);
      lines.set(number, line);
    }
    this.#lines = lines;
    this.#more.hidden = lines.size === groups.length;
    place(
      this.#list,
      [...lines.values()].map(({ element }) => element),
    );
  }
}

/** Puts what belongs together into one group: the keys of one evaluator, a mask; and their receipts. */
function grouped(entries: readonly Entry[]): Group[] {
  const groups: [Entry, ...Entry[]][] = [];
  let [keys, mask]: (Entry[] | undefined)[] = [];
  for (const entry of entries) {
    const { kind, direction } = entry;
    if (kind === "start" && direction === "up") keys = undefined;
    if (kind === "prepare" && direction === "up") mask = undefined;
    const joined = kind === "keyPart" ? keys : kind === "prepare" ? mask : undefined;
    if (joined) {
      joined.push(entry);
      continue;
    }
    const group: [Entry] = [entry];
    groups.push(group);
    if (kind === "keyPart") keys = group;
    if (kind === "prepare") mask = group;
  }
  return groups;
}

/** Makes these the children of `list`, and moves none that is in its place: it may have the focus. */
function place(list: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [index, element] of elements.entries()) {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  }
}
