// The Audit panel: it lists every message between page and worker, byte for byte, and works by
// keyboard.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { eventually } from "./support/eventually.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";
import { recordTraffic } from "./support/traffic.mjs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

let traffic;
/** The messages of the saved log, oldest first. */
let log;
const visitor = pageForAllTests(
  {
    context: { acceptDownloads: true },
    prepare: async (page, site) => {
      traffic = await recordTraffic(page, site);
    },
  },
  setUp,
);

/** Draws a digit, opens the panel and saves the log, by keyboard. */
async function setUp() {
  await visitor.drawAndCheck("1");
  await visitor.page.locator("#audit > summary").focus();
  await visitor.page.keyboard.press("Enter");
  // After each answer the page sends the mask of the next drawing, and the worker replies.
  await visitor.page
    .locator("#audit-log > li:first-child", { hasText: "mask of the next drawing, with receipt" })
    .waitFor();
  const byKeyboard = { click: () => visitor.element("audit-save").press("Enter") };
  log = JSON.parse(await visitor.download(byKeyboard)).messages;
  await traffic.collect();
}

/** A line of the log in the page, or all of them. */
const lines = (filter) => {
  const all = visitor.page.locator("#audit-log > li");
  return filter ? all.filter(filter) : all;
};

/** Returns the JSON in the file that a button saves. */
const downloadJson = async (id) => JSON.parse(await visitor.download(visitor.element(id)));

test("the saved log has every message that went to the worker, in order, with its hash", () => {
  const isMessage = (bytes) => bytes.length > 1000 || bytes.subarray(0, 4).toString() === "INKO";
  const sent = traffic.pieces.filter(
    ({ channel, bytes }) => channel === "Worker" && isMessage(bytes),
  );
  const logged = log.filter(({ direction, bytes }) => direction === "up" && bytes > 0);
  assert.deepEqual(
    logged.map(({ bytes, sha256 }) => [bytes, sha256]),
    sent.map(({ bytes }) => [bytes.length, sha256(bytes)]),
  );
  assert.equal(logged.filter(({ kind }) => kind === "keyPart").length, 33);
});

test("the saved log has every reply of the worker, with all that it contains", () => {
  const replies = log.filter(({ direction }) => direction === "down");
  assert.equal(replies.length, log.length - replies.length, "each message has a reply");
  assert.ok(replies.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
  const results = replies.filter(({ kind }) => kind === "infer");
  assert.ok(results.length > 0);
  assert.ok(results.every(({ said }) => said.report.layers.length === 5));
  const [receipt] = replies.filter(({ kind }) => kind === "keyPart");
  assert.deepEqual(receipt.said, { complete: false });
  assert.equal(receipt.sha256, sha256('{"complete":false}'));
});

test("each line can be opened down to its bytes", async () => {
  // The line of the keys is the oldest, and many guesses may have come since.
  const more = visitor.page.locator("#audit-more");
  while (await more.isVisible()) await more.press("Enter");
  const keys = lines({ hasText: "evaluation keys" });
  await keys.locator("summary").first().press("Enter");
  const parts = keys.locator(".audit-parts > li");
  await eventually(async () => assert.equal(await parts.count(), 66, "33 parts, 33 receipts"));
  await parts.first().locator("summary").press("Enter");
  const hex = await parts.first().locator(".hex").textContent();
  assert.match(hex, /^00000000 {2}49 4e 4b 4f 03 00 01 00 /, "INKO, version 3, kind 1");
  const shown = await parts.first().locator(".sha").textContent();
  const [first] = log.filter(({ kind }) => kind === "keyPart");
  assert.equal(shown, `SHA-256 ${first.sha256}`);
});

test("the panel shows the imports and exports of the vault that was loaded", async () => {
  const counts = await visitor.page.evaluate(async () => {
    const module = await WebAssembly.compileStreaming(fetch("/vault/vault_bg.wasm"));
    const { imports, exports } = WebAssembly.Module;
    return [imports(module).length, exports(module).length];
  });
  const rows = (id) => visitor.element(id).locator("tr");
  await eventually(async () => {
    const shown = [await rows("audit-imports").count(), await rows("audit-exports").count()];
    assert.deepEqual(shown, counts);
  });
  const imports = await rows("audit-imports").allTextContents();
  assert.ok(imports.some((text) => text.startsWith("getRandomValues")));
  assert.ok(
    imports.every((text) => !text.includes("unknown")),
    imports.join(" | "),
  );
  assert.match(await visitor.page.locator("#audit-memory").textContent(), /MB, not shared/);
  assert.match(await visitor.page.locator("#audit-key").textContent(), /made at/);
});

test("saved scores are rounded and noisy, and the same each time", async () => {
  const first = await downloadJson("save");
  assert.ok(first.noiseDeviation > 0 && first.grid >= first.noiseDeviation);
  assert.ok(first.scores.every((score) => Number.isInteger(score / first.grid)));
  const exact = (await visitor.scores()).map(({ score }) => score);
  const errors = first.scores.map((score, i) => Math.abs(score - exact[i]));
  assert.ok(errors.some((error) => error > first.grid / 100));
  assert.ok(errors.every((error) => error < 8 * first.noiseDeviation + first.grid));
  assert.deepEqual(await downloadJson("save"), first);
});

test("the panel says that it shows all messages", async () => {
  await eventually(async () => {
    const [, all] = /^All (\d+) messages of this visit\.$/.exec(await visitor.text("audit-shown"));
    const counted = await visitor.page.locator("#audit-count").textContent();
    assert.ok(counted.startsWith(`${all} messages`), counted);
  });
});

const { openPage } = pageForEachTest();

test("the panel says how many of the messages it shows, and of how many the bytes", async () => {
  const other = await openPage({ query: "?panel=models" });
  await other.page.keyboard.press("7");
  await other.answerToSample();
  // Each network has its own keys. Those of three are more than 32 MB.
  for (const name of ["fashion", "digits", "fashion"]) {
    await other.element(`model-${name}`).check();
    await other
      .element(`model-state-${name}`)
      .filter({ hasText: /^ready$/ })
      .waitFor();
  }
  await other.togglePanel("audit");
  for (const digit of "1234567890") {
    if (await other.page.locator("#audit-more").isVisible()) break;
    await other.page.keyboard.press(digit);
    await other.answerToSample();
  }
  await eventually(async () => {
    const text = await other.text("audit-shown");
    const pattern =
      /^The newest ([\d,]+) of ([\d,]+) messages\. .* the bytes of the newest ([\d,]+)\.$/;
    assert.match(text, pattern);
    const [shown, all, kept] = pattern.exec(text).slice(1).map(parseNumber);
    assert.ok(shown < all && kept < all, text);
  });
  const more = other.page.locator("#audit-more");
  // The button may vanish before it is clicked.
  while (await more.isVisible()) await more.evaluate((button) => button.click());
  const oldest = other.page.locator("#audit-log > li", { hasText: "drawing, encrypted" }).last();
  await oldest.locator("summary").press("Enter");
  await oldest.getByText("no longer kept").waitFor();
});

const parseNumber = (text) => Number(text.replaceAll(",", ""));
