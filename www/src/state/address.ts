// Settings in the page's address, so that visitors can share a view and return to it. The address
// never holds anything of a drawing, a key or a score.

import { onChange, type Signal, signal } from "./signal";

/** Returns the query's value under this name: `""` for a name alone, `null` for no such name. */
export function fromAddress(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Writes a value into the query under this name, or with `null` removes the name. */
export function toAddress(name: string, value: string | null): void {
  const query = new URLSearchParams(location.search);
  if (value === null) query.delete(name);
  else query.set(name, value);
  // A name without a value, such as `companion`, is written without `=`.
  const text = query.toString().replace(/=(?=&|$)/g, "");
  const search = text && `?${text}`;
  if (search !== location.search)
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
}

/**
 * Returns a signal that starts with what the query says under this name, and writes each change
 * there.
 */
export function addressSignal<T>(
  name: string,
  read: (text: string | null) => T,
  write: (value: T) => string | null,
): Signal<T> {
  const made = signal(read(fromAddress(name)));
  onChange([made], () => toAddress(name, write(made.value)));
  return made;
}
