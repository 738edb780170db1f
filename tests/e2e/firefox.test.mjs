// The main job in another browser: digits are drawn in Firefox and read, encrypted, on its threads.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DIGITS, path } from "./support/digits.mjs";
import { findFirefox, Firefox } from "./support/firefox.mjs";
import { serve } from "./support/server.mjs";

const skip = findFirefox() === undefined && "no Firefox is installed (FIREFOX names one)";

describe("in Firefox", { skip }, () => {
  let firefox;
  let server;
  before(async () => {
    server = await serve();
    firefox = await Firefox.launch();
    await firefox.open(server.url);
    await firefox.until(`document.getElementById("status").dataset.state === "ready"`);
  });
  after(async () => {
    await firefox?.close();
    await server?.close();
  });

  async function read(digit) {
    const [x, y, side] = await firefox.evaluate(
      `(({ x, y, width }) => [x, y, width])(document.getElementById("pad").getBoundingClientRect())`,
    );
    for (const stroke of DIGITS[digit]) {
      await firefox.draw(path(stroke).map(([across, down]) => [x + across * side, y + down * side]));
    }
    await firefox.until(`document.getElementById("answer").dataset.state === "ready"`);
    return firefox.evaluate(`document.getElementById("answer").textContent`);
  }

  test("the page is isolated and has its threads", async () => {
    assert.equal(await firefox.evaluate("crossOriginIsolated"), true);
    const where = await firefox.evaluate(`document.getElementById("evaluator").textContent`);
    assert.match(where, /in a worker of this page, with \d+ threads?\./);
  });

  for (const digit of ["2", "4", "7"]) {
    test(`a ${digit} is read as ${digit}`, async () => {
      await firefox.evaluate(`document.getElementById("clear").click()`);
      assert.equal(await read(digit), digit);
    });
  }
});
