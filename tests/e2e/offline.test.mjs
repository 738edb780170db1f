// Offline: after the first visit the page works without a network. Its service worker stores the
// files of the site exactly as they were built, and nothing else. A newer version is offered, and
// never replaces the page while one draws.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { disableServiceWorkers, pageForEachTest } from "./support/page.mjs";
import { DIST } from "./support/server.mjs";
import { publicFiles, storedFiles } from "./support/site.mjs";

const PRECACHE = fileURLToPath(new URL("../../www/precache.mjs", import.meta.url));

const { startSite, openPage, closeAfterTest } = pageForEachTest();

/** The version that the page states. */
const versionOf = (visitor) => visitor.page.locator("meta[name=version]").getAttribute("content");

/** Unplugs the network, and closes the server. */
async function goOffline(visitor) {
  await visitor.page.context().setOffline(true);
  await visitor.site.close();
}

test("after the first visit the page opens and reads without its server", async () => {
  const visitor = await openPage();
  await visitor.waitUntilStored();
  await goOffline(visitor);

  await visitor.page.goto(`${visitor.site.url}?theme=dark`);
  await visitor.waitUntilReady();
  assert.equal(await visitor.isIsolated(), true, "the stored page has its headers");
  assert.match(await visitor.text("evaluator"), /with \d+ threads?\./);
  assert.equal(await visitor.element("theme").inputValue(), "dark");
  await visitor.drawAndCheck("6");

  await visitor.page.reload();
  await visitor.waitUntilReady();
  await visitor.drawAndCheck("4");
});

test("the network may fail while the page is open: another evaluator still loads", async () => {
  const visitor = await openPage({ allowProblems: true });
  await visitor.waitUntilStored();
  await goOffline(visitor);
  await visitor.crashEvaluator();
  await visitor.drawAndCheck("3");
});

test("the service worker stores all files of the site, and nothing else", async () => {
  const visitor = await openPage();
  await visitor.draw("8");
  await visitor.answer();
  await visitor.waitUntilStored();
  assert.deepEqual(await visitor.page.evaluate(storedFiles), publicFiles());
});

test("if one file is not as it was built, nothing is stored", async () => {
  const intercept = (path, { headers }) =>
    path === "/app.js" && headers["sec-fetch-dest"] === "empty" ? "/* another */" : undefined;
  const visitor = await openPage({ serve: { intercept }, ready: false, allowProblems: true });
  const caches = await visitor.page.evaluate(async () => {
    const installing = await new Promise((resolve) => {
      const timer = setInterval(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        if (!registration?.installing) return;
        clearInterval(timer);
        resolve(registration.installing);
      }, 5);
    });
    await new Promise((resolve) => {
      installing.addEventListener(
        "statechange",
        () => installing.state === "redundant" && resolve(),
      );
    });
    return globalThis.caches.keys();
  });
  assert.deepEqual(caches, []);
  await visitor.drawAndCheck("2");
  assert.equal(await visitor.page.locator("#stored").textContent(), "");
});

test("a browser without service workers shows the same page", async () => {
  const visitor = await openPage({ prepare: disableServiceWorkers });
  assert.equal(await visitor.page.evaluate(() => "serviceWorker" in navigator), false);
  await visitor.drawAndCheck("5");
});

test("from the second visit on the service worker isolates the page itself", async () => {
  const visitor = await openPage({ serve: { isolated: false } });
  assert.equal(await visitor.isIsolated(), false);
  await visitor.waitUntilStored();
  await visitor.page.reload();
  await visitor.waitUntilReady();
  assert.equal(await visitor.isIsolated(), true);
  assert.doesNotMatch(await visitor.text("evaluator"), /single-threaded/);
  await visitor.drawAndCheck("7");
});

test("a newer version is offered, waits, and replaces all files at once", async () => {
  const newer = mkdtempSync(join(tmpdir(), "inkognito-newer-"));
  closeAfterTest({ close: () => rmSync(newer, { recursive: true }) });
  cpSync(DIST, newer, { recursive: true });
  appendFileSync(join(newer, "icon.svg"), "<!-- newer -->");
  const environment = { ...process.env, TRUNK_STAGING_DIR: newer };
  execFileSync(process.execPath, [PRECACHE], { env: environment });

  let folder = DIST;
  const site = await startSite({ folder: () => folder });
  const visitor = await openPage({ site });
  await visitor.waitUntilStored();
  const oldVersion = await versionOf(visitor);
  assert.match(oldVersion, /^[0-9a-f]{16}$/);
  await visitor.drawAndCheck("9");
  assert.equal(await visitor.text("update"), "");

  folder = newer;
  await visitor.page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const reload = visitor.element("update").getByRole("button", { name: "Reload" });
  await reload.waitFor();
  assert.equal(await visitor.text("answer"), "9", "the drawing is still there");
  const later = await openPage({ site });
  assert.notEqual(await versionOf(later), oldVersion, "another browser gets the newer one at once");

  await reload.click();
  const versionChanged = (old) => {
    const version = document.querySelector("meta[name=version]");
    return version !== null && version.content !== old;
  };
  await visitor.page.waitForFunction(versionChanged, oldVersion);
  await visitor.waitUntilReady();
  assert.equal(await versionOf(visitor), await versionOf(later));
  assert.deepEqual(await visitor.page.evaluate(storedFiles), publicFiles(newer));
});
