// The ReLU lab: what it says against what is known of these polynomials.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

let browser;
let server;
let visitor;
before(async () => {
  server = await serve();
  browser = await launch();
  visitor = await Visitor.open(browser, server.url);
  await visitor.element("relu").locator("summary").click();
  await figures();
});
beforeEach(() => visitor.element("relu-back").click());
after(async () => {
  assert.deepEqual(visitor.problems, []);
  await browser?.close();
  await server?.close();
});

/** What the panel shows, once it has computed what is set. */
async function figures() {
  const list = visitor.element("relu-figures").locator("dl");
  await list.waitFor();
  // Sliders are followed once a frame.
  await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const { mse, maxError, depth, products, coefficients } = await list.evaluate(({ dataset }) => ({ ...dataset }));
  return {
    mse: Number(mse),
    maxError: Number(maxError),
    depth: Number(depth),
    products: Number(products),
    coefficients: JSON.parse(coefficients),
  };
}

function close(actual, expected, tolerance = 1e-9) {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual}, not ${expected}`);
}

async function slide(id, value) {
  await visitor.element(id).fill(String(value));
}

test("degree 2 by least squares on [-2, 2] is 3/16 + x/2 + 15/64 x^2, with 1/192", async () => {
  const { mse, maxError, depth, products, coefficients } = await figures();
  close(mse, 1 / 192);
  close(maxError, 3 / 16);
  assert.deepEqual([depth, products, coefficients.length], [1, 1, 3]);
  for (const [index, known] of [3 / 16, 1 / 2, 15 / 64].entries()) close(coefficients[index], known);
  assert.match(await visitor.element("relu-figures").locator(".relu-polynomial").textContent(), /^0\.1875 \+ 0\.5 x \+ 0\.2344 x2$/);
});

test("degree 2 by minimax has an error of 1/8 at most, and is 1/8 + x/2 + x^2/4", async () => {
  await visitor.element("relu-method").selectOption("minimax");
  const { maxError, coefficients } = await figures();
  close(maxError, 0.125, 1e-6);
  for (const [index, known] of [1 / 8, 1 / 2, 1 / 4].entries()) close(coefficients[index], known, 1e-6);
});

test("errors scale with the interval: squared with the mean, as it is with the largest", async () => {
  await slide("relu-low", -4);
  await slide("relu-high", 4);
  const { mse, maxError } = await figures();
  close(mse, 4 / 192);
  close(maxError, 3 / 8);
});

test("the absolute value is learnt from its even powers alone", async () => {
  await visitor.element("relu-function").selectOption("|x|");
  const { mse, coefficients } = await figures();
  // |x| = 2 ReLU(x) - x
  close(mse, 4 / 192);
  close(coefficients[1], 0);
});

test("the thesis's value is marked, and its polynomial measured anew", async () => {
  const marked = visitor.element("relu-depths").locator(".chart-marked");
  assert.equal(await marked.textContent(), "the thesis: 0.00522");
  const given = await visitor.page.locator(".relu-thesis").evaluate((element) => Number(element.dataset.given));
  // 15/64 was rounded to 0.2344: next to nothing is lost
  close(given, 1 / 192, 1e-7);
  assert.ok(given >= 1 / 192);
  await visitor.element("relu-function").selectOption("SiLU");
  await figures();
  assert.equal(await marked.count(), 0, "it is about ReLU");
});

test("a method that has nothing for the target says why", async () => {
  await visitor.element("relu-method").selectOption("Hermite");
  await visitor.page.getByText("There is no such polynomial: Hermite needs a Gaussian density.").waitFor();
  assert.equal(await visitor.element("relu-curve").isVisible(), false);
  await visitor.element("relu-density").selectOption("Gaussian");
  const { coefficients } = await figures();
  // 1/sqrt(2 pi) (1 - 1/2), 1/2, 1/(2 sqrt(2 pi)) for N(0, 1)
  const root = Math.sqrt(2 * Math.PI);
  for (const [index, known] of [0.5 / root, 0.5, 0.5 / root].entries()) close(coefficients[index], known, 1e-6);
});

test("by keyboard, and kept in the address", async () => {
  await visitor.element("relu-degree").focus();
  for (let press = 0; press < 2; press += 1) await visitor.page.keyboard.press("ArrowRight");
  const { depth, mse } = await figures();
  assert.equal(depth, 2);
  assert.ok(mse < 0.00131 && mse > 0.0013, `${mse}`);
  const search = await visitor.search();
  assert.deepEqual(search.get("relu").split(",").slice(0, 6), ["ReLU", "-2", "2", "uniform", "least squares", "4"]);

  const other = await Visitor.open(browser, `${server.url}?${search}`);
  // the address keeps which panel is open, too
  await other.element("relu-figures").locator("dl").waitFor();
  assert.equal(await other.element("relu-degree").inputValue(), "4");
  await other.close();
  await visitor.element("relu-back").click();
  await figures();
  assert.equal((await visitor.search()).get("relu"), null);
});

test("the chart can be taken along as SVG and as PNG", async () => {
  const figure = visitor.element("relu-curve").locator("xpath=..");
  for (const [kind, start] of [["SVG", "<svg"], ["PNG", "\u0089PNG"]]) {
    const waiting = visitor.page.waitForEvent("download");
    await figure.getByRole("button", { name: `Save as ${kind}` }).click();
    const file = readFileSync(await (await waiting).path(), "latin1");
    assert.ok(file.startsWith(start), `${kind}: ${file.slice(0, 20)}`);
  }
});
