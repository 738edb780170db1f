// An evaluator that crashes, is given garbage, gives garbage or runs out of memory: the page says so
// in plain words, starts another one by itself, and nothing that was drawn is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/**
 * Opens the page for the length of `visit`. `spoil` is a script that runs in the worker first of all;
 * `times` says how many workers it is given to.
 */
async function visiting({ spoil = "", times = 1, inPage }, visit) {
  let left = times;
  const spoiling = { left: (value) => (left = value) };
  const server = await serve({
    intercept: (path) => (path === "/evaluator-worker.js" && left-- > 0 ? `${spoil}\n` : undefined),
  });
  const visitor = await Visitor.open(browser, server.url, {}, async (page) => {
    if (inPage) await page.addInitScript(inPage);
    // Every word that the page says about itself, in order.
    await page.addInitScript(() => {
      globalThis.said = [];
      addEventListener("DOMContentLoaded", () => {
        const status = document.getElementById("status");
        new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
      });
    });
  });
  try {
    await visit(visitor, spoiling);
  } finally {
    await visitor.close();
    await server.close();
  }
}

/** Draws a digit as soon as that is possible, and waits for its answer. */
async function drawnAndRead(visitor, digit, because) {
  await visitor.page.locator("#preview").waitFor();
  await visitor.draw(digit);
  assert.equal(await visitor.answer(), digit);
  const said = await visitor.page.evaluate(() => said);
  assert.ok(
    said.some((words) => because.test(words) && /Another one is started/.test(words)),
    `said: ${said.join(" | ")}`,
  );
  assert.equal(await visitor.attribute("status", "data-state"), "ready");
}

test("an evaluator that runs out of memory is replaced", () => {
  // Room for the program, and not for all keys.
  const spoil = `const Native = WebAssembly.Memory;
    WebAssembly.Memory = class extends Native {
      constructor(limits) { super({ ...limits, maximum: limits.initial + 128 }); }
    };`;
  return visiting({ spoil }, (visitor) => drawnAndRead(visitor, "7", /The evaluator stopped \(.*unreachable/));
});

test("an evaluator whose answer is garbage is replaced", () => {
  const spoil = `const native = self.postMessage;
    self.postMessage = (message, ...rest) => {
      message.answer?.envelope?.fill(0x55);
      native.call(self, message, ...rest);
    };`;
  return visiting({ spoil }, (visitor) => drawnAndRead(visitor, "2", /answer cannot be read/));
});

test("an evaluator that says what nobody asked for is replaced", () =>
  visiting({}, async (visitor) => {
    await visitor.untilReady();
    const worker = visitor.page.workers().find((each) => each.url().endsWith("/evaluator-worker.js"));
    await worker.evaluate(() => postMessage(["garbage", { id: 0 }, null]));
    await drawnAndRead(visitor, "0", /what is no answer/);
  }));

test("an evaluator that was given garbage is replaced", () => {
  const inPage = () => {
    const native = Worker.prototype.postMessage;
    let first = true;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (first && message.kind === "infer") {
        first = false;
        message.ask.envelope.fill(0xff, 24);
      }
      return native.call(this, message, ...rest);
    };
  };
  return visiting({ inPage }, (visitor) => drawnAndRead(visitor, "4", /level 255/));
});

test("an evaluator that keeps crashing is given up, and one can try again", () => {
  const spoil = `setTimeout(() => { throw new Error("broken on purpose"); });`;
  return visiting({ spoil, times: Infinity }, async (visitor, spoiling) => {
    await visitor.untilState("status", "error");
    assert.match(await visitor.text("status"), /keeps stopping.*broken on purpose/);
    await visitor.draw("3");
    spoiling.left(0);
    await visitor.page.getByRole("button", { name: "Try again" }).click();
    assert.equal(await visitor.answer(), "3");
  });
});
