// The evaluator at a companion: chosen and left at any time, and brought back its keys when it has
// lost them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "./support/browser.mjs";
import { closing } from "./support/page.mjs";
import { companion } from "./support/companion.mjs";
import { eventually } from "./support/eventually.mjs";
import { serve } from "./support/server.mjs";
import { keptFiles, publicFiles } from "./support/site.mjs";
import { noteProgress, progressTold } from "./support/progress.mjs";
import { Visitor } from "./support/visitor.mjs";

const PICTURES = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));

let browser;
const closed = closing();
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const start = async (options) => closed(await companion(options));
const visit = async (url, options, before) => closed(await Visitor.open(browser, url, options, before));

/** The keys that a companion keeps. */
function kept({ store }) {
  try {
    return readdirSync(join(store, "keys"));
  } catch {
    return [];
  }
}

async function choose(visitor, place) {
  await visitor.page.getByRole("radio", { name: place, exact: true }).check();
}

/** Waits until the evaluator says that it runs there. */
async function untilAt(visitor, place) {
  await visitor.page.getByTestId("evaluator").filter({ hasText: place }).waitFor();
  await visitor.untilReady();
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

test("the companion's page is isolated, and reads in the page itself at first", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await untilAt(visitor, "in a worker of this page");
  assert.equal(await visitor.page.evaluate(() => crossOriginIsolated), true);
  await visitor.draw("2");
  assert.equal(await visitor.answer(), "2");
  assert.deepEqual(kept(server), []);
  assert.deepEqual(visitor.problems, []);
});

test("the page comes compressed, and how far it is told in what comes out of that", async () => {
  const server = await start();
  const visitor = await visit(server.url, { serviceWorkers: "block" }, noteProgress);
  await visitor.untilReady();
  const loaded = await visitor.page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name, encodedBodySize, decodedBodySize }) => ({
      path: new URL(name).pathname,
      sent: encodedBodySize,
      size: decodedBodySize,
    })),
  );
  const modules = loaded.filter(({ path }) => path.endsWith("_bg.wasm"));
  assert.ok(modules.length > 0 && modules.every(({ sent, size }) => sent < size / 2), JSON.stringify(loaded));
  const told = await progressTold(visitor.page);
  assert.match(told, / ([\d.]+ KB) of \1$/m);
});

test("what came compressed is kept as it is, and opens with the companion gone", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.untilKept();
  assert.deepEqual(await visitor.page.evaluate(keptFiles), publicFiles());
  await server.kill();
  await visitor.page.reload();
  await visitor.untilReady();
  await visitor.draw("3");
  assert.equal(await visitor.answer(), "3");
});

test("one may change to the companion and back, and the drawing stays", async () => {
  const server = await start();
  const visitor = await visit(server.url);
  await visitor.untilReady();
  await visitor.draw("3");
  assert.equal(await visitor.answer(), "3");

  await choose(visitor, "companion");
  await untilAt(visitor, "on the companion at");
  assert.equal(await visitor.answer(), "3");
  await eventually(() => assert.equal(kept(server).length, 1));
  await visitor.element("clear").click();
  await visitor.draw("5");
  assert.equal(await visitor.answer(), "5");
  assert.ok(Number(await visitor.attribute("latency", "data-ms")) > 0, "the companion reports its times");
  mkdirSync(PICTURES, { recursive: true });
  await visitor.page.screenshot({ path: join(PICTURES, "companion.png") });

  await choose(visitor, "in this page");
  await untilAt(visitor, "in a worker of this page");
  await eventually(() => assert.deepEqual(kept(server), []));
  assert.equal(await visitor.answer(), "5");
  await visitor.element("clear").click();
  await visitor.draw("7");
  assert.equal(await visitor.answer(), "7");
  assert.deepEqual(visitor.problems, []);
});

test("the upload shows how far it is", async () => {
  const server = await start();
  const visitor = await visit(server.url, {}, noteProgress);
  await visitor.untilReady();
  await choose(visitor, "companion");
  await untilAt(visitor, "on the companion at");
  const told = await progressTold(visitor.page);
  assert.match(told, /^Sending the evaluation keys to the companion\. .* [\d.]+ [KM]?B of [\d.]+ MB$/m);
});

test("a companion that has lost the keys is given them again", async () => {
  const server = await start({ flags: ["--recheck", "1ms"] });
  const visitor = await visit(`${server.url}?companion`);
  await untilAt(visitor, "on the companion at");
  await visitor.draw("4");
  assert.equal(await visitor.answer(), "4");
  const before = kept(server);
  rmSync(join(server.store, "keys"), { recursive: true });

  await visitor.element("clear").click();
  await visitor.draw("0");
  assert.equal(await visitor.answer(), "0");
  assert.deepEqual(kept(server), before, "the same keys");
  await visitor.untilReady();
});

test("a companion that is killed and started again goes on where it was", async () => {
  const first = await start();
  const visitor = await visit(`${first.url}?companion`);
  await untilAt(visitor, "on the companion at");
  await visitor.draw("6");
  assert.equal(await visitor.answer(), "6");
  await first.kill();
  await visitor.element("clear").click();
  await visitor.draw("8");
  await start({ port: first.port, store: first.store });
  assert.equal(await visitor.answer(), "8");
});

test("a companion that is not there is named, and the page reads by itself", async () => {
  const server = await start();
  const visitor = await visit(`${server.url}?companion`);
  await untilAt(visitor, "on the companion at");
  await visitor.draw("9");
  assert.equal(await visitor.answer(), "9");
  await server.kill();
  await visitor.element("clear").click();
  await visitor.draw("1");
  await visitor.untilState("status", "error");
  assert.match(await visitor.text("status"), /companion at http:\S+ cannot be reached/);
  // What the page itself needs has been loaded by then, but for the worker's script.
  await start({ port: server.port, store: server.store });
  await choose(visitor, "in this page");
  assert.equal(await visitor.answer(), "1");
});

test("a companion of another origin serves the page if both allow it", async () => {
  const helper = await freePort();
  const origin = `http://127.0.0.1:${helper}`;
  const page = await start({ flags: ["--connect-src", origin] });
  await start({ port: helper, flags: ["--allow-origin", new URL(page.url).origin] });
  const friend = await visit(`${page.url}?companion=${origin}`);
  await untilAt(friend, `on the companion at ${origin}`);
  await friend.draw("7");
  assert.equal(await friend.answer(), "7");

  const stranger = await start();
  const refused = await visit(`${stranger.url}?companion=${origin}`);
  await refused.untilState("status", "error");
  assert.match(await refused.text("status"), /cannot be reached/);
});

test("something that is no companion is named", async () => {
  const server = closed(await serve());
  const visitor = await visit(`${server.url}?companion`);
  await visitor.untilState("status", "error");
  assert.match(await visitor.text("status"), /no companion at this address/i);
  await visitor.draw("2");
  await choose(visitor, "in this page");
  assert.equal(await visitor.answer(), "2");
});
