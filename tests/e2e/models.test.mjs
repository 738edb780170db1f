// The Models panel: one can choose another network, which is loaded, gets its own keys, and reads.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";

const CLOTHES = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

const { startCompanion, openPage } = pageForEachTest();

function readJson(path) {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
}

async function openPanel(visitor) {
  await visitor.togglePanel("models");
  await visitor.element("model-deep").waitFor();
}

/** Chooses a network, and waits until it has its keys. */
async function choose(visitor, name) {
  await visitor.element(`model-${name}`).check();
  await visitor.page
    .locator(`[data-testid="model-state-${name}"]`, { hasText: /^ready$/ })
    .waitFor();
}

/** Has the test image of this name read. */
function readSample(visitor, name) {
  const label = `Have this test image read: ${name}`;
  return visitor.page.getByRole("button", { name: label, exact: true }).click();
}

/** The names of the classes beside the scores. */
function classNames(visitor) {
  return visitor.element("scores").locator(".digit").allTextContents();
}

/** Returns the scores of the plain network for a test image, by a module that has no key. */
function plainScores(visitor, pixels) {
  return visitor.page.evaluate(async (pixels) => {
    const { default: start, PlainNetwork } = await import("/playground/playground.js");
    await start();
    const file = await (await fetch("/models/fashion.safetensors")).arrayBuffer();
    const image = Float32Array.from(pixels.match(/../g), (byte) => parseInt(byte, 16) / 255);
    return [...new PlainNetwork(new Uint8Array(file)).trace(image).at(-1)];
  }, pixels);
}

test("another network reads clothes, under another key", async () => {
  const { samples } = readJson("models/fashion.samples.json");
  const visitor = await openPage();
  await openPanel(visitor);
  const keyStates = await visitor.page.evaluateHandle(() => {
    const states = [];
    const custody = document.getElementById("custody");
    const record = () => states.push(custody.dataset.state);
    new MutationObserver(record).observe(custody, { attributes: true });
    return states;
  });
  await choose(visitor, "fashion");
  assert.deepEqual(
    await keyStates.jsonValue(),
    ["absent", "present"],
    "the old key is wiped, and there is a new one",
  );
  assert.equal(await visitor.parameter("model"), "fashion");
  assert.deepEqual(await classNames(visitor), CLOTHES);

  for (const { name, pixels } of samples) {
    await readSample(visitor, name);
    const answer = await visitor.answer();
    const plain = await plainScores(visitor, pixels);
    const best = CLOTHES[plain.indexOf(Math.max(...plain))];
    assert.equal(answer, best, `the answer of the plain network to a ${name}`);
    for (const [i, { score }] of (await visitor.scores()).entries()) {
      const message = `${name}: ${score} encrypted, ${plain[i]} plain`;
      assert.ok(Math.abs(score - plain[i]) < 0.05, message);
    }
  }
  await readSample(visitor, "ankle boot");
  assert.equal(await visitor.answer(), "ankle boot");
  await visitor.page.getByText("ankle boot: read as ankle boot").waitFor();
  assert.equal(await visitor.text("announcement"), "The network reads ankle boot.");
  // A drawing replaces the test image.
  await visitor.scrollToPad();
  await visitor.draw("1");
  await visitor.answer();
  assert.equal(await visitor.page.locator(".pad .sample").isHidden(), true);

  await choose(visitor, "digits");
  assert.equal(await visitor.parameter("model"), null);
  assert.equal(await visitor.answer(), "1", "the drawing stays, and is read as a digit");
  assert.deepEqual(await classNames(visitor), [..."0123456789"]);
});

test("the deep network reads the drawing on the pad, in a ring of 16,384", async () => {
  const visitor = await openPage();
  await visitor.drawAndCheck("3");
  await openPanel(visitor);
  const card = visitor.element("model-card-deep");
  await card.getByText("N = 16,384").waitFor();
  await card.getByText("99.42 % plain (9942 of 10000)").waitFor();
  assert.match(await visitor.text("model-here-deep"), /nothing yet/);
  await choose(visitor, "deep");
  assert.equal(await visitor.answer(), "3");
  const layers = await visitor.page.locator("#layers li").count();
  assert.equal(layers, 7, "four linear layers and three squares");
  await visitor.page
    .locator('[data-testid="model-here-deep"]', {
      hasText: /keys [\d.]+ s; evaluation [\d,.]+ ms.*median of 1/,
    })
    .waitFor();
});

test("the address names the network", async () => {
  const visitor = await openPage({ query: "?model=fashion" });
  assert.deepEqual(await classNames(visitor), CLOTHES);
  assert.match(await visitor.text("status"), /Draw clothes/);
  await openPanel(visitor);
  assert.equal(await visitor.element("model-fashion").isChecked(), true);
  await readSample(visitor, "trouser");
  assert.equal(await visitor.answer(), "trouser");
});

test("an address that names an unknown network opens the first", async () => {
  const visitor = await openPage({ query: "?model=../secret" });
  await visitor.drawAndCheck("7");
});

/** The measured accuracy of a model, as its card states it. */
function measuredAccuracy(model) {
  const { images, accuracy_encrypted, accuracy_plain, agreement } = readJson(
    `docs/results/accuracy-${model}.json`,
  );
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  const count = (number) => Math.round(number).toLocaleString("en");
  const accuracy = `${percent(accuracy_encrypted)} encrypted, ${percent(accuracy_plain)} plain`;
  return `${accuracy}; the same class for ${count(agreement * images)} of ${count(images)}`;
}

test("the cards state what was measured, and what the model files contain", async () => {
  const visitor = await openPage({ ready: false });
  await openPanel(visitor);
  const digits = visitor.element("model-card-digits");
  await digits.getByText(measuredAccuracy("digits")).waitFor();
  await digits.getByText("N = 8,192, log₂ QP = 214 of at most 214").waitFor();
  await digits.getByText("convolution 7×7, stride 3, 32 channels").waitFor();
  const fashion = visitor.element("model-card-fashion");
  await fashion.getByText(measuredAccuracy("fashion")).waitFor();
});

test("the page names a network that cannot be loaded, and goes on with the last one", async () => {
  const intercept = (path) => (path.endsWith("/deep.safetensors") ? 503 : undefined);
  const visitor = await openPage({ serve: { intercept }, allowProblems: true });
  await openPanel(visitor);
  await visitor.element("model-deep").click();
  await visitor.page.getByText(/was not changed: the network could not be loaded.*503/).waitFor();
  assert.equal(await visitor.element("model-digits").isChecked(), true);
  await visitor.scrollToPad();
  await visitor.drawAndCheck("2");
});

test("a companion reads with the network that is chosen", async () => {
  const site = await startCompanion();
  const visitor = await openPage({ site, query: "?companion&model=fashion" });
  await visitor.element("evaluator").filter({ hasText: "on the companion at" }).waitFor();
  await visitor.waitUntilReady();
  await openPanel(visitor);
  await readSample(visitor, "bag");
  assert.equal(await visitor.answer(), "bag");
  await choose(visitor, "digits");
  assert.notEqual(await visitor.parameter("companion"), null);
  await visitor.clear();
  await visitor.scrollToPad();
  await visitor.drawAndCheck("4");
  assert.match(await visitor.text("model-here-digits"), /at the companion/);
});
