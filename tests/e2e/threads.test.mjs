// Where the evaluator runs: on threads where the page is cross-origin isolated, on one where it is
// not. And what the page does where something is missing or breaks.

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

/** Opens the page on a server of its own for the length of `visit`. */
async function visiting(options, visit) {
  const server = await serve(options);
  const visitor = await Visitor.open(browser, server.url);
  try {
    await visit(visitor);
  } finally {
    await visitor.close();
    await server.close();
  }
}

test("an isolated page evaluates on several threads", () =>
  visiting({ isolated: true }, async (visitor) => {
    await visitor.untilReady();
    const processors = await visitor.page.evaluate(() => navigator.hardwareConcurrency);
    assert.equal(await visitor.page.evaluate(() => crossOriginIsolated), true);
    assert.match(await visitor.text("evaluator"), new RegExp(`\\b${Math.min(processors, 8)} threads?\\b`));

    await visitor.draw("2");
    assert.equal(await visitor.answer(), "2");
    assert.deepEqual(visitor.problems, []);
  }));

test("a page that is not isolated evaluates on one thread, and says so", () =>
  visiting({ isolated: false }, async (visitor) => {
    await visitor.untilReady();
    assert.equal(await visitor.page.evaluate(() => crossOriginIsolated), false);
    assert.match(await visitor.text("evaluator"), /single-threaded.*not cross-origin isolated/);

    await visitor.draw("7");
    assert.equal(await visitor.answer(), "7");
    assert.deepEqual(visitor.problems, []);
  }));

test("an evaluator that breaks down is replaced, and the drawing is read", () =>
  visiting({}, async (visitor) => {
    await visitor.untilReady();
    await visitor.draw("4");
    assert.equal(await visitor.answer(), "4");

    const worker = visitor.page.workers().find((each) => each.url().endsWith("/evaluator-worker.js"));
    const replaced = visitor.page.waitForEvent("worker");
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error("broken on purpose");
      }, 0);
    });
    await replaced;
    assert.equal(await visitor.text("answer"), "4", "what has been read stays");
    await visitor.element("clear").click();
    await visitor.draw("0");
    assert.equal(await visitor.answer(), "0");
    assert.equal(await visitor.attribute("status", "data-state"), "ready");
  }));

test("a network that cannot be loaded is named, with a way on", () => {
  let missing = true;
  const intercept = (path) => (missing && path.endsWith(".safetensors") ? 503 : undefined);
  return visiting({ intercept }, async (visitor) => {
    await visitor.untilState("status", "error");
    assert.match(await visitor.text("status"), /network could not be loaded.*503/);
    assert.equal(await visitor.attribute("answer", "data-state"), "error");

    await visitor.draw("6");
    missing = false;
    await visitor.page.getByRole("button", { name: "Try again" }).click();
    assert.equal(await visitor.answer(), "6");
  });
});

test("an evaluator that cannot be loaded is named, with a way on", () => {
  let missing = true;
  const intercept = (path) => (missing && path.endsWith("/evaluator-worker.js") ? 404 : undefined);
  return visiting({ intercept }, async (visitor) => {
    await visitor.untilState("status", "error");
    assert.match(await visitor.text("status"), /evaluator/);

    missing = false;
    await visitor.page.getByRole("button", { name: "Try again" }).click();
    await visitor.untilReady();
    await visitor.draw("1");
    assert.equal(await visitor.answer(), "1");
  });
});
