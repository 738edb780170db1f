// How the page comes to be there: small, in bytes that are told as they are, and to be drawn on before anything can read;
// and how it stays at hand while it reads.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { launch } from "./support/browser.mjs";
import { DIGITS } from "./support/digits.mjs";
import { DIST, serve } from "./support/server.mjs";
import { noteProgress, progressTold } from "./support/progress.mjs";
import { Visitor } from "./support/visitor.mjs";

let browser;
let server;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

test("all that a first visit fetches until it can read is less than 1 MB, compressed", async (context) => {
  const asked = new Set();
  const own = await serve({ intercept: (path) => void asked.add(path) });
  // what is then kept for later, to work offline, does not count
  const visitor = await Visitor.open(browser, own.url, { serviceWorkers: "block" });
  await visitor.untilReady();
  const paths = [...asked].filter((path) => path !== "/service-worker.js");
  await visitor.close();
  await own.close();
  const sizes = paths
    .map((path) => [path, join(DIST, path === "/" ? "index.html" : path)])
    .filter(([, file]) => existsSync(file))
    .map(([path, file]) => [path, gzipSync(readFileSync(file), { level: 6 }).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  context.diagnostic(`${total} bytes: ${sizes.map(([path, size]) => `${path} ${size}`).join(", ")}`);
  assert.ok(sizes.some(([path]) => path.startsWith("/models/")) && sizes.some(([path]) => path === "/vault/vault_bg.wasm"));
  assert.ok(total < 1e6, `${total} bytes`);
});

test("one can draw, and sees the image, before there is a network or an evaluator", async () => {
  const visitor = await Visitor.open(browser, server.url, {}, async (page) => {
    const wanted = new Promise((resolve) => (page.letGo = resolve));
    await page.route("**/models/*", async (route) => {
      await wanted;
      await route.continue();
    });
  });
  await visitor.draw("4");
  await visitor.page.waitForFunction(() => {
    const { data } = document.getElementById("preview").getContext("2d").getImageData(0, 0, 28, 28);
    return data.some((value) => value > 0);
  });
  assert.equal(await visitor.attribute("status", "data-state"), "loading");
  assert.equal(await visitor.attribute("answer", "data-state"), "working");
  assert.equal(visitor.page.workers().length, 0);
  visitor.page.letGo();
  assert.equal(await visitor.answer(), "4");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("loading is told in the bytes that have come", async () => {
  const visitor = await Visitor.open(browser, server.url, {}, noteProgress);
  await visitor.untilReady();
  const told = await progressTold(visitor.page);
  const size = (path) => `${(readFileSync(join(DIST, path)).length / 1e3).toFixed(1)} KB`;
  for (const [what, path] of [["vault", "vault/vault_bg.wasm"], ["network", "models/digits.safetensors"]]) {
    assert.ok(told.includes(`Loading the ${what}. You can draw already. ${size(path)} of ${size(path)}`), told);
  }
  await visitor.close();
});

test("while one draws and it reads, no task of the page computes for more than 50 ms", async (context) => {
  const visitor = await Visitor.open(browser, server.url);
  await visitor.untilReady();
  await visitor.untilKept();
  await visitor.draw("8");
  await visitor.answer();
  await visitor.element("clear").click();

  await browser.startTracing(visitor.page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"] });
  for (const digit of Object.keys(DIGITS)) {
    await visitor.draw(digit);
    assert.equal(await visitor.answer(), digit);
    await visitor.element("clear").click();
  }
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  await visitor.close();

  // The page's main thread is the one with the page's own scripts.
  const names = new Map(
    traceEvents.filter(({ name }) => name === "thread_name").map(({ pid, tid, args }) => [`${pid}/${tid}`, args.name]),
  );
  const own = ({ pid, tid }) => names.get(`${pid}/${tid}`) === "CrRendererMain";
  const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && own(event) && event.tdur !== undefined);
  assert.ok(tasks.length > 100, `${tasks.length} tasks were seen`);
  // By the thread's own clock: on a busy machine the time that others had the processor is not the page's.
  const longest = Math.max(...tasks.map(({ tdur }) => tdur)) / 1000;
  const onTheWall = Math.max(...tasks.map(({ dur }) => dur)) / 1000;
  context.diagnostic(`${tasks.length} tasks, the longest ${longest.toFixed(1)} ms of computing, ${onTheWall.toFixed(1)} ms by the clock on the wall`);
  assert.ok(longest <= 50, `${longest} ms`);
});
