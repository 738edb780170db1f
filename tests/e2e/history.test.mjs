// The row of earlier drawings.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";

const { openPage } = pageForEachTest();

/** The buttons of the earlier drawings, and what they show. */
function rowOf(visitor) {
  const buttons = visitor.element("history").getByRole("button");
  const attributes = (name) =>
    buttons.evaluateAll((all, name) => all.map((button) => button.getAttribute(name)), name);
  return { buttons, texts: () => buttons.allInnerTexts(), attributes };
}

test("an earlier drawing is read again, encrypted anew, and can be changed", async () => {
  const visitor = await openPage();
  const { buttons, texts, attributes } = rowOf(visitor);
  for (const digit of ["3", "1", "4"]) {
    await visitor.page.keyboard.press("Escape");
    await visitor.drawAndCheck(digit);
  }
  assert.deepEqual(await texts(), ["3", "1", "4"]);
  assert.match((await attributes("aria-label"))[0], /drawing 1, read as 3/);
  assert.deepEqual(await attributes("aria-current"), [null, null, "true"]);

  const before = await visitor.noise();
  await buttons.first().click();
  assert.equal(await visitor.answer(), "3");
  assert.notEqual(await visitor.noise(), before, "it is encrypted anew");
  assert.deepEqual(await texts(), ["3", "1", "4"], "the row has no new drawing");
  await visitor.drawStroke([
    [0.35, 0.2],
    [0.33, 0.7],
  ]);
  await visitor.answer();
  assert.equal(await buttons.count(), 3, "a new stroke belongs to the same drawing");
  await visitor.element("undo").click();
  assert.equal(await visitor.answer(), "3");
});

test("a drawing whose strokes are all undone leaves the row", async () => {
  const visitor = await openPage();
  const { buttons } = rowOf(visitor);
  await visitor.drawAndCheck("3");
  await visitor.page.keyboard.press("Escape");
  await visitor.drawStroke([
    [0.5, 0.1],
    [0.5, 0.9],
  ]);
  await visitor.answer();
  assert.equal(await buttons.count(), 2);
  await visitor.element("undo").click();
  assert.equal(await buttons.count(), 1);
});

test("the row holds the newest eight drawings, and is empty when the page is left", async () => {
  const visitor = await openPage();
  const { buttons, texts } = rowOf(visitor);
  for (const digit of ["3", "1", "4"]) {
    await visitor.page.keyboard.press("Escape");
    await visitor.drawAndCheck(digit);
  }
  for (let digit = 0; digit < 8; digit += 1) {
    await visitor.page.keyboard.press(String(digit));
    await visitor.answerToSample();
  }
  assert.equal(await buttons.count(), 8, "the oldest go first");
  assert.deepEqual(await texts(), [..."01234567"]);

  await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
  assert.equal(await buttons.count(), 0);
});
