// Which step of the lesson the page's address names: `?lesson=3` is the third.

import { remember, setting } from "../../state/address";

const NAME = "lesson";

/** The step that the address names, counted from zero, if it is one of so many. */
export function stepInAddress(count: number): number | undefined {
  const word = setting(NAME);
  const number = Number(word);
  if (word === null || !Number.isInteger(number) || number < 1 || number > count) return undefined;
  return number - 1;
}

/** Whether the address asks for the lesson at all. */
export function isLessonInAddress(): boolean {
  return setting(NAME) !== null;
}

/** Has the address name this step, or none. */
export function writeStep(step: number | undefined): void {
  remember(NAME, step === undefined ? null : String(step + 1));
}
