// The audit panel: what it lists is what crosses, byte for byte, and it can be worked with by keyboard.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";
import { instrument, Watch } from "./support/traffic.mjs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

describe("the audit", () => {
  let browser, server, visitor, watch, log;
  before(async () => {
    browser = await launch();
    server = await serve();
    visitor = await Visitor.open(browser, server.url, { acceptDownloads: true }, async (page) => {
      await page.addInitScript(instrument);
      watch = new Watch(page, server);
    });
    await visitor.untilReady();
    await visitor.draw("1");
    assert.equal(await visitor.answer(), "1");
    await visitor.page.locator("#audit > summary").focus();
    await visitor.page.keyboard.press("Enter");
    // behind the answer the next drawing's mask is told, and that is answered too
    await visitor.page.locator("#audit-log > li:first-child", { hasText: "mask of the next drawing, with receipt" }).waitFor();
    const saving = visitor.page.waitForEvent("download");
    await visitor.element("audit-save").focus();
    await visitor.page.keyboard.press("Enter");
    log = JSON.parse(await readFile(await (await saving).path(), "utf8")).messages;
    await watch.fetch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test("the saved log has every message that went to the worker, in order, with its hash", () => {
    const passes = (bytes) => bytes.length > 1000 || Buffer.from(bytes.subarray(0, 4)).toString() === "INKO";
    const sent = watch.pieces.filter(({ channel, bytes }) => channel === "Worker" && passes(bytes));
    const logged = log.filter(({ direction, bytes }) => direction === "up" && bytes > 0);
    assert.deepEqual(
      logged.map(({ bytes, sha256 }) => [bytes, sha256]),
      sent.map(({ bytes }) => [bytes.length, sha256(bytes)]),
    );
    assert.equal(logged.filter(({ kind }) => kind === "keyPart").length, 33);
  });

  test("and every one that came from it, with all that it said", () => {
    const answers = log.filter(({ direction }) => direction === "down");
    assert.equal(answers.length, log.length - answers.length, "each is answered");
    assert.ok(answers.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
    const results = answers.filter(({ kind }) => kind === "infer");
    assert.ok(results.length > 0 && results.every(({ said }) => said.report.layers.length === 5));
    const [receipt] = answers.filter(({ kind }) => kind === "keyPart");
    assert.deepEqual(receipt.said, { complete: false });
    assert.equal(receipt.sha256, sha256('{"complete":false}'));
  });

  test("each line can be opened down to the bytes", async () => {
    const lines = visitor.page.locator("#audit-log > li");
    // the oldest line of all, and not among the first where many guesses were read
    const more = visitor.page.locator("#audit-more");
    while (await more.isVisible()) await more.press("Enter");
    const keys = lines.filter({ hasText: "evaluation keys" });
    await keys.locator("summary").first().press("Enter");
    const parts = keys.locator(".audit-parts > li");
    await eventually(async () => assert.equal(await parts.count(), 66, "33 parts and their receipts"));
    await parts.first().locator("summary").press("Enter");
    const hex = await parts.first().locator(".hex").textContent();
    assert.match(hex, /^00000000 {2}49 4e 4b 4f 03 00 01 00 /, "INKO, version 3, kind 1");
    const shown = await parts.first().locator(".sha").textContent();
    const [first] = log.filter(({ kind }) => kind === "keyPart");
    assert.equal(shown, `SHA-256 ${first.sha256}`);
  });

  test("it shows the imports and exports of the module that was loaded", async () => {
    const lists = await visitor.page.evaluate(async () => {
      const module = await WebAssembly.compileStreaming(fetch("/vault/vault_bg.wasm"));
      return [WebAssembly.Module.imports(module), WebAssembly.Module.exports(module)].map((list) => list.length);
    });
    const rows = (id) => visitor.element(id).locator("tr");
    await eventually(async () => assert.deepEqual([await rows("audit-imports").count(), await rows("audit-exports").count()], lists));
    const imports = await rows("audit-imports").allTextContents();
    assert.ok(imports.some((text) => text.startsWith("getRandomValues")));
    assert.ok(imports.every((text) => !text.includes("unknown")), imports.join(" | "));
    assert.match(await visitor.page.locator("#audit-memory").textContent(), /MB, not shared/);
    assert.match(await visitor.page.locator("#audit-key").textContent(), /made at/);
  });

  test("scores that are copied are rounded and noisy, and the same each time", async () => {
    const saved = async () => {
      const saving = visitor.page.waitForEvent("download");
      await visitor.element("save").click();
      return JSON.parse(await readFile(await (await saving).path(), "utf8"));
    };
    const first = await saved();
    assert.ok(first.noiseDeviation > 0 && first.grid >= first.noiseDeviation);
    assert.ok(first.scores.every((score) => Number.isInteger(score / first.grid)));
    const exact = (await visitor.scores()).map(({ score }) => score);
    assert.ok(first.scores.some((score, i) => Math.abs(score - exact[i]) > first.grid / 100));
    assert.ok(first.scores.every((score, i) => Math.abs(score - exact[i]) < 8 * first.noiseDeviation + first.grid));
    assert.deepEqual(await saved(), first);
    assert.deepEqual(visitor.problems, []);
  });
});
