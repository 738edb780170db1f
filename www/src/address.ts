// Choices that the page's address keeps, so that a view can be shared and come back to. Never
// anything of a drawing, a key or a score.

/** What the address says under this name; empty where it only names it, nothing where it does not. */
export function setting(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Writes choices into the address; those without a value are taken out. */
export function remember(settings: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  // A word that says all by being there, such as `companion`, has no `=`.
  const text = query.toString().replace(/=(?=&|$)/g, "");
  const search = text && `?${text}`;
  if (search !== location.search) history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
}
