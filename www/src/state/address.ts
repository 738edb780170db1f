// What the page's address keeps, so that a view can be shared and come back to. Never anything of a drawing, a key or
// a score.

/** What the query says under this name: `""` where it only names it, `null` where it does not. */
export function setting(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Has the query say this under the name, or with `null` nothing; all else in the address stays. */
export function remember(name: string, value: string | null): void {
  const query = new URLSearchParams(location.search);
  if (value === null) query.delete(name);
  else query.set(name, value);
  // A word that says all by being there, such as `companion`, has no `=`.
  const text = query.toString().replace(/=(?=&|$)/g, "");
  const search = text && `?${text}`;
  if (search !== location.search)
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
}
