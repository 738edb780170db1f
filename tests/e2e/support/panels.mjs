// Everything that the teaching panels do, done once with the drawing on the pad: an X-ray, its figure
// saved, every step of the lesson, every attempt to cheat.

const STEPS = 7;
const ATTEMPTS = ["wrong-key", "flip", "forge", "search"];

/** @param {import("./visitor.mjs").Visitor} visitor */
export async function teach(visitor) {
  await visitor.page.locator("#xray > summary").click();
  await visitor.element("xray-run").click();
  await visitor.untilState("xray-status", "ready");
  for (const kind of ["SVG", "PNG"]) {
    const saving = visitor.page.waitForEvent("download");
    await visitor.page.locator("#xray").getByRole("button", { name: `Save as ${kind}` }).click();
    await saving;
  }
  await visitor.page.locator("#lesson > summary").click();
  for (let step = 1; step <= STEPS; step += 1) {
    await visitor.element(`lesson-${step}`).click();
    await visitor.page.locator(`[data-testid="lesson-step"][data-step="${step}"]`).waitFor();
  }
  for (const attempt of ATTEMPTS) {
    await visitor.element(`cheat-${attempt}`).click();
    await visitor.untilState(`cheat-${attempt}-outcome`, "done");
  }
}
