// The Models panel: other networks than the first, chosen, loaded, keyed and read with.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { companion } from "./support/companion.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

const CLOTHES = [
  "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
];
const { samples: SAMPLES } = JSON.parse(readFileSync(new URL("../../models/fashion.samples.json", import.meta.url), "utf8"));

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

async function visiting(url, visit) {
  const visitor = await Visitor.open(browser, url);
  try {
    await visit(visitor);
    assert.deepEqual(visitor.problems, []);
  } finally {
    await visitor.close();
  }
}

async function openPanel(visitor) {
  await visitor.element("models").locator("summary").first().click();
  await visitor.element("model-deep").waitFor();
}

/** Draws on the pad, which may have been scrolled away. */
async function draw(visitor, digit) {
  await visitor.element("pad").scrollIntoViewIfNeeded();
  await visitor.draw(digit);
}

/** Chooses a network, and waits until it has its keys. */
async function choose(visitor, name) {
  await visitor.element(`model-${name}`).check();
  await visitor.page.locator(`[data-testid="model-state-${name}"]`, { hasText: /^ready$/ }).waitFor();
}

function take(visitor, name) {
  return visitor.page.getByRole("button", { name: `Have this test image read: ${name}`, exact: true }).click();
}

function names(visitor) {
  return visitor.element("scores").locator(".digit").allTextContents();
}

/** The scores of the plain network for a test image, by a module of the page that has no key. */
function plainScores(visitor, pixels) {
  return visitor.page.evaluate(async (pixels) => {
    const { default: start, PlainNetwork } = await import("/playground/playground.js");
    await start();
    const file = await (await fetch("/models/fashion.safetensors")).arrayBuffer();
    const image = Float32Array.from(pixels.match(/../g), (byte) => parseInt(byte, 16) / 255);
    return [...new PlainNetwork(new Uint8Array(file)).trace(image).at(-1)];
  }, pixels);
}

test("clothes are read by another network, under another key", () =>
  visiting(server.url, async (visitor) => {
    await visitor.untilReady();
    await openPanel(visitor);
    const keys = await visitor.page.evaluateHandle(() => {
      const seen = [];
      const custody = document.getElementById("custody");
      new MutationObserver(() => seen.push(custody.dataset.state)).observe(custody, { attributes: true });
      return seen;
    });
    await choose(visitor, "fashion");
    assert.deepEqual(await keys.jsonValue(), ["absent", "present"], "the old key is wiped, and there is a new one");
    assert.equal((await visitor.search()).get("model"), "fashion");
    assert.deepEqual(await names(visitor), CLOTHES);

    for (const { name, pixels } of SAMPLES) {
      await take(visitor, name);
      const answer = await visitor.answer();
      const plain = await plainScores(visitor, pixels);
      const best = CLOTHES[plain.indexOf(Math.max(...plain))];
      assert.equal(answer, best, `what the plain network reads in a ${name}`);
      for (const [index, { score }] of (await visitor.scores()).entries()) {
        assert.ok(Math.abs(score - plain[index]) < 0.05, `${name}: ${score} encrypted, ${plain[index]} plain`);
      }
    }
    await take(visitor, "ankle boot");
    assert.equal(await visitor.answer(), "ankle boot");
    await visitor.page.getByText("ankle boot: read as ankle boot").waitFor();
    assert.equal(await visitor.page.locator("#announcement").textContent(), "The network reads ankle boot.");
    // The pen takes the picture away.
    await draw(visitor, "1");
    await visitor.answer();
    assert.equal(await visitor.page.locator(".pad .sample").isHidden(), true);

    await choose(visitor, "digits");
    assert.equal((await visitor.search()).get("model"), null);
    assert.equal(await visitor.answer(), "1", "the drawing stays, and is read as a digit");
    assert.deepEqual(await names(visitor), [..."0123456789"]);
  }));

