// Recovery: when an evaluator crashes, receives garbage, sends garbage or runs out of memory, the
// page says so in plain words, starts another one, and keeps the drawing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";

const { openPage } = pageForEachTest();

/**
 * Opens a page whose evaluator is broken. `spoil` is a script that runs first in the first `times`
 * workers. `inPage` runs in the page before its own scripts. Errors are expected.
 */
async function openBroken({ spoil = "", times = 1, inPage, ready = false }) {
  const workers = { left: times };
  const intercept = (path) =>
    path === "/evaluator-worker.js" && workers.left-- > 0 ? `${spoil}\n` : undefined;
  const visitor = await openPage({
    serve: { intercept },
    ready,
    allowProblems: true,
    async prepare(page) {
      if (inPage) await page.addInitScript(inPage);
      await page.addInitScript(recordStatus);
    },
  });
  return { visitor, workers };
}

/** In the page: records every text of its status line, in order. */
function recordStatus() {
  globalThis.statusTexts = [];
  addEventListener("DOMContentLoaded", () => {
    const status = document.getElementById("status");
    const record = () => statusTexts.push(status.textContent);
    new MutationObserver(record).observe(status, { childList: true });
  });
}

/** Draws a digit, waits for its answer, and checks that the page replaced its evaluator and why. */
async function checkReplaced(visitor, digit, reason) {
  await visitor.page.locator("#preview").waitFor();
  await visitor.drawAndCheck(digit);
  const texts = await visitor.page.evaluate(() => statusTexts);
  assert.ok(
    texts.some((text) => reason.test(text) && /Another one starts/.test(text)),
    `the page said: ${texts.join(" | ")}`,
  );
  assert.equal(await visitor.attribute("status", "data-state"), "ready");
}

test("an evaluator that crashes is replaced, and its answer stays", async () => {
  const visitor = await openPage({ allowProblems: true });
  await visitor.drawAndCheck("4");

  assert.equal(await visitor.attribute("copy", "aria-disabled"), "false");
  await visitor.crashEvaluator();
  assert.equal(await visitor.text("answer"), "4", "the answer stays");
  await visitor.waitUntilReady();
  for (const id of ["copy", "save"]) {
    assert.equal(await visitor.attribute(id, "aria-disabled"), "true");
    await visitor.element(id).press("Enter");
    assert.equal(
      await visitor.text("status"),
      "The scores cannot be exported: they belong to a key that has been wiped; draw again for " +
        "new ones.",
    );
  }
  await visitor.clear();
  await visitor.drawAndCheck("0");
  assert.equal(await visitor.attribute("status", "data-state"), "ready");
  assert.equal(await visitor.attribute("copy", "aria-disabled"), "false");
});

test("an evaluator that runs out of memory is replaced", async () => {
  // Enough memory for the program, and too little for all keys.
  const spoil = `const Native = WebAssembly.Memory;
    WebAssembly.Memory = class extends Native {
      constructor(limits) { super({ ...limits, maximum: limits.initial + 128 }); }
    };`;
  const { visitor } = await openBroken({ spoil });
  await checkReplaced(visitor, "7", /The evaluator stopped \(.*unreachable/);
});

test("an evaluator whose answer is garbage is replaced", async () => {
  const spoil = `const native = self.postMessage;
    self.postMessage = (message, ...rest) => {
      message.answer?.envelope?.fill(0x55);
      native.call(self, message, ...rest);
    };`;
  const { visitor } = await openBroken({ spoil });
  await checkReplaced(visitor, "2", /answer cannot be read/);
});

test("an evaluator that sends a message without a request is replaced", async () => {
  const { visitor } = await openBroken({ ready: true });
  const worker = visitor.evaluatorWorker();
  await worker.evaluate(() => postMessage(["garbage", { id: 0 }, null]));
  await checkReplaced(visitor, "0", /something that is not an answer/);
});

test("an evaluator that received garbage is replaced", async () => {
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
  const { visitor } = await openBroken({ inPage });
  await checkReplaced(visitor, "4", /level 255/);
});

test("the page gives up an evaluator that keeps crashing, and offers to try again", async () => {
  const spoil = `setTimeout(() => { throw new Error("broken on purpose"); });`;
  const { visitor, workers } = await openBroken({ spoil, times: Infinity });
  await visitor.waitForState("status", "error");
  assert.match(await visitor.text("status"), /keeps stopping.*broken on purpose/);
  await visitor.draw("3");
  workers.left = 0;
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  assert.equal(await visitor.answer(), "3");
});
