// How the pad takes a pen, a finger, a palm and a tap, and a pen that leaves it.

import assert from "node:assert/strict";
import { afterEach, before, describe, test } from "node:test";

import { DIGITS, path } from "./support/digits.mjs";
import { pageForAllTests } from "./support/page.mjs";

/** The share of the pad's side that the normal pen's ink is wide. */
const INK_WIDTH = 0.07;
/** Half the width of the normal pen in the image, in pixels. */
const PEN_RADIUS = 1.4;

const visitor = pageForAllTests({ context: { hasTouch: true } });
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

const WHOLE_PAD = [0, 0, 1, 1];

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

describe("a pen beats a touch", () => {
  const PALM = [0.85, 0.8];
  const AT_PALM = [0.7, 0.65, 1, 1];
  const STROKE = path(DIGITS[1][0]);
  let start;
  before(() => {
    start = Date.now() / 1000;
  });

  /**
   * Runs with functions that press, move and lift a pen, and touch. Their events state a time, in
   * seconds from when the tests began.
   */
  async function withPen(use) {
    const devtools = await visitor.page.context().newCDPSession(visitor.page);
    const pen = async (type, point, seconds) => {
      const [[x, y]] = await visitor.toScreen([point]);
      const settings = { button: "left", buttons: 1, pointerType: "pen", clickCount: 1 };
      const timestamp = start + seconds;
      await devtools.send("Input.dispatchMouseEvent", { type, x, y, ...settings, timestamp });
    };
    const touch = async (type, point, seconds) => {
      const touchPoints = point ? await visitor.toScreen([point]) : [];
      await devtools.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: touchPoints.map(([x, y]) => ({ x, y })),
        timestamp: start + seconds,
      });
    };
    await use(pen, touch);
    await devtools.detach();
  }

  async function drawOne(pen, seconds) {
    await pen("mousePressed", STROKE[0], seconds);
    for (const point of STROKE) await pen("mouseMoved", point, seconds);
    await pen("mouseReleased", STROKE.at(-1), seconds);
  }

  test("what the palm drew before the pen came down is taken back", () =>
    withPen(async (pen, touch) => {
      await touch("touchStart", PALM, 10);
      await touch("touchMove", [0.88, 0.84], 11);
      await checkInk(AT_PALM, true);
      await drawOne(pen, 12);
      await touch("touchMove", PALM, 12);
      await touch("touchEnd", undefined, 12);
      await checkInk(AT_PALM, false);
      assert.equal(await visitor.answer(), "1");
      await visitor.element("undo").click();
      assert.equal(await visitor.attribute("pad-frame", "data-blank"), "true");
    }));

  test("a touch just after the pen is that of the palm, a later one draws", () =>
    withPen(async (pen, touch) => {
      await drawOne(pen, 20);
      await touch("touchStart", PALM, 21);
      await touch("touchEnd", undefined, 21);
      await checkInk(AT_PALM, false);
      assert.equal(await visitor.answer(), "1");
      await touch("touchStart", PALM, 25);
      await touch("touchEnd", undefined, 25);
      await checkInk(AT_PALM, true);
      await visitor.answer();
    }));

  test("a touch that the system cancels leaves nothing", () =>
    withPen(async (_pen, touch) => {
      await touch("touchStart", PALM, 30);
      await touch("touchMove", [0.88, 0.84], 30);
      await checkInk(AT_PALM, true);
      await touch("touchCancel", undefined, 30);
      await checkInk(WHOLE_PAD, false);
      assert.equal(await visitor.attribute("pad-frame", "data-blank"), "true");
    }));
});

describe("a tap paints a dot of the brush's width, which is encrypted", () => {
  for (const [name, width] of [
    ["thin", 0.65],
    ["normal", 1],
    ["thick", 1.5],
  ]) {
    test(name, async () => {
      await visitor.page.getByRole("radio", { name }).check();
      await visitor.element("pad").click();
      const side = await visitor.element("pad").evaluate((canvas) => canvas.width);
      const onPad = (Math.PI / 4) * (INK_WIDTH * width * side) ** 2;
      const painted = await inkWithin(WHOLE_PAD);
      assert.ok(Math.abs(painted / onPad - 1) < 0.05, `${painted} of ${onPad} pixels`);
      const inImage = Math.PI * (PEN_RADIUS * width) ** 2;
      const encrypted = await visitor.ink();
      assert.ok(Math.abs(encrypted / inImage - 1) < 0.2, `${encrypted} of ${inImage} pixels`);
      await visitor.answer();
    });
  }

  test("by keyboard too", async () => {
    await visitor.page.getByRole("radio", { name: "normal" }).check();
    await visitor.element("pad").focus();
    await visitor.page.keyboard.press("Space");
    await visitor.page.keyboard.press("Space");
    await checkInk(WHOLE_PAD, true);
    await visitor.answer();
  });
});
