// Loading: a first visit fetches little, the page shows how many bytes have come, one can draw
// before the network is there, a failure is named, and the page stays responsive while it reads.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { DIGITS } from "./support/digits.mjs";
import { disableServiceWorkers, pageForEachTest } from "./support/page.mjs";
import { recordedProgress, recordProgress } from "./support/progress.mjs";
import { DIST } from "./support/server.mjs";

const { openPage } = pageForEachTest();

test("a first visit fetches less than 1 MB, compressed, until it can read", async (context) => {
  const requested = new Set();
  const intercept = (path) => void requested.add(path);
  // The files that a service worker stores afterwards, to work offline, do not count.
  await openPage({ serve: { intercept }, prepare: disableServiceWorkers });
  const sizes = [...requested]
    .map((path) => [path, join(DIST, path === "/" ? "index.html" : path)])
    .filter(([, file]) => existsSync(file))
    .map(([path, file]) => [path, gzipSync(readFileSync(file), { level: 6 }).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const list = sizes.map(([path, size]) => `${path} ${size}`).join(", ");
  context.diagnostic(`${total} bytes: ${list}`);
  assert.ok(sizes.some(([path]) => path.startsWith("/models/")));
  assert.ok(sizes.some(([path]) => path === "/vault/vault_bg.wasm"));
  assert.ok(total < 1e6, `${total} bytes`);
});

test("one can draw, and sees the image, before the network is loaded", async () => {
  let letModelThrough;
  const visitor = await openPage({
    ready: false,
    async prepare(page) {
      const wanted = new Promise((resolve) => (letModelThrough = resolve));
      await page.route("**/models/*", async (route) => {
        await wanted;
        await route.continue();
      });
    },
  });
  await visitor.draw("4");
  await visitor.page.waitForFunction(() => {
    const preview = document.getElementById("preview").getContext("2d");
    return preview.getImageData(0, 0, 28, 28).data.some((value) => value > 0);
  });
  assert.equal(await visitor.attribute("status", "data-state"), "loading");
  assert.equal(await visitor.attribute("answer", "data-state"), "working");
  assert.equal(visitor.page.workers().length, 0);
  letModelThrough();
  assert.equal(await visitor.answer(), "4");
});

test("what is drawn while keys are being made is read once they are made", async () => {
  const visitor = await openPage({ ready: false });
  await visitor.drawAndCheck("3");
});

test("the page shows how many bytes have come", async () => {
  const visitor = await openPage({ prepare: recordProgress });
  const shown = await recordedProgress(visitor.page);
  const size = (path) => `${(readFileSync(join(DIST, path)).length / 1e3).toFixed(1)} KB`;
  const message = (name, path) =>
    `Loading the ${name}. You can draw already. ${size(path)} of ${size(path)}`;
  for (const [name, path] of [
    ["vault", "vault/vault_bg.wasm"],
    ["network", "models/digits.safetensors"],
  ]) {
    assert.ok(shown.includes(message(name, path)), shown);
  }
});

test("the page names a network that cannot be loaded, and offers to try again", async () => {
  let missing = true;
  const intercept = (path) => (missing && path.endsWith(".safetensors") ? 503 : undefined);
  const visitor = await openPage({ serve: { intercept }, ready: false, allowProblems: true });
  await visitor.waitForState("status", "error");
  assert.match(await visitor.text("status"), /network could not be loaded.*503/);
  assert.equal(await visitor.attribute("answer", "data-state"), "error");

  await visitor.draw("6");
  missing = false;
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  assert.equal(await visitor.answer(), "6");
});

test("the page names an evaluator that cannot be loaded, and offers to try again", async () => {
  let missing = true;
  const intercept = (path) => (missing && path.endsWith("/evaluator-worker.js") ? 404 : undefined);
  const visitor = await openPage({ serve: { intercept }, ready: false, allowProblems: true });
  await visitor.waitForState("status", "error");
  assert.match(await visitor.text("status"), /evaluator/);

  missing = false;
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  await visitor.waitUntilReady();
  await visitor.drawAndCheck("1");
});

test("while one draws and it reads, no task of the page takes over 50 ms", async (context) => {
  const visitor = await openPage();
  await visitor.waitUntilStored();
  await visitor.draw("8");
  await visitor.answer();
  await visitor.clear();

  const browser = visitor.page.context().browser();
  await browser.startTracing(visitor.page, {
    categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"],
  });
  for (const digit of Object.keys(DIGITS)) {
    await visitor.drawAndCheck(digit);
    await visitor.clear();
  }
  const { traceEvents } = JSON.parse(await browser.stopTracing());

  // The main thread of the page is the one that runs the page's scripts.
  const threads = new Map(
    traceEvents
      .filter(({ name }) => name === "thread_name")
      .map(({ pid, tid, args }) => [`${pid}/${tid}`, args.name]),
  );
  const isMain = ({ pid, tid }) => threads.get(`${pid}/${tid}`) === "CrRendererMain";
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith("RunTask") && isMain(event) && event.tdur !== undefined,
  );
  assert.ok(tasks.length > 100, `${tasks.length} tasks were seen`);
  // By the clock of the thread: the wall clock would count the time of other programs as well.
  const longest = Math.max(...tasks.map(({ tdur }) => tdur)) / 1000;
  const wall = Math.max(...tasks.map(({ dur }) => dur)) / 1000;
  context.diagnostic(
    `${tasks.length} tasks, at most ${longest.toFixed(1)} ms, ${wall.toFixed(1)} ms by wall clock`,
  );
  assert.ok(longest <= 50, `${longest} ms`);
});
