// The controls of the whole page: colours, presenter mode, shortcuts; and the shortcuts themselves.

import { find } from "../dom/find";
import { presenter, shortcuts, theme } from "../state/settings";
import { effect } from "../state/signal";
import { toggleView } from "./evaluators-view";

export function showControls(): void {
  const colours = find("theme", HTMLSelectElement);
  colours.addEventListener("change", () => {
    const { value } = colours;
    if (value === "system" || value === "light" || value === "dark") theme.value = value;
  });
  const present = find("presenter", HTMLButtonElement);
  present.addEventListener("click", togglePresenter);
  const checkbox = find("keys-on", HTMLInputElement);
  checkbox.addEventListener("change", () => {
    shortcuts.value = checkbox.checked;
  });
  effect(() => {
    colours.value = theme.value;
    present.setAttribute("aria-pressed", String(presenter.value));
    checkbox.checked = shortcuts.value;
  });
}

function togglePresenter(): void {
  presenter.value = !presenter.value;
}

export interface Commands {
  undo(): void;
  clear(): void;
  nextBrush(): void;
  writeSample(digit: number): void;
}

/** Runs commands by key, unless the visitor is typing into a field. */
export function listenToKeys(commands: Commands): void {
  document.addEventListener("keydown", (event) => {
    if (isField(event.target) || event.defaultPrevented) return;
    if (run(commands, event)) event.preventDefault();
  });
}

/** Runs the command of a key. Returns whether there is one. */
function run(commands: Commands, event: KeyboardEvent): boolean {
  // With AltGr a key types another letter.
  if (event.altKey || event.getModifierState("AltGraph")) return false;
  const key = latinKey(event);
  if (event.ctrlKey || event.metaKey) {
    if (key !== "z" || event.shiftKey) return false;
    commands.undo();
    return true;
  }
  if (key === "Escape") {
    // The browser closes an open popover by this key.
    if (document.querySelector(":popover-open")) return false;
    commands.clear();
    return true;
  }
  if (key === "Backspace") {
    commands.undo();
    return true;
  }
  return shortcuts.value && runShortcut(commands, key);
}

/**
 * Returns what a key types, letters in lower case. A key that types a letter of another script
 * counts by its place on the keyboard, and so does one of the upper row that types no digit.
 */
function latinKey({ key, code, shiftKey }: KeyboardEvent): string {
  if (/^[a-z\d]$/i.test(key)) return key.toLowerCase();
  const [, letter, digit] = /^Key(.)$|^Digit(.)$/.exec(code) ?? [];
  if (letter && /[^ -~]/.test(key)) return letter.toLowerCase();
  return digit && !shiftKey ? digit : key;
}

function runShortcut(commands: Commands, key: string): boolean {
  if (/^[0-9]$/.test(key)) commands.writeSample(Number(key));
  else if (key === "b") commands.nextBrush();
  else if (key === "s") toggleView();
  else if (key === "p") togglePresenter();
  else if (key === "?") find("keys", HTMLElement).togglePopover();
  else return false;
  return true;
}

function isField(target: EventTarget | null): boolean {
  const fields = "input:not([type=radio], [type=checkbox]), select, textarea";
  return target instanceof Element && target.closest(fields) !== null;
}
