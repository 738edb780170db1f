// The drawing pad: samples, brushes, a pen, and drawing by keyboard.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { pageForAllTests, pageForEachTest } from "./support/page.mjs";

describe("on one page", () => {
  const visitor = pageForAllTests();
  afterEach(async () => {
    await visitor.page.keyboard.press("Escape");
    await visitor.waitForState("answer", "idle");
  });

  for (const digit of "0123456789") {
    test(`the key ${digit} writes a sample, another each time, and each is read`, async () => {
      const images = new Set();
      for (let press = 0; press < 3; press += 1) {
        await visitor.writeAndCheck(digit);
        images.add(await visitor.ink());
      }
      assert.equal(images.size, 3);
    });
  }

  test("a sample can be chosen by its picture", async () => {
    await visitor.element("sample").click();
    await visitor.page.getByRole("button", { name: "write a 4" }).click();
    assert.equal(await visitor.answerToSample(), "4");
    assert.equal(await visitor.element("samples").isVisible(), false);
  });

  test("a sample is like a drawing: it can be undone, and drawn over", async () => {
    await visitor.page.keyboard.press("5");
    await visitor.page.keyboard.press("Backspace");
    await visitor.page.keyboard.press("Escape");
    await visitor.waitForState("answer", "idle");
    await visitor.page.keyboard.press("1");
    await visitor.drawStroke([
      [0.1, 0.1],
      [0.12, 0.1],
    ]);
    await visitor.answerToSample();
    await visitor.page.keyboard.press("Backspace");
    assert.equal(await visitor.answer(), "1");
  });

  test("with reduced motion a sample appears at once", async () => {
    await visitor.page.emulateMedia({ reducedMotion: "reduce" });
    await visitor.page.keyboard.press("8");
    assert.equal(await visitor.attribute("pad-frame", "data-writing"), "false");
    assert.equal(await visitor.answerToSample(), "8");
    await visitor.page.emulateMedia({ reducedMotion: null });
  });

  test("brushes differ on the pad and in the image, and each is read", async () => {
    const drawn = {};
    for (const name of ["thin", "normal", "thick"]) {
      await visitor.page.getByRole("radio", { name }).check();
      await visitor.page.keyboard.press("Escape");
      await visitor.drawAndCheck("3");
      const onPad = await visitor.element("pad").evaluate((canvas) => {
        const context = canvas.getContext("2d");
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 127).length;
      });
      drawn[name] = { onPad, inImage: await visitor.ink() };
    }
    const { thin, normal, thick } = drawn;
    for (const where of ["onPad", "inImage"]) {
      assert.ok(thin[where] < 0.85 * normal[where], JSON.stringify(drawn));
      assert.ok(normal[where] < 0.85 * thick[where], JSON.stringify(drawn));
    }
    assert.equal(await visitor.query(), "?brush=thick");
    await visitor.element("pad").focus();
    await visitor.page.keyboard.press("b");
    await visitor.page.keyboard.press("b");
    assert.equal(await visitor.query(), "");
    assert.equal(await visitor.page.getByRole("radio", { name: "normal" }).isChecked(), true);
  });

  test("another brush leaves the strokes that are drawn as they are", async () => {
    await visitor.draw("1");
    await visitor.answer();
    const before = await visitor.ink();
    await visitor.page.keyboard.press("b");
    assert.equal(await visitor.ink(), before);
    await visitor.page.keyboard.press("b");
    await visitor.page.keyboard.press("b");
  });

  test("a pen draws", async () => {
    const devtools = await visitor.page.context().newCDPSession(visitor.page);
    const settings = { button: "left", buttons: 1, pointerType: "pen", clickCount: 1, force: 0.5 };
    const pen = (type, [x, y]) =>
      devtools.send("Input.dispatchMouseEvent", { type, x, y, ...settings });
    const [first, ...others] = await visitor.toScreen([
      [0.5, 0.15],
      [0.5, 0.3],
      [0.5, 0.45],
      [0.49, 0.6],
      [0.49, 0.85],
    ]);
    await pen("mousePressed", first);
    for (const point of others) await pen("mouseMoved", point);
    await pen("mouseReleased", others.at(-1));
    assert.equal(await visitor.answer(), "1");
    await devtools.detach();
  });
});

const { openPage } = pageForEachTest();

test("a digit is drawn, read and announced by keyboard alone", async () => {
  const visitor = await openPage();
  const press = async (key, times = 1) => {
    for (let time = 0; time < times; time += 1) await visitor.page.keyboard.press(key);
  };
  const pad = visitor.element("pad");
  while (!(await pad.evaluate((pad) => pad === document.activeElement))) await press("Tab");
  assert.equal(
    await visitor.attribute("pad-frame", "data-grid"),
    "true",
    "the grid shows where the focus is",
  );
  await press("ArrowLeft", 3);
  assert.equal(await visitor.text("pad-says"), "column 5, row 4");
  await press("Space");
  assert.equal(await visitor.text("pad-says"), "pen down");
  await press("ArrowRight", 6);
  await press("End", 4);
  await press("ArrowDown", 4);
  await press("Space");
  assert.equal(await visitor.text("pad-says"), "pen up");
  assert.equal(await visitor.answer(), "7");
  assert.equal(await visitor.text("announcement"), "The network reads 7.");

  await press("ArrowDown", 20);
  assert.match(await visitor.text("pad-says"), /row 14, the edge$/);
  await press("Backspace");
  await visitor.waitForState("answer", "idle");
  // A stroke that was undone does not go on.
  await press("Space");
  await press("Backspace");
  await press("ArrowUp", 3);
  await visitor.waitForState("answer", "idle");
});
