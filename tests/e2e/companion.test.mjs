// The evaluator at a companion: one can change to it and back at any time, and the page uploads its
// keys again when the companion has lost them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { eventually } from "./support/eventually.mjs";
import { disableServiceWorkers, pageForEachTest } from "./support/page.mjs";
import { recordedProgress, recordProgress } from "./support/progress.mjs";
import { publicFiles, storedFiles } from "./support/site.mjs";

const { startSite, startCompanion, openPage } = pageForEachTest();

/** Opens the page that a companion serves, and evaluates there. */
async function openAt(companion, options = {}) {
  const visitor = await openPage({ site: companion, query: "?companion", ...options });
  await waitUntilEvaluatorIs(visitor, "on the companion at");
  return visitor;
}

/** The ids of the keys that a companion stores. */
function storedKeys({ store }) {
  try {
    return readdirSync(join(store, "keys"));
  } catch {
    return [];
  }
}

/** Chooses where to evaluate: "in this page" or "companion". */
async function choose(visitor, evaluator) {
  await visitor.page.getByRole("radio", { name: evaluator, exact: true }).check();
}

/** Waits until the page says that its evaluator runs there. */
async function waitUntilEvaluatorIs(visitor, where) {
  await visitor.element("evaluator").filter({ hasText: where }).waitFor();
  await visitor.waitUntilReady();
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
  const companion = await startCompanion();
  const visitor = await openPage({ site: companion });
  await waitUntilEvaluatorIs(visitor, "in a worker of this page");
  assert.equal(await visitor.isIsolated(), true);
  await visitor.drawAndCheck("2");
  assert.deepEqual(storedKeys(companion), []);
});

test("the companion sends files compressed, and the page counts uncompressed bytes", async () => {
  const visitor = await openPage({
    site: await startCompanion(),
    async prepare(page) {
      await disableServiceWorkers(page);
      await recordProgress(page);
    },
  });
  const loaded = await visitor.page.evaluate(() =>
    performance.getEntriesByType("resource").map((entry) => ({
      path: new URL(entry.name).pathname,
      sent: entry.encodedBodySize,
      size: entry.decodedBodySize,
    })),
  );
  const modules = loaded.filter(({ path }) => path.endsWith("_bg.wasm"));
  assert.ok(modules.length > 0);
  assert.ok(
    modules.every(({ sent, size }) => sent < size / 2),
    JSON.stringify(loaded),
  );
  assert.match(await recordedProgress(visitor.page), / ([\d.]+ KB) of \1$/m);
});

test("files that came compressed are stored as built, and open without the companion", async () => {
  const companion = await startCompanion();
  const visitor = await openPage({ site: companion, allowProblems: true });
  await visitor.waitUntilStored();
  assert.deepEqual(await visitor.page.evaluate(storedFiles), publicFiles());
  await companion.kill();
  await visitor.page.reload();
  await visitor.waitUntilReady();
  await visitor.drawAndCheck("3");
});

test("one may change to the companion and back, and the drawing stays", async () => {
  const companion = await startCompanion();
  const visitor = await openPage({ site: companion });
  await visitor.drawAndCheck("3");

  await choose(visitor, "companion");
  await waitUntilEvaluatorIs(visitor, "on the companion at");
  assert.equal(await visitor.answer(), "3");
  await eventually(() => assert.equal(storedKeys(companion).length, 1));
  await visitor.clear();
  await visitor.drawAndCheck("5");
  const time = Number(await visitor.attribute("latency", "data-ms"));
  assert.ok(time > 0, "the companion reports its times");
  await visitor.screenshot("companion");

  await choose(visitor, "in this page");
  await waitUntilEvaluatorIs(visitor, "in a worker of this page");
  await eventually(() => assert.deepEqual(storedKeys(companion), []));
  assert.equal(await visitor.answer(), "5");
  await visitor.clear();
  await visitor.drawAndCheck("7");
});

test("the page shows how much of the keys is uploaded", async () => {
  const visitor = await openPage({ site: await startCompanion(), prepare: recordProgress });
  await choose(visitor, "companion");
  await waitUntilEvaluatorIs(visitor, "on the companion at");
  assert.match(
    await recordedProgress(visitor.page),
    /^Sending the evaluation keys to the companion\. .* [\d.]+ [KM]?B of [\d.]+ MB$/m,
  );
});

