// The main job: digits that are drawn on the built page are read, encrypted, in a real browser.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { DIGITS } from "./support/digits.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";

describe("on one page", () => {
  const visitor = pageForAllTests();
  afterEach(async () => {
    await visitor.clear();
    await visitor.waitForState("answer", "idle");
  });

  /** Checks that the page shows no answer, no time and no scores. */
  async function checkNothingIsShown() {
    assert.equal(await visitor.text("answer"), "");
    assert.equal(await visitor.attribute("latency", "data-ms"), null);
    assert.ok((await visitor.scores()).every(({ score }) => score === undefined));
  }

  test("a blank pad has no answer and no error", async () => {
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
    await checkNothingIsShown();
  });

  for (const digit of Object.keys(DIGITS)) {
    test(`a ${digit} is read as ${digit}`, () => visitor.drawAndCheck(digit));
  }

  test("the digit is the one with the highest of ten scores", async () => {
    await visitor.draw("3");
    const answer = await visitor.answer();
    const scores = await visitor.scores();
    assert.deepEqual(
      scores.map(({ digit }) => digit),
      Object.keys(DIGITS),
    );
    const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
    assert.ok(Number.isFinite(best.score));
    assert.equal(best.digit, answer);
  });

  test("the page shows the time of the evaluation, and from pixels to answer", async () => {
    await visitor.draw("8");
    await visitor.answer();
    const evaluation = Number(await visitor.attribute("latency", "data-ms"));
    const total = Number(await visitor.attribute("latency", "data-total-ms"));
    assert.ok(evaluation > 0, `the evaluation took ${evaluation} ms`);
    assert.ok(total >= evaluation, `${total} ms in all, ${evaluation} ms of evaluation`);
  });

  test("clear removes the drawing and all that the page shows of it", async () => {
    await visitor.draw("5");
    await visitor.answer();
    await visitor.clear();
    await visitor.waitForState("answer", "idle");
    await checkNothingIsShown();

    await visitor.drawAndCheck("2");
  });

  test("undo removes one stroke", async () => {
    const bar = [
      [0.3, 0.12],
      [0.7, 0.12],
    ];
    await visitor.drawStroke(DIGITS[7][0]);
    await visitor.answer();
    await visitor.drawStroke(bar);
    await visitor.drawStroke(bar.map(([x, y]) => [y + 0.2, x]));
    await visitor.answer();
    await visitor.element("undo").click();
    await visitor.page.keyboard.press("Control+z");
    assert.equal(await visitor.answer(), "7");
    await visitor.page.keyboard.press("Backspace");
    await visitor.waitForState("answer", "idle");
    await visitor.element("undo").click();
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
  });

  test("escape clears the pad", async () => {
    await visitor.draw("6");
    await visitor.answer();
    await visitor.page.keyboard.press("Escape");
    await visitor.waitForState("answer", "idle");
  });

  test("a drawing is read while it grows", async () => {
    await visitor.penDown(DIGITS[1][0]);
    // The pen is still down: there is a first guess, and no final answer.
    await visitor.page.locator('[data-testid="answer"]:not(:empty)').waitFor();
    assert.equal(await visitor.attribute("answer", "data-state"), "working");
    await visitor.page.mouse.up();
    assert.equal(await visitor.answer(), "1");
  });

  test("the pen may leave the pad and come back", async () => {
    const [first, ...others] = await visitor.toScreen([
      [0.5, 0.2],
      [0.5, 1.3],
      [0.5, 0.9],
    ]);
    await visitor.page.mouse.move(...first);
    await visitor.page.mouse.down();
    for (const point of others) await visitor.page.mouse.move(...point, { steps: 8 });
    await visitor.page.mouse.up();
    assert.equal(await visitor.answer(), "1");
  });

  test("the evaluator sees noise, and other noise each time", async () => {
    await visitor.draw("4");
    await visitor.answer();
    const first = await visitor.noise();
    await visitor.clear();
    await visitor.draw("4");
    await visitor.answer();
    assert.ok(first.length > 10_000, "noise does not compress");
    assert.notEqual(await visitor.noise(), first);
  });
});

const { openPage } = pageForEachTest();

test("a finger draws, and does not scroll the page", async () => {
  const visitor = await openPage({
    context: {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 3,
    },
  });
  const before = await visitor.element("pad").boundingBox();
  await visitor.drawByTouch("9");
  assert.equal(await visitor.answer(), "9");
  assert.deepEqual(await visitor.element("pad").boundingBox(), before);
});
