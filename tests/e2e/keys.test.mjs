// The shortcuts work with Caps Lock and on any layout of the keyboard.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { pageForAllTests } from "./support/page.mjs";

const visitor = pageForAllTests();
afterEach(async () => {
  await visitor.page.keyboard.press("Escape");
  await visitor.waitForState("answer", "idle");
});

/** Presses a key as the browser reports it. Returns whether the page used it. */
const press = (key, code, modifiers = {}) =>
  visitor.page.evaluate(
    (init) => !document.body.dispatchEvent(new KeyboardEvent("keydown", init)),
    { key, code, bubbles: true, cancelable: true, ...modifiers },
  );

const isPressed = async (id) => (await visitor.attribute(id, "aria-pressed")) === "true";

const KEYBOARDS = [
  { name: "with Caps Lock", b: "B", s: "S", p: "P", z: "Z" },
  { name: "on a Cyrillic layout", b: "и", s: "ы", p: "з", z: "я" },
  { name: "on a Greek layout with Caps Lock", b: "Β", s: "Σ", p: "Π", z: "Ζ" },
  { name: "on an Arabic layout", b: "لا", s: "س", p: "ح", z: "ئ" },
];

for (const { name, b, s, p, z } of KEYBOARDS) {
  test(`each letter works ${name}`, async () => {
    for (const brush of ["?brush=thick", "?brush=thin", ""]) {
      assert.equal(await press(b, "KeyB"), true);
      assert.equal(await visitor.query(), brush);
    }
    for (const [key, code, id] of [
      [s, "KeyS", "see"],
      [p, "KeyP", "presenter"],
    ]) {
      assert.equal(await press(key, code), true);
      assert.equal(await isPressed(id), true);
      assert.equal(await press(key, code), true);
      assert.equal(await isPressed(id), false);
    }
    await visitor.draw("1");
    await visitor.answer();
    assert.equal(await press(z, "KeyZ", { ctrlKey: true }), true);
    assert.equal(await visitor.attribute("pad-frame", "data-blank"), "true");
  });
}

for (const [digit, key] of ["à", "&", "é"].entries()) {
  test(`the French key ${key} writes ${digit}`, async () => {
    assert.equal(await press(key, `Digit${digit}`), true);
    assert.equal(await visitor.answerToSample(), String(digit));
  });
}

describe("a key with another meaning does nothing", () => {
  for (const [name, ...arguments_] of [
    ["Shift and a digit", "!", "Digit1", { shiftKey: true }],
    ["Home on the numeric keypad", "Home", "Numpad7"],
    ["a letter that AltGr types", "ś", "KeyS", { modifierAltGraph: true }],
    ["a letter that Option types", "ß", "KeyS", { altKey: true }],
    ["Ctrl and Y where Z and Y are exchanged", "y", "KeyZ", { ctrlKey: true }],
    ["Ctrl, Alt and Z", "ż", "KeyZ", { ctrlKey: true, altKey: true }],
    ["Ctrl, Shift and Z", "Z", "KeyZ", { ctrlKey: true, shiftKey: true }],
  ]) {
    test(name, async () => assert.equal(await press(...arguments_), false));
  }
});

test("the list of shortcuts opens where the question mark is with a digit", async () => {
  assert.equal(await press("?", "Digit7", { shiftKey: true }), true);
  assert.equal(await visitor.element("keys").isVisible(), true);
});
