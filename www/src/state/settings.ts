// What the visitor has set, kept in the page's address and nowhere else: a link to the page is a link to the page
// as it is set. Never anything that was drawn, read or encrypted.
//
// Each setting is one word of the query, and absent while it has its first value. They change in place: the
// browser's way back leads out of the page, not through every button that was pressed.

import { remember, setting } from "./address";

/** One setting: its value now, and who wants to know. */
export interface Setting<T> {
  readonly value: T;
  set(value: T): void;
  /** Calls `listener` with the value, at once and whenever it changes. */
  watch(listener: (value: T) => void): void;
}

/** A setting of the query word `name` that is one of `choices`; the first is what holds where the address says nothing. */
export function choice<T extends string>(name: string, choices: readonly [T, ...T[]]): Setting<T> {
  const [usual] = choices;
  return new InAddress(
    name,
    (word) => choices.find((each) => each === word) ?? usual,
    (value) => (value === usual ? null : value),
  );
}

/** A setting that is on where its word is in the query, or with `usually` is on unless the query says `off`. */
export function flag(name: string, usually = false): Setting<boolean> {
  return new InAddress(
    name,
    (word) => (word === null ? usually : word !== "off"),
    (value) => (value === usually ? null : value ? "" : "off"),
  );
}

class InAddress<T> implements Setting<T> {
  readonly #name: string;
  readonly #write: (value: T) => string | null;
  readonly #listeners: ((value: T) => void)[] = [];
  #value: T;

  constructor(name: string, read: (word: string | null) => T, write: (value: T) => string | null) {
    this.#name = name;
    this.#write = write;
    this.#value = read(setting(name));
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    remember(this.#name, this.#write(value));
    for (const listener of this.#listeners) listener(value);
  }

  watch(listener: (value: T) => void): void {
    this.#listeners.push(listener);
    listener(this.#value);
  }
}

/** Light, dark, or what the system prefers. */
export const theme = choice("theme", ["system", "light", "dark"]);

/** How thick the pen is. */
export const brush = choice("brush", ["normal", "thin", "thick"]);

/** Large, and only the stage. */
export const presenter = flag("presenter");

/** What the visitor's side shows: what is the visitor's, or what the evaluator has of it. */
export const view = choice("view", ["mine", "theirs"]);

/** Whether single keys do things: who speaks to the computer, or types with a switch, may not want that. */
export const keys = flag("keys", true);

/** Which of the panels below the stage is open. */
export const panel = choice("panel", [
  "none",
  "lesson",
  "xray",
  "relu",
  "parameters",
  "models",
  "audit",
]);

/** Calls `listener` whenever colours of the page have changed, with the system or by a setting: for what is painted, not styled. */
export function whenRecoloured(listener: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener);
  let begun = false;
  for (const each of [theme, presenter, view]) each.watch(() => begun && listener());
  begun = true;
}
