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

/**
 * Returns the companion's address as a URL, or nothing for this page and for what is no address.
 */
export function companionUrl(): URL | undefined {
  return companion.value === null ? undefined : companionAt(companion.value || location.origin);
}

const SCHEME = /^https?:\/\//i;
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d)/i;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(?![\w.-])/i;
/** A host that has a dot or a port, is an IP address, or is this machine. */
const HOST = /^(localhost|\[[0-9a-f:.]+\]|[\w-]+(?=[.:])[\w.-]*)(:\d+)?($|[/?#])/i;

/**
 * Returns the URL of a companion at this address, or nothing for what is none. A host without a
 * scheme gets that of this page, or on the same machine HTTP.
 */
export function companionAt(address: string): URL | undefined {
  const text = address.trim();
  const isHost = !HAS_SCHEME.test(text) && HOST.test(text);
  const scheme = LOOPBACK.test(text) ? "http:" : location.protocol;
  const full = isHost ? `${scheme}//${text}` : text;
  if (!SCHEME.test(full) || !URL.canParse(full)) return undefined;
  // Without a path, and without a name and a password, which browsers refuse to send.
  return new URL("/", new URL(full).origin);
}

/** Says why a companion's address cannot be used. */
export function addressProblem(address: string): string {
  return (
    `“${address}” is not the address of a companion, which is like http://localhost:8080, so the ` +
    "evaluator runs in this page."
  );
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
