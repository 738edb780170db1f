// Which step of the lesson the page's address names: `?lesson=3` is the third.

const NAME = "lesson";

/** The step that the address names, counted from zero, if it is one of so many. */
export function stepInAddress(count: number): number | undefined {
  const word = new URLSearchParams(location.search).get(NAME);
  const number = Number(word);
  if (word === null || !Number.isInteger(number) || number < 1 || number > count) return undefined;
  return number - 1;
}

/** Whether the address asks for the lesson at all. */
export function isLessonInAddress(): boolean {
  return new URLSearchParams(location.search).has(NAME);
}

/** Has the address name this step, or none. */
export function writeStep(step: number | undefined): void {
  const query = new URLSearchParams(location.search);
  if (step === undefined) query.delete(NAME);
  else query.set(NAME, String(step + 1));
  // A word that says all by being there, such as `companion`, has no `=`.
  const text = query.toString().replace(/=(?=&|$)/g, "");
  history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${location.hash}`);
}