test("the page uploads its keys again when the companion has lost them", async () => {
  const companion = await startCompanion({ flags: ["--recheck", "1ms"] });
  const visitor = await openAt(companion, { allowProblems: true });
  await visitor.drawAndCheck("4");
  const before = storedKeys(companion);
  rmSync(join(companion.store, "keys"), { recursive: true });

  await visitor.clear();
  await visitor.drawAndCheck("0");
  assert.deepEqual(storedKeys(companion), before, "the same keys");
  await visitor.waitUntilReady();
});

test("when a killed companion starts again, it still has the keys", async () => {
  const first = await startCompanion();
  const visitor = await openAt(first, { allowProblems: true });
  await visitor.drawAndCheck("6");
  await first.kill();
  await visitor.clear();
  // The page repeats its requests for four seconds: a 1 is drawn quickly.
  await visitor.draw("1");
  await startCompanion({ port: first.port, store: first.store });
  assert.equal(await visitor.answer(), "1");
});

test("the page names a companion that is gone, and can read by itself", async () => {
  const companion = await startCompanion();
  const visitor = await openAt(companion, { allowProblems: true });
  await visitor.drawAndCheck("9");
  await companion.kill();
  await visitor.clear();
  await visitor.draw("1");
  await visitor.waitForState("status", "error");
  assert.match(await visitor.text("status"), /companion at http:\S+ cannot be reached/);
  // The page has loaded all that it needs, except the script of the worker.
  await startCompanion({ port: companion.port, store: companion.store });
  await choose(visitor, "in this page");
  assert.equal(await visitor.answer(), "1");
});

test("a companion of another origin is used only if both sides allow it", async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const query = `?companion=${origin}`;
  const allowing = await startCompanion({ flags: ["--connect-src", origin] });
  await startCompanion({ port, flags: ["--allow-origin", new URL(allowing.url).origin] });
  // A request to the other companion is one to another origin.
  const allowed = await openPage({ site: allowing, query, allowProblems: true });
  await waitUntilEvaluatorIs(allowed, `on the companion at ${origin}`);
  await allowed.drawAndCheck("7");

  const forbidding = await startCompanion();
  const refused = await openPage({ site: forbidding, query, ready: false, allowProblems: true });
  await refused.waitForState("status", "error");
  assert.match(await refused.text("status"), /cannot be reached/);
});

test("an address without a scheme is that of a host", async () => {
  const companion = await startCompanion();
  const { host } = new URL(companion.url);
  const visitor = await openAt(companion, { query: `?companion=${host}` });
  await visitor.drawAndCheck("4");
  await choose(visitor, "in this page");
  await waitUntilEvaluatorIs(visitor, "in a worker of this page");
  await choose(visitor, "companion");
  await visitor.page.locator("#companion-address").fill(host);
  await visitor.page.locator("#companion-address").press("Tab");
  await waitUntilEvaluatorIs(visitor, "on the companion at");

  // Nobody listens there, and the policy allows no other origin.
  const other = await openPage({
    site: companion,
    query: "?companion=localhost:1",
    ready: false,
    allowProblems: true,
  });
  await other.waitForState("status", "error");
  assert.match(await other.text("status"), /companion at http:\/\/localhost:1 cannot be reached/);
});

test("an address that is none is named, and the page reads by itself", async () => {
  const site = await startSite();
  for (const address of ["nonsense", "ftp://127.0.0.1:8090", "host:99999"]) {
    const query = `?companion=${encodeURIComponent(address)}`;
    const visitor = await openPage({ site, query });
    await waitUntilEvaluatorIs(visitor, "in a worker of this page");
    const said = `“${address}” is not the address of a companion`;
    assert.ok((await visitor.text("companion-problem")).startsWith(said), address);
    await visitor.drawAndCheck("1");
  }
  const visitor = await openPage({ site });
  const field = visitor.page.locator("#companion-address");
  const problem = visitor.page.locator("#companion-problem");
  assert.equal(await problem.textContent(), "");
  await field.evaluate((input) => {
    input.value = "nonsense";
  });
  await choose(visitor, "companion");
  assert.match(await problem.textContent(), /^“nonsense” is not the address/);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await visitor.drawAndCheck("0");
  await choose(visitor, "in this page");
  assert.equal(await problem.textContent(), "");
});

test("the page names an address that is no companion, and can read by itself", async () => {
  const visitor = await openPage({
    site: await startSite(),
    query: "?companion",
    ready: false,
    allowProblems: true,
  });
  await visitor.waitForState("status", "error");
  assert.match(await visitor.text("status"), /no companion at this address/i);
  await visitor.draw("2");
  await choose(visitor, "in this page");
  assert.equal(await visitor.answer(), "2");
});