test("the deep network reads the drawing that is there, in a ring of 16,384", () =>
  visiting(server.url, async (visitor) => {
    await visitor.untilReady();
    await visitor.draw("3");
    assert.equal(await visitor.answer(), "3");
    await openPanel(visitor);
    const card = visitor.element("model-card-deep");
    await card.getByText("N = 16,384").waitFor();
    await card.getByText("99.42 % plain (9942 of 10000)").waitFor();
    assert.match(await visitor.text("model-here-deep"), /nothing yet/);
    await choose(visitor, "deep");
    assert.equal(await visitor.answer(), "3");
    const layers = await visitor.page.locator("#layers li").count();
    assert.equal(layers, 7, "three squares between four layers");
    await visitor.page
      .locator('[data-testid="model-here-deep"]', { hasText: /keys [\d.]+ s; evaluation [\d,.]+ ms.*median of 1/ })
      .waitFor();
  }));

test("the address names the network", () =>
  visiting(`${server.url}?model=fashion`, async (visitor) => {
    await visitor.untilReady();
    assert.deepEqual(await names(visitor), CLOTHES);
    assert.match(await visitor.text("status"), /Draw clothes/);
    await openPanel(visitor);
    assert.equal(await visitor.element("model-fashion").isChecked(), true);
    await take(visitor, "trouser");
    assert.equal(await visitor.answer(), "trouser");
  }));

test("an address that names no network there is gets the first", () =>
  visiting(`${server.url}?model=../secret`, async (visitor) => {
    await visitor.untilReady();
    await visitor.draw("7");
    assert.equal(await visitor.answer(), "7");
  }));

/** What the laboratory has measured of a model, as its card says it. */
function measured(model) {
  const file = new URL(`../../docs/results/accuracy-${model}.json`, import.meta.url);
  const { images, accuracy_encrypted, accuracy_plain, agreement } = JSON.parse(readFileSync(file, "utf8"));
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  const count = (number) => Math.round(number).toLocaleString("en");
  return `${percent(accuracy_encrypted)} encrypted, ${percent(accuracy_plain)} plain; the same class for ${count(agreement * images)} of ${count(images)}`;
}

test("cards have what was measured, and what the files say", () =>
  visiting(server.url, async (visitor) => {
    await openPanel(visitor);
    const digits = visitor.element("model-card-digits");
    await digits.getByText(measured("digits")).waitFor();
    await digits.getByText("N = 8,192, log₂ QP = 214 of at most 214").waitFor();
    await digits.getByText("convolution 7×7, stride 3, 32 channels").waitFor();
    const fashion = visitor.element("model-card-fashion");
    await fashion.getByText(measured("fashion")).waitFor();
  }));

test("a network that cannot be had is named, and the one before goes on", () => {
  const intercept = (path) => (path.endsWith("/deep.safetensors") ? 503 : undefined);
  return serve({ intercept }).then(async (broken) => {
    const visitor = await Visitor.open(browser, broken.url);
    try {
      await visitor.untilReady();
      await openPanel(visitor);
      await visitor.element("model-deep").click();
      await visitor.page.getByText(/was not changed: the network could not be loaded.*503/).waitFor();
      assert.equal(await visitor.element("model-digits").isChecked(), true);
      await draw(visitor, "2");
      assert.equal(await visitor.answer(), "2");
    } finally {
      await visitor.close();
      await broken.close();
    }
  });
});

test("a companion reads with the network that is chosen", async () => {
  const helper = await companion();
  try {
    await visiting(`${helper.url}?companion&model=fashion`, async (visitor) => {
      await visitor.page.locator('[data-testid="evaluator"]', { hasText: "on the companion at" }).waitFor();
      await visitor.untilReady();
      await openPanel(visitor);
      await take(visitor, "bag");
      assert.equal(await visitor.answer(), "bag");
      await choose(visitor, "digits");
      assert.ok((await visitor.search()).has("companion"));
      await visitor.element("clear").click();
      await draw(visitor, "4");
      assert.equal(await visitor.answer(), "4");
      assert.match(await visitor.text("model-here-digits"), /at the companion/);
    });
  } finally {
    await helper.close();
  }
});
