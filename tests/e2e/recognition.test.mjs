// The main job: digits drawn on the built page are read, encrypted, in a real browser.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { DIGITS } from "./support/digits.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

let browser;
let server;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

describe("on one page", () => {
  let visitor;
  before(async () => {
    visitor = await Visitor.open(browser, server.url);
    await visitor.untilReady();
  });
  afterEach(async () => {
    await visitor.element("clear").click();
    await visitor.untilState("answer", "idle");
    assert.deepEqual(visitor.problems, []);
  });
  after(() => visitor?.close());

  test("a blank pad has no answer and no error", async () => {
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
    assert.equal(await visitor.text("answer"), "");
    assert.equal(await visitor.attribute("latency", "data-ms"), null);
    assert.ok((await visitor.scores()).every(({ score }) => score === undefined));
  });

  for (const digit of Object.keys(DIGITS)) {
    test(`a ${digit} is read as ${digit}`, async () => {
      await visitor.draw(digit);
      assert.equal(await visitor.answer(), digit);
    });
  }

  test("the digit is the one with the highest of ten scores", async () => {
    await visitor.draw("3");
    const answer = await visitor.answer();
    const scores = await visitor.scores();
    assert.deepEqual(scores.map(({ digit }) => digit), Object.keys(DIGITS));
    const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
    assert.ok(Number.isFinite(best.score));
    assert.equal(best.digit, answer);
  });

  test("the latency is told: evaluation alone, and from pixels to answer", async () => {
    await visitor.draw("8");
    await visitor.answer();
    const evaluation = Number(await visitor.attribute("latency", "data-ms"));
    const total = Number(await visitor.attribute("latency", "data-total-ms"));
    assert.ok(evaluation > 0, `evaluation took ${evaluation} ms`);
    assert.ok(total >= evaluation, `${total} ms from pixels to answer, ${evaluation} ms of it evaluation`);
  });

  test("clear takes the drawing and all that was said of it away", async () => {
    await visitor.draw("5");
    await visitor.answer();
    await visitor.element("clear").click();
    await visitor.untilState("answer", "idle");
    assert.equal(await visitor.text("answer"), "");
    assert.equal(await visitor.attribute("latency", "data-ms"), null);
    assert.ok((await visitor.scores()).every(({ score }) => score === undefined));

    await visitor.draw("2");
    assert.equal(await visitor.answer(), "2");
  });

  test("undo takes one stroke back", async () => {
    const [seven, bar] = [DIGITS[7][0], [[0.3, 0.12], [0.7, 0.12]]];
    await visitor.drawStroke(seven);
    await visitor.answer();
    await visitor.drawStroke(bar);
    await visitor.drawStroke(bar.map(([x, y]) => [y + 0.2, x]));
    await visitor.answer();
    await visitor.element("undo").click();
    await visitor.page.keyboard.press("Control+z");
    assert.equal(await visitor.answer(), "7");
    await visitor.page.keyboard.press("Backspace");
    await visitor.untilState("answer", "idle");
    await visitor.element("undo").click();
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
  });

  test("escape clears the pad", async () => {
    await visitor.draw("6");
    await visitor.answer();
    await visitor.page.keyboard.press("Escape");
    await visitor.untilState("answer", "idle");
  });

  test("a drawing is read while it grows", async () => {
    await visitor.penDown(DIGITS[1][0]);
    // The pen is still down: an answer for the time being, and none that is final.
    await visitor.page.locator('[data-testid="answer"]:not(:empty)').waitFor();
    assert.equal(await visitor.attribute("answer", "data-state"), "working");
    await visitor.page.mouse.up();
    assert.equal(await visitor.answer(), "1");
  });

  test("the pen may leave the pad and come back", async () => {
    const [first, ...others] = await visitor.onScreen([[0.5, 0.2], [0.5, 1.3], [0.5, 0.9]]);
    await visitor.page.mouse.move(...first);
    await visitor.page.mouse.down();
    for (const place of others) await visitor.page.mouse.move(...place, { steps: 8 });
    await visitor.page.mouse.up();
    assert.equal(await visitor.answer(), "1");
  });

  test("the evaluator sees noise, and other noise each time", async () => {
    const seen = () => visitor.page.locator("#noise").evaluate((canvas) => canvas.toDataURL());
    await visitor.draw("4");
    await visitor.answer();
    const first = await seen();
    await visitor.element("clear").click();
    await visitor.draw("4");
    await visitor.answer();
    assert.ok(first.length > 10_000, "noise does not compress");
    assert.notEqual(await seen(), first);
  });
});

test("what is drawn while keys are being made is read once they are", async () => {
  const visitor = await Visitor.open(browser, server.url);
  await visitor.draw("3");
  assert.equal(await visitor.answer(), "3");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("a finger draws as well", async () => {
  const visitor = await Visitor.open(browser, server.url, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 3,
  });
  await visitor.untilReady();
  const before = await visitor.element("pad").boundingBox();
  await visitor.drawByTouch("9");
  assert.equal(await visitor.answer(), "9");
  assert.deepEqual(await visitor.element("pad").boundingBox(), before, "drawing must not scroll the page");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});
