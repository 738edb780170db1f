// The steps that several tests take in the panels of the page.

const LESSON_STEPS = 7;
const ATTEMPTS = ["wrong-key", "flip", "forge", "search"];

/** @typedef {import("./visitor.mjs").Visitor} Visitor */

/**
 * X-rays the drawing on the pad, and waits until every layer is shown.
 *
 * @param {Visitor} visitor
 */
export async function xray(visitor) {
  await visitor.element("xray-run").click();
  await visitor.waitForState("xray-status", "ready");
}

/**
 * Saves the figure of the X-ray as "SVG" or "PNG", and returns the content of the file.
 *
 * @param {Visitor} visitor
 */
export function saveXrayFigure(visitor, kind) {
  return visitor.download(xraySaveButton(visitor, kind));
}

/** The button that saves the figure of the X-ray as "SVG" or "PNG". */
export function xraySaveButton(visitor, kind) {
  return visitor.page.locator("#xray").getByRole("button", { name: `Save as ${kind}` });
}

/**
 * Waits until the lesson shows the step of this number, and returns its text.
 *
 * @param {Visitor} visitor
 */
export async function lessonStep(visitor, number) {
  const step = visitor.page.locator(`[data-testid="lesson-step"][data-step="${number}"]`);
  await step.waitFor();
  return step.textContent();
}

/**
 * Makes an attempt to cheat in step 7 of the lesson, and returns the text of its outcome.
 *
 * @param {Visitor} visitor
 */
export async function cheat(visitor, attempt) {
  await visitor.element(`cheat-${attempt}`).click();
  await visitor.waitForState(`cheat-${attempt}-outcome`, "done");
  return visitor.text(`cheat-${attempt}-outcome`);
}

/**
 * Uses every function of the X-ray and of the lesson once with the drawing on the pad: an X-ray,
 * its figure saved, every step of the lesson, every attempt to cheat.
 *
 * @param {Visitor} visitor
 */
export async function useXrayAndLesson(visitor) {
  await visitor.togglePanel("xray");
  await xray(visitor);
  for (const kind of ["SVG", "PNG"]) await saveXrayFigure(visitor, kind);
  await visitor.togglePanel("lesson");
  for (let number = 1; number <= LESSON_STEPS; number += 1) {
    await visitor.element(`lesson-${number}`).click();
    await lessonStep(visitor, number);
  }
  for (const attempt of ATTEMPTS) await cheat(visitor, attempt);
}
