// The X-ray: what it shows of each layer is what the evaluator computed, and agrees with the plain
// network within the error that it states; it costs what it says, and lets out what it may.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "./support/browser.mjs";
import { companion } from "./support/companion.mjs";
import { eventually } from "./support/eventually.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

const PICTURES = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));

let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launch();
});
after(() => browser?.close());

/** Opens the panel. */
async function open(visitor) {
  await visitor.page.locator("#xray > summary").click();
  await visitor.element("xray-run").waitFor();
}

/** Has the drawing X-rayed. */
async function xray(visitor) {
  await visitor.element("xray-run").click();
  await visitor.untilState("xray-status", "ready");
}

/** What each layer says of itself, and how its pictures differ from the plain network's. */
function layers(visitor) {
  return visitor.element("xray-layers").evaluate((list) =>
    Array.from(list.children, (layer) => {
      const pixels = (kind) => {
        const canvas = layer.querySelector(`canvas[data-kind="${kind}"]`);
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const [decrypted, plain, difference] = ["decrypted", "plain", "difference"].map(pixels);
      const facts = layer.querySelector(".facts").dataset;
      return {
        name: layer.querySelector("h3").textContent,
        ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, Number(value)])),
        times: Number(/× ([\d,]+)$/.exec(layer.querySelectorAll("figcaption")[2].textContent)[1].replaceAll(",", "")),
        // around zero colours change fastest: there an error of a few thousandths is worth some steps of 256
        apart: decrypted.filter((value, i) => Math.abs(value - plain[i]) > 12).length,
        colours: new Set(plain).size,
        differing: new Set(difference).size,
      };
    }),
  );
}

/** Reads a layer's values by pointing at each of its bars. */
async function valuesOf(visitor, layer, count) {
  const card = visitor.element("xray-layers").locator("section").nth(layer);
  const canvas = card.locator('canvas[data-kind="decrypted"]');
  const { width, height } = await canvas.boundingBox();
  const values = [];
  for (let index = 0; index < count; index += 1) {
    await canvas.hover({ position: { x: ((index + 0.4) * width) / count, y: height / 2 } });
    // Where the pointer is comes with the next frame.
    await eventually(async () => {
      const words = (await card.locator(".readout").textContent()).replaceAll("−", "-");
      const [, at, encrypted, plain] = /value (\d+): encrypted (-?[\d.]+), plain (-?[\d.]+)/.exec(words) ?? [];
      assert.equal(Number(at), index);
      values[index] = { encrypted: Number(encrypted), plain: Number(plain) };
    });
  }
  return values;
}

