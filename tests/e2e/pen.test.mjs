// How the pad takes a pen that leaves it.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { pageForAllTests } from "./support/page.mjs";

const visitor = pageForAllTests();
afterEach(async () => {
  await visitor.page.keyboard.press("Escape");
  await visitor.waitForState("answer", "idle");
});

/** Returns how much of a part of the pad has ink, in pixels of the screen. */
const inkWithin = ([left, top, right, bottom]) =>
  visitor.element("pad").evaluate(
    async (canvas, [left, top, right, bottom]) => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const [x, y] = [left * canvas.width, top * canvas.height];
      const [width, height] = [(right - left) * canvas.width, (bottom - top) * canvas.height];
      const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
      return data.reduce((sum, value, i) => sum + (i % 4 === 3 ? value / 255 : 0), 0);
    },
    [left, top, right, bottom],
  );

/** Checks that a part of the pad has ink, or has none. */
async function checkInk(part, isThere) {
  assert.equal((await inkWithin(part)) > 0, isThere, `ink in ${part.join(", ")}`);
}

describe("a stroke ends where the pen leaves the pad", () => {
  test("and a digit that goes over the edge is read", async () => {
    await visitor.drawStroke([
      [0.5, 0.2],
      [0.5, 0.6],
      [0.5, 1.2],
      [0.9, 1.2],
    ]);
    await checkInk([0.6, 0.6, 1, 1], false);
    assert.equal(await visitor.answer(), "1");
  });

  test("and another one begins where it comes back", async () => {
    await visitor.drawStroke([
      [0.5, 0.2],
      [1.2, 0.2],
      [1.2, 0.8],
      [0.5, 0.8],
    ]);
    const [upper, border, lower] = [
      [0.7, 0, 1, 0.3],
      [0.9, 0.35, 1, 0.65],
      [0.7, 0.7, 1, 1],
    ];
    await checkInk(upper, true);
    await checkInk(border, false);
    await checkInk(lower, true);
    await visitor.answer();
    await visitor.element("undo").click();
    await checkInk(upper, true);
    await checkInk(lower, false);
  });

  test("and a pen that crosses a corner between two moves draws there", async () => {
    const points = [
      [0.5, 0.9],
      [1.2, 0.9],
      [1.2, 0.4],
      [0.6, -0.2],
    ];
    const [first, ...others] = await visitor.toScreen(points);
    await visitor.page.mouse.move(...first);
    await visitor.page.mouse.down();
    for (const point of others) await visitor.page.mouse.move(...point);
    await visitor.page.mouse.up();
    await checkInk([0.8, 0, 1, 0.2], true);
    await checkInk([0.95, 0.3, 1, 0.8], false);
    await visitor.answer();
  });
});
