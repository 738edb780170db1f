// The visitor's settings. They are kept in the page's address and nowhere else, so that a link to
// the page carries them. They never hold anything that was drawn, read or encrypted.
//
// Each setting is one name of the query, and absent while it has its default. Settings replace the
// address in place: the browser's Back button leaves the page, instead of undoing every click.

import { addressSignal } from "./address";
import { onChange, type Signal } from "./signal";

/** Returns a setting that is one of `choices`; the first is the default. */
function choice<T extends string>(name: string, choices: readonly [T, ...T[]]): Signal<T> {
  const [usual] = choices;
  return addressSignal(
    name,
    (text) => choices.find((each) => each === text) ?? usual,
    (value) => (value === usual ? null : value),
  );
}

/** Returns a setting that is on or off. */
function flag(name: string, usual = false): Signal<boolean> {
  return addressSignal(
    name,
    (text) => (text === null ? usual : text !== "off"),
    (value) => (value === usual ? null : value ? "" : "off"),
  );
}

/** Light, dark, or the system's preference. */
export const theme = choice("theme", ["system", "light", "dark"]);

/** How thick the pen is. */
export const brush = choice("brush", ["normal", "thin", "thick"]);

/** Presenter mode: large, and only the stage. */
export const presenter = flag("presenter");

/**
 * Whether the visitor's side shows the visitor's drawing and scores, or the evaluator's ciphertexts
 * of them.
 */
export const view = choice("view", ["mine", "theirs"]);

/**
 * Whether single keys are shortcuts. Visitors who dictate or type with a switch may not want that.
 */
export const shortcuts = flag("keys", true);

/** The panels below the stage, in their order. */
export const PANELS = ["lesson", "xray", "relu", "parameters", "models", "audit"] as const;

/** Which panel is open. */
export const openPanel = choice("panel", ["none", ...PANELS]);

export const MODELS = ["digits", "fashion", "deep"] as const;
export type ModelName = (typeof MODELS)[number];

/** Which network reads. */
export const model = choice("model", MODELS);

/**
 * Where the evaluator runs: `null` for this page, `""` for a companion at the page's own host, or
 * the address of a companion.
 */
export const companion = addressSignal<string | null>(
  "companion",
  (text) => text,
  (value) => value,
);

/** Returns the companion's address as a URL, or nothing for this page. */
export function companionUrl(): URL | undefined {
  if (companion.value === null) return undefined;
  const address = companion.value || location.origin;
  return URL.canParse(address) ? new URL("/", address) : undefined;
}

const systemPrefersDark = matchMedia("(prefers-color-scheme: dark)");

/**
 * Calls `repaint` whenever the page's colours have changed: for canvases, which no style sheet
 * reaches.
 */
export function onColourChange(repaint: () => void): void {
  systemPrefersDark.addEventListener("change", repaint);
  onChange([theme, presenter, view], repaint);
}
