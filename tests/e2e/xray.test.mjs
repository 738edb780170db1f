// The X-ray: what it shows of each layer is what the evaluator computed, and agrees with the plain
// network within the error that it states. Its message is as long as it says, and it exports at
// most sixteen figures under one key.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { eventually } from "./support/eventually.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";
import { saveXrayFigure, xray, xraySaveButton } from "./support/panels.mjs";

/** Opens the panel. */
async function openPanel(visitor) {
  await visitor.togglePanel("xray");
  await visitor.element("xray-run").waitFor();
}

/** Returns what each layer states, and how its pictures differ from those of the plain network. */
function layersOf(visitor) {
  return visitor.element("xray-layers").evaluate((list) =>
    Array.from(list.children, (layer) => {
      const pixels = (kind) => {
        const canvas = layer.querySelector(`canvas[data-kind="${kind}"]`);
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const [decrypted, plain, difference] = ["decrypted", "plain", "difference"].map(pixels);
      const facts = Object.entries(layer.querySelector(".facts").dataset);
      const caption = layer.querySelectorAll("figcaption")[2].textContent;
      const [, factor] = /× ([\d,]+)$/.exec(caption);
      // Colours change fastest around zero, where an error of a few thousandths is some steps of
      // 256.
      const isOff = (value, i) => Math.abs(value - plain[i]) > 12;
      return {
        name: layer.querySelector("h3").textContent,
        ...Object.fromEntries(facts.map(([name, value]) => [name, Number(value)])),
        /** The factor by which the picture of the difference enlarges it. */
        factor: Number(factor.replaceAll(",", "")),
        pixelsOff: decrypted.filter(isOff).length,
        plainValues: new Set(plain).size,
        differenceValues: new Set(difference).size,
      };
    }),
  );
}

/** Reads the values of a layer by pointing at each of its bars. */
async function valuesOf(visitor, layer, count) {
  const card = visitor.element("xray-layers").locator("section").nth(layer);
  const canvas = card.locator('canvas[data-kind="decrypted"]');
  const { width, height } = await canvas.boundingBox();
  const values = [];
  for (let index = 0; index < count; index += 1) {
    await canvas.hover({ position: { x: ((index + 0.4) * width) / count, y: height / 2 } });
    // The readout follows the pointer with the next frame.
    await eventually(async () => {
      const text = (await card.locator(".readout").textContent()).replaceAll("−", "-");
      const pattern = /value (\d+): encrypted (-?[\d.]+), plain (-?[\d.]+)/;
      const [, shown, encrypted, plain] = pattern.exec(text) ?? [];
      assert.equal(Number(shown), index);
      values[index] = { encrypted: Number(encrypted), plain: Number(plain) };
    });
  }
  return values;
}

describe("an X-ray in this page", () => {
  const visitor = pageForAllTests({ context: { acceptDownloads: true } });
  let layers;

  test("states what it would cost, and that it needs a drawing", async () => {
    await openPanel(visitor);
    await visitor.page
      .locator("#xray .cost", {
        hasText: "costs 790.7 KB on the way back; a usual answer has 28.7 KB",
      })
      .waitFor();
    await visitor.element("xray-run").click();
    assert.match(await visitor.text("xray-status"), /draw first/);
    assert.equal(await visitor.attribute("xray-status", "data-state"), "error");
  });

  test("shows every layer beside the plain one, within the error that it states", async () => {
    await visitor.scrollToPad();
    await visitor.drawAndCheck("3");
    await xray(visitor);
    layers = await layersOf(visitor);
    assert.deepEqual(
      layers.map(({ name }) => name),
      ["1 conv 7x7/3 x 32", "2 square", "3 dense 64", "4 square", "5 dense 10"],
    );
    for (const [index, layer] of layers.entries()) {
      const { maxError, rmsError, level, bitsLeft, factor } = layer;
      assert.ok(maxError > 0 && maxError < 2 ** -6 && rmsError < maxError, JSON.stringify(layer));
      assert.equal(level, 4 - index);
      assert.ok(bitsLeft > 0.5, "some of the modulus is left");
      assert.ok(index === 0 || bitsLeft < layers[index - 1].bitsLeft, "each layer uses some");
      assert.equal(layer.pixelsOff, 0, "the decrypted values look like the plain ones");
      assert.ok(layer.plainValues > 2, "the picture is not blank");
      assert.ok(layer.differenceValues > 2, "nor is that of the difference");
      assert.ok(Math.log2(factor) % 1 === 0 && factor >= 16, "a power of two");
    }
    assert.ok(layers[4].rmsError > layers[0].rmsError, "errors grow from first to last");
    const said = await visitor.page.locator("#xray .lead").textContent();
    assert.match(said, /Where it grows, fewer bits are correct, and the lines of the chart fall\./);
    assert.match(said, /After the last layer it is larger than after the first\./);
    const values = await visitor.page.locator("#xray .error-chart .value").allTextContents();
    const [first, last] = [values[0], values[4]].map(Number);
    assert.ok(last < first, `correct bits: ${values}`);
    await visitor.screenshot("xray", visitor.page.locator("#xray"));
  });

  test("the values of the last layer are the scores", async () => {
    const values = await valuesOf(visitor, 4, 10);
    const scores = await visitor.scores();
    for (const [digit, { encrypted, plain }] of values.entries()) {
      assert.ok(Math.abs(encrypted - plain) <= layers[4].maxError + 1e-6);
      // The X-ray is another encryption of the same drawing, and has another error.
      const { score } = scores[digit];
      assert.ok(Math.abs(encrypted - score) < 0.02, `${digit}: ${encrypted} ${score}`);
    }
  });

  test("the log names the X-ray, with as many bytes as the panel stated", async () => {
    await visitor.togglePanel("audit");
    const lines = visitor.page.locator("#audit-log > li");
    const down = lines.filter({ hasText: "layers and scores, encrypted" });
    const up = lines.filter({ hasText: "drawing, encrypted, for the X-ray" });
    await eventually(async () => {
      assert.deepEqual([await up.count(), await down.count()], [1, 1]);
    });
    assert.match(await down.locator(".bytes").textContent(), /^790\.7 KB$/);
    const total = layers.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.equal(total, 790_739);
    await down.locator("summary").press("Enter");
    assert.match(
      await down.locator(".hex").textContent(),
      /^00000000 {2}49 4e 4b 4f 03 00 04 00 /,
      "INKO, version 3, kind 4",
    );
  });

  test("the panel says when the drawing has changed since", async () => {
    await openPanel(visitor);
    await visitor.element("undo").click();
    await visitor.waitForState("xray-status", "stale");
  });

  test("the figure has tenths of a bit, and at most sixteen are saved under a key", async () => {
    await visitor.scrollToPad();
    await visitor.draw("7");
    await visitor.answer();
    await xray(visitor);
    const svg = (await saveXrayFigure(visitor, "SVG")).toString();
    assert.match(svg, /^<svg [^]*Correct bits: more noise, fewer bits[^]*<\/svg>$/);
    const numbers = Array.from(svg.matchAll(/<text [^>]*>(\d+\.\d+)<\/text>/g), ([, n]) => n);
    assert.ok(numbers.length >= 10, numbers.join(" "));
    assert.ok(
      numbers.every((number) => /^\d+\.\d$/.test(number)),
      numbers.join(" "),
    );
    const png = await saveXrayFigure(visitor, "PNG");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    assert.ok(png.length > 10_000, "the picture is not blank");
    for (let drawing = 1; drawing < 16; drawing += 1) {
      await xray(visitor);
      await saveXrayFigure(visitor, "SVG");
    }
    await saveXrayFigure(visitor, "SVG");
    await xray(visitor);
    await xraySaveButton(visitor, "PNG").click();
    await visitor.waitForState("xray-status", "error");
    assert.match(await visitor.text("xray-status"), /16 figures have been saved under this key/);
  });
});

const { startCompanion, openPage } = pageForEachTest();

test("a companion sends every layer as well", async () => {
  const visitor = await openPage({ site: await startCompanion(), query: "?companion" });
  await visitor.drawAndCheck("5");
  await openPanel(visitor);
  await xray(visitor);
  const layers = await layersOf(visitor);
  assert.equal(layers.length, 5);
  for (const { maxError, pixelsOff } of layers) {
    assert.ok(maxError > 0 && maxError < 2 ** -6);
    assert.equal(pixelsOff, 0);
  }
});

test("an evaluator that sends garbage for a layer is replaced by one that works", async () => {
  const spoil = `const native = self.postMessage;
    self.postMessage = (message, ...rest) => {
      message.answer?.envelopes?.fill(0x55, 400_000);
      native.call(self, message, ...rest);
    };\n`;
  let spoiled = 1;
  const intercept = (path) =>
    path === "/evaluator-worker.js" && spoiled-- > 0 ? spoil : undefined;
  const visitor = await openPage({ serve: { intercept }, allowProblems: true });
  await visitor.drawAndCheck("1");
  await openPanel(visitor);
  const replaced = visitor.page.waitForEvent("worker");
  await visitor.element("xray-run").click();
  await visitor.waitForState("xray-status", "error");
  assert.match(await visitor.text("xray-status"), /could not be X-rayed: the evaluator stopped/);
  await replaced;
  await visitor.waitUntilReady();
  await xray(visitor);
  assert.equal((await layersOf(visitor)).length, 5);
});
