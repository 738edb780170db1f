// Choices that the page's address keeps, so that a view can be shared and come back to. Never
// anything of a drawing, a key or a score.

/** What the address says under this name; empty where it only names it, nothing where it does not. */
export function setting(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Writes choices into the address; those without a value are taken out. */
export function remember(settings: Readonly<Record<string, string | undefined>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
