// The page without a network: it is kept by its service worker, exactly as it was built, and a newer one is offered and
// never forced upon a drawing. What is kept is the site's own files, byte for byte.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "./support/browser.mjs";
import { closing } from "./support/closing.mjs";
import { DIST, serve } from "./support/server.mjs";
import { keptFiles, publicFiles } from "./support/site.mjs";
import { Visitor } from "./support/visitor.mjs";

const PRECACHE = fileURLToPath(new URL("../../www/precache.mjs", import.meta.url));

let browser;
const closed = closing();
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const start = async (options) => closed(await serve(options));
const visit = async (url, options, before) => closed(await Visitor.open(browser, url, options, before));

const versionOf = (visitor) => visitor.page.locator("meta[name=version]").getAttribute("content");
const isolated = (visitor) => visitor.page.evaluate(() => crossOriginIsolated);

test("a page that was there once opens and reads with its server gone", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.untilKept();
  await visitor.page.context().setOffline(true);
  await server.close();

  await visitor.page.goto(`${server.url}?theme=dark`);
  await visitor.untilReady();
  assert.equal(await isolated(visitor), true, "what is kept has its headers");
  assert.match(await visitor.text("evaluator"), /with \d+ threads?\./);
  assert.equal(await visitor.element("theme").inputValue(), "dark");
  await visitor.draw("6");
  assert.equal(await visitor.answer(), "6");

  await visitor.page.reload();
  await visitor.untilReady();
  await visitor.draw("4");
  assert.equal(await visitor.answer(), "4");
});

test("the network may go while the page is open: what is loaded later is there as well", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.untilKept();
  await visitor.page.context().setOffline(true);
  await server.close();
  const worker = visitor.page.workers().find((each) => each.url().endsWith("/evaluator-worker.js"));
  const replaced = visitor.page.waitForEvent("worker");
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("broken on purpose");
    });
  });
  await replaced;
  await visitor.draw("3");
  assert.equal(await visitor.answer(), "3");
});

test("what is kept is the site's own files, all of them and nothing else", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.draw("8");
  await visitor.answer();
  await visitor.untilKept();
  assert.deepEqual(await visitor.page.evaluate(keptFiles), publicFiles());
  assert.deepEqual(visitor.problems, []);
});

test("a file that is not as it was built is not kept, and nothing is then", async () => {
  const server = await start({
    intercept: (path, { headers }) =>
      path === "/app.js" && headers["sec-fetch-dest"] === "empty" ? "/* something else */" : undefined,
  });
  const visitor = await visit(server.url);
  const gone = visitor.page.evaluate(async () => {
    const { installing } = await new Promise((resolve) => {
      const look = setInterval(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        if (registration?.installing) resolve((clearInterval(look), registration));
      }, 5);
    });
    await new Promise((resolve) => {
      installing.addEventListener("statechange", () => installing.state === "redundant" && resolve());
    });
    return caches.keys();
  });
  assert.deepEqual(await gone, []);
  await visitor.draw("2");
  assert.equal(await visitor.answer(), "2");
  assert.equal(await visitor.page.locator("#stored").textContent(), "");
});

test("a browser without service workers has the same page", async () => {
  const server = await start();
  const visitor = await visit(server.url, {}, (page) =>
    page.addInitScript(() => delete Navigator.prototype.serviceWorker),
  );
  await visitor.untilReady();
  assert.equal(await visitor.page.evaluate(() => "serviceWorker" in navigator), false);
  await visitor.draw("5");
  assert.equal(await visitor.answer(), "5");
  assert.deepEqual(visitor.problems, []);
});

test("where the host does not isolate the page, the service worker does from the second visit on", async () => {
  const server = await start({ isolated: false });
  const visitor = await visit(server.url);
  await visitor.untilReady();
  assert.equal(await isolated(visitor), false);
  await visitor.untilKept();
  await visitor.page.reload();
  await visitor.untilReady();
  assert.equal(await isolated(visitor), true);
  assert.doesNotMatch(await visitor.text("evaluator"), /single-threaded/);
  await visitor.draw("7");
  assert.equal(await visitor.answer(), "7");
  assert.deepEqual(visitor.problems, []);
});

test("a newer version is offered, waits for the visitor, and replaces the old one whole", async () => {
  const newer = mkdtempSync(join(tmpdir(), "inkognito-newer-"));
  closed({ close: () => rmSync(newer, { recursive: true }) });
  cpSync(DIST, newer, { recursive: true });
  appendFileSync(join(newer, "icon.svg"), "<!-- newer -->");
  execFileSync(process.execPath, [PRECACHE], { env: { ...process.env, TRUNK_STAGING_DIR: newer } });

  let folder = DIST;
  const server = await start({ folder: () => folder });
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.untilKept();
  const old = await versionOf(visitor);
  assert.match(old, /^[0-9a-f]{16}$/);
  await visitor.draw("9");
  assert.equal(await visitor.answer(), "9");
  assert.equal(await visitor.text("update"), "");

  folder = newer;
  await visitor.page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const reload = visitor.element("update").getByRole("button", { name: "Reload" });
  await reload.waitFor();
  assert.equal(await visitor.text("answer"), "9", "the drawing is still there");
  const later = await visit(server.url);
  await later.untilReady();
  assert.notEqual(await versionOf(later), old, "another browser has the newer one at once");

  await reload.click();
  await visitor.page.waitForFunction((was) => document.querySelector("meta[name=version]")?.content !== was, old);
  await visitor.untilReady();
  assert.equal(await versionOf(visitor), await versionOf(later));
  assert.deepEqual(await visitor.page.evaluate(keptFiles), publicFiles(newer));
  assert.deepEqual(visitor.problems, []);
});