describe("an X-ray in this page", () => {
  let server, visitor, seen;
  before(async () => {
    server = await serve();
    visitor = await Visitor.open(browser, server.url, { acceptDownloads: true });
    await visitor.untilReady();
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });

  test("says what it would cost, and that it needs a drawing", async () => {
    await open(visitor);
    await visitor.page.locator("#xray .cost", { hasText: "costs 790.7 KB on the way back, where a usual answer has 28.7 KB" }).waitFor();
    await visitor.element("xray-run").click();
    assert.match(await visitor.text("xray-status"), /draw first/);
    assert.equal(await visitor.attribute("xray-status", "data-state"), "error");
  });

  test("shows every layer beside the plain one, as close as it says", async () => {
    await visitor.element("pad").scrollIntoViewIfNeeded();
    await visitor.draw("3");
    assert.equal(await visitor.answer(), "3");
    await xray(visitor);
    seen = await layers(visitor);
    assert.deepEqual(seen.map(({ name }) => name), ["1 conv 7x7/3 x 32", "2 square", "3 dense 64", "4 square", "5 dense 10"]);
    for (const [index, layer] of seen.entries()) {
      const { maxError, rmsError, level, bitsLeft, apart, colours, differing, times } = layer;
      assert.ok(maxError > 0 && maxError < 2 ** -6 && rmsError < maxError, JSON.stringify(layer));
      assert.equal(level, 4 - index);
      assert.ok(bitsLeft > 0.5 && (index === 0 || bitsLeft < seen[index - 1].bitsLeft), "the modulus is used up");
      assert.equal(apart, 0, "what was decrypted looks like the plain values");
      assert.ok(colours > 2 && differing > 2, "and there is something to be seen, also of what differs");
      assert.ok(Math.log2(times) % 1 === 0 && times >= 16, "many times larger");
    }
    assert.ok(seen[4].rmsError > seen[0].rmsError, "errors build up");
    await visitor.page.locator("#xray").screenshot({ path: join(PICTURES, "xray.png") });
  });

  test("the last layer is the scores", async () => {
    const values = await valuesOf(visitor, 4, 10);
    const scores = await visitor.scores();
    for (const [digit, { encrypted, plain }] of values.entries()) {
      assert.ok(Math.abs(encrypted - plain) <= seen[4].maxError + 1e-6);
      // another encryption of the same drawing, hence another error
      assert.ok(Math.abs(encrypted - scores[digit].score) < 0.02, `${digit}: ${encrypted} ${scores[digit].score}`);
    }
  });

  test("it is in the log as what it is, with the bytes that were announced", async () => {
    await visitor.page.locator("#audit > summary").click();
    const lines = visitor.page.locator("#audit-log > li");
    const down = lines.filter({ hasText: "layers and scores, encrypted" });
    const up = lines.filter({ hasText: "drawing, encrypted, for the X-ray" });
    await eventually(async () => assert.deepEqual([await up.count(), await down.count()], [1, 1]));
    assert.match(await down.locator(".bytes").textContent(), /^790\.7 KB$/);
    const total = seen.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.equal(total, 790_739);
    await down.locator("summary").press("Enter");
    assert.match(await down.locator(".hex").textContent(), /^00000000 {2}49 4e 4b 4f 03 00 04 00 /, "INKO, version 3, kind 4");
  });

  test("a drawing that has changed since is said to have", async () => {
    await open(visitor);
    await visitor.element("undo").click();
    await visitor.untilState("xray-status", "stale");
  });

  test("the figure is saved in tenths of a bit, and for sixteen drawings a key", async () => {
    await visitor.element("pad").scrollIntoViewIfNeeded();
    await visitor.draw("7");
    await visitor.answer();
    const save = async (kind) => {
      const saving = visitor.page.waitForEvent("download");
      await visitor.page.locator("#xray").getByRole("button", { name: `Save as ${kind}` }).click();
      return readFile(await (await saving).path());
    };
    for (let drawing = 0; drawing < 16; drawing += 1) {
      await xray(visitor);
      if (drawing > 0) {
        await save("SVG");
        continue;
      }
      const text = (await save("SVG")).toString();
      assert.match(text, /^<svg [^]*Correct bits after the binary point[^]*<\/svg>$/);
      const numbers = [...text.matchAll(/<text [^>]*>(\d+\.\d+)<\/text>/g)].map(([, number]) => number);
      assert.ok(numbers.length >= 10 && numbers.every((number) => /^\d+\.\d$/.test(number)), numbers.join(" "));
      const png = await save("PNG");
      assert.equal(png.subarray(1, 4).toString(), "PNG");
      assert.ok(png.length > 10_000, "there is something in it");
    }
    await save("SVG");
    await xray(visitor);
    await visitor.page.locator("#xray").getByRole("button", { name: "Save as PNG" }).click();
    await visitor.untilState("xray-status", "error");
    assert.match(await visitor.text("xray-status"), /16 figures have been saved under this key/);
    assert.deepEqual(visitor.problems, []);
  });
});

test("a companion gives every layer as well", async () => {
  const server = await companion();
  const visitor = await Visitor.open(browser, `${server.url}?companion`);
  await visitor.untilReady();
  await visitor.draw("5");
  assert.equal(await visitor.answer(), "5");
  await open(visitor);
  await xray(visitor);
  const seen = await layers(visitor);
  assert.equal(seen.length, 5);
  assert.ok(seen.every(({ maxError, apart }) => maxError > 0 && maxError < 2 ** -6 && apart === 0));
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
  await server.close();
});

test("an evaluator that gives nonsense for a layer is replaced, and the next X-ray works", async () => {
  const spoil = `const native = self.postMessage;
    self.postMessage = (message, ...rest) => {
      message.answer?.envelopes?.fill(0x55, 400_000);
      native.call(self, message, ...rest);
    };\n`;
  let spoiled = 1;
  const intercept = (path) => (path === "/evaluator-worker.js" && spoiled-- > 0 ? spoil : undefined);
  const server = await serve({ intercept });
  const visitor = await Visitor.open(browser, server.url);
  await visitor.untilReady();
  await visitor.draw("1");
  assert.equal(await visitor.answer(), "1");
  await open(visitor);
  const replaced = visitor.page.waitForEvent("worker");
  await visitor.element("xray-run").click();
  await visitor.untilState("xray-status", "error");
  assert.match(await visitor.text("xray-status"), /could not be X-rayed: the evaluator stopped/);
  await replaced;
  await visitor.untilReady();
  await xray(visitor);
  assert.equal((await layers(visitor)).length, 5);
  await visitor.close();
  await server.close();
});
