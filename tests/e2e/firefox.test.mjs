// The main job in Firefox: digits are drawn and read, encrypted, on several threads.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DIGITS, path } from "./support/digits.mjs";
import { Firefox, findFirefox } from "./support/firefox.mjs";
import { insecure, serve } from "./support/server.mjs";

const skip = findFirefox() === undefined && "Firefox is not installed (FIREFOX may name its path)";

const IS_READY = `document.getElementById("status").dataset.state === "ready"`;
const PAD = `document.getElementById("pad")`;

describe("in Firefox", { skip }, () => {
  let firefox;
  let site;
  before(async () => {
    site = await serve();
    firefox = await Firefox.launch();
    await firefox.open(site.url);
    await firefox.waitFor(IS_READY);
  });
  after(async () => {
    await firefox?.close();
    await site?.close();
  });

  /** Draws a digit with the mouse, and returns the answer. */
  async function read(digit) {
    const [x, y, side] = await firefox.evaluate(
      `(({ x, y, width }) => [x, y, width])(${PAD}.getBoundingClientRect())`,
    );
    const toScreen = ([right, down]) => [x + right * side, y + down * side];
    for (const stroke of DIGITS[digit]) await firefox.draw(path(stroke).map(toScreen));
    await firefox.waitFor(`document.getElementById("answer").dataset.state === "ready"`);
    return firefox.evaluate(`document.getElementById("answer").textContent`);
  }

  test("the page is isolated and has threads", async () => {
    assert.equal(await firefox.evaluate("crossOriginIsolated"), true);
    assert.match(
      await firefox.evaluate(`document.getElementById("evaluator").textContent`),
      /in a worker of this page, with \d+ threads?\./,
    );
  });

  for (const digit of ["2", "4", "7"]) {
    test(`a ${digit} is read as ${digit}`, async () => {
      await firefox.evaluate(`document.getElementById("clear").click()`);
      assert.equal(await read(digit), digit);
    });
  }

  test("a page that did not come over a secure connection reads too", async () => {
    await firefox.open(insecure(site.url));
    assert.equal(await firefox.evaluate("isSecureContext"), false);
    await firefox.waitFor(IS_READY);
    assert.equal(await read("7"), "7");
  });
});
