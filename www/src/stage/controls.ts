// What is set for the page as a whole: colours, presenter mode, keys; and what single keys do.

import { find } from "../dom/find";
import { keys, presenter, theme, view } from "../state/settings";

export function offerControls(): void {
  const colours = find("theme", HTMLSelectElement);
  colours.addEventListener("change", () => {
    const { value } = colours;
    if (value === "system" || value === "light" || value === "dark") theme.set(value);
  });
  theme.watch((value) => (colours.value = value));

  const present = find("presenter", HTMLButtonElement);
  present.addEventListener("click", () => presenter.set(!presenter.value));
  presenter.watch((value) => present.setAttribute("aria-pressed", String(value)));

  const single = find("keys-on", HTMLInputElement);
  single.addEventListener("change", () => keys.set(single.checked));
  keys.watch((value) => (single.checked = value));
}

export interface Commands {
  undo(): void;
  clear(): void;
  nextBrush(): void;
  sample(digit: number): void;
}

/** Has keys do what buttons do, unless they are being typed somewhere. */
export function listenToKeys(commands: Commands): void {
  document.addEventListener("keydown", (event) => {
    if (isTypedInto(event.target) || event.defaultPrevented) return;
    if (run(commands, event)) event.preventDefault();
  });
}

/** Whether the key meant something. */
function run(commands: Commands, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey) {
    if (key !== "z") return false;
    commands.undo();
    return true;
  }
  if (altKey) return false;
  if (key === "Escape") {
    // An open box is closed by the browser, and that is enough.
    if (document.querySelector(":popover-open")) return false;
    commands.clear();
    return true;
  }
  if (key === "Backspace") {
    commands.undo();
    return true;
  }
  return keys.value && single(commands, key);
}

/** What one key alone does. */
function single(commands: Commands, key: string): boolean {
  if (/^[0-9]$/.test(key)) commands.sample(Number(key));
  else if (key === "b") commands.nextBrush();
  else if (key === "s") view.set(view.value === "mine" ? "theirs" : "mine");
  else if (key === "p") presenter.set(!presenter.value);
  else if (key === "?") find("keys", HTMLElement).togglePopover();
  else return false;
  return true;
}

function isTypedInto(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input:not([type=radio], [type=checkbox]), select, textarea") !== null
  );
}
