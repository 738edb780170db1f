// A page that did not come over a secure connection, as a class opens it: at a host name, without
// TLS. The browser withholds some of its functions. The page reads and explains all the same.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";
import { useXrayAndLesson } from "./support/panels.mjs";
import { insecure } from "./support/server.mjs";

const { startSite, startCompanion, openPage } = pageForEachTest();

/** Chromium reports that it ignores this header here. */
const IGNORED_HEADER = /Cross-Origin-Opener-Policy header has been ignored/;

let visitor;
afterEach(() => {
  assert.deepEqual(
    visitor.problems.filter((problem) => !IGNORED_HEADER.test(problem)),
    [],
  );
});

/** Opens the page of a site under a host name that browsers do not trust. */
async function open(site, options = {}) {
  const insecureSite = { ...site, url: insecure(site.url) };
  visitor = await openPage({ site: insecureSite, allowProblems: true, ...options });
}

test("the browser withholds what the page must not rely on", async () => {
  await open(await startSite());
  const offered = await visitor.page.evaluate(() => ({
    isSecureContext,
    crossOriginIsolated,
    "coalesced events": "getCoalescedEvents" in PointerEvent.prototype,
    clipboard: "clipboard" in navigator,
    "service worker": "serviceWorker" in navigator,
    caches: "caches" in globalThis,
    "SHA-256": crypto.subtle !== undefined,
    "shared memory": "SharedArrayBuffer" in globalThis,
  }));
  assert.deepEqual([...new Set(Object.values(offered))], [false], JSON.stringify(offered));
});

test("what is drawn is read, on one thread", async () => {
  await open(await startSite());
  assert.match(await visitor.text("evaluator"), /single-threaded: .* a secure connection/);
  await visitor.drawAndCheck("7");
  await visitor.clear();
  await visitor.writeAndCheck("4");
});

test("every panel works", async () => {
  await open(await startSite());
  await visitor.drawAndCheck("3");
  await useXrayAndLesson(visitor);
  for (const panel of ["relu", "parameters", "models"]) {
    await visitor.togglePanel(panel);
    const body = visitor.page.locator(`#${panel}-body`);
    await body.locator(":scope > *").first().waitFor();
  }
  await visitor.togglePanel("audit");
  const line = visitor.page.locator("#audit-log > li", { hasText: "scores, encrypted" }).first();
  await line.locator("summary").click();
  assert.match(await line.locator(".sha").textContent(), /not available: .* secure connection/);
  const { messages } = JSON.parse(await visitor.download(visitor.element("audit-save")));
  assert.ok(messages.length > 0);
});

test("the scores can be saved, and what is withheld is not offered", async () => {
  await open(await startSite());
  await visitor.drawAndCheck("3");
  assert.equal(await visitor.element("copy").isVisible(), false);
  assert.equal(JSON.parse(await visitor.download(visitor.element("save"))).digit, 3);
  await visitor.page.keyboard.press("?");
  assert.match(await visitor.page.locator("#stored").textContent(), /does not store it/);
});

test("a companion evaluates", async () => {
  await open(await startCompanion(), { query: "?companion" });
  assert.match(await visitor.text("evaluator"), /on the companion at/);
  await visitor.drawAndCheck("5");
});
