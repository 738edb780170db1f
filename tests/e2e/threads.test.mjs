// The evaluator runs on several threads where the page is cross-origin isolated, and on one thread
// where it is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";

const { openPage } = pageForEachTest();

test("an isolated page evaluates on several threads", async () => {
  const visitor = await openPage({ serve: { isolated: true } });
  const processors = await visitor.page.evaluate(() => navigator.hardwareConcurrency);
  assert.equal(await visitor.isIsolated(), true);
  assert.match(
    await visitor.text("evaluator"),
    new RegExp(`\\b${Math.min(processors, 8)} threads?\\b`),
  );

  await visitor.drawAndCheck("2");
});

test("a page that is not isolated evaluates on one thread, and says so", async () => {
  const visitor = await openPage({ serve: { isolated: false } });
  assert.equal(await visitor.isIsolated(), false);
  assert.match(await visitor.text("evaluator"), /single-threaded.*not cross-origin isolated/);

  await visitor.drawAndCheck("7");
});
