// The ReLU lab: its figures against known values of these polynomials.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pageForAllTests, pageForEachTest } from "./support/page.mjs";

const visitor = pageForAllTests({ ready: false }, async () => {
  await visitor.togglePanel("relu");
  await figures();
});
const { openPage } = pageForEachTest();
beforeEach(() => visitor.element("relu-back").click());

/** Returns the figures of the panel, once it has computed them for its settings. */
async function figures() {
  const list = visitor.element("relu-figures").locator("dl");
  await list.waitFor();
  // The panel follows its sliders once a frame.
  await visitor.page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  });
  const data = await list.evaluate(({ dataset }) => ({ ...dataset }));
  return {
    mse: Number(data.mse),
    maxError: Number(data.maxError),
    depth: Number(data.depth),
    products: Number(data.products),
    coefficients: JSON.parse(data.coefficients),
  };
}

function assertClose(actual, expected, tolerance = 1e-9) {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual}, not ${expected}`);
}

async function slide(id, value) {
  await visitor.element(id).fill(String(value));
}

test("degree 2 by least squares on [-2, 2] is 3/16 + x/2 + 15/64 x^2, with 1/192", async () => {
  const { mse, maxError, depth, products, coefficients } = await figures();
  assertClose(mse, 1 / 192);
  assertClose(maxError, 3 / 16);
  assert.deepEqual([depth, products, coefficients.length], [1, 1, 3]);
  for (const [i, known] of [3 / 16, 1 / 2, 15 / 64].entries()) assertClose(coefficients[i], known);
  assert.match(
    await visitor.element("relu-figures").locator(".relu-polynomial").textContent(),
    /^0\.1875 \+ 0\.5 x \+ 0\.2344 x2$/,
  );
});

test("degree 2 by minimax is 1/8 + x/2 + x^2/4, with a largest error of 1/8", async () => {
  await visitor.element("relu-method").selectOption("minimax");
  const { maxError, coefficients } = await figures();
  assertClose(maxError, 0.125, 1e-6);
  for (const [i, known] of [1 / 8, 1 / 2, 1 / 4].entries()) {
    assertClose(coefficients[i], known, 1e-6);
  }
});

test("on twice the interval the mean square error grows by 4, the largest by 2", async () => {
  await slide("relu-low", -4);
  await slide("relu-high", 4);
  const { mse, maxError } = await figures();
  assertClose(mse, 4 / 192);
  assertClose(maxError, 3 / 8);
});

test("the approximation of the absolute value has even powers only", async () => {
  await visitor.element("relu-function").selectOption("|x|");
  const { mse, coefficients } = await figures();
  // |x| = 2 ReLU(x) - x
  assertClose(mse, 4 / 192);
  assertClose(coefficients[1], 0);
});

test("the chart marks the value of the thesis, and measures its polynomial anew", async () => {
  const marked = visitor.element("relu-depths").locator(".chart-marked");
  assert.equal(await marked.textContent(), "the thesis: 0.00522");
  const thesis = visitor.page.locator(".relu-thesis");
  const measured = await thesis.evaluate(({ dataset }) => Number(dataset.given));
  // The thesis rounds 15/64 to 0.2344, and next to nothing is lost.
  assertClose(measured, 1 / 192, 1e-7);
  assert.ok(measured >= 1 / 192);
  await visitor.element("relu-function").selectOption("SiLU");
  await figures();
  assert.equal(await marked.count(), 0, "the value is that of ReLU");
});

test("a narrow density on a wide interval: a higher degree is better, and the least", async () => {
  await slide("relu-low", -8);
  await slide("relu-high", 8);
  await visitor.element("relu-density").selectOption("Gaussian");
  await slide("relu-deviation", 0.25);
  let last = Infinity;
  for (const [degree, levels] of [
    [8, 3],
    [16, 4],
    [24, 5],
    [32, 6],
  ]) {
    await slide("relu-degree", degree);
    const { mse, depth } = await figures();
    // Of a Gaussian of deviation 0.25 even degree 2 leaves no more than 0.0007.
    assert.ok(mse < 0.0007 && mse < last, `degree ${degree}: ${mse} after ${last}`);
    assert.equal(depth, levels);
    last = mse;
  }
  // The polynomial is of 27 digits at the ends, and its axis has room for them.
  const ticks = visitor.element("relu-curve").locator(".chart-tick", { hasText: "10" });
  const positions = await ticks.evaluateAll((all) => all.map((each) => each.getBBox().x));
  assert.ok(positions.length > 1 && positions.every((x) => x >= 0), `${positions}`);
  // The chart names the least error at five levels: that of degree 32.
  const label = await visitor.attribute("relu-depths", "aria-label");
  const [, least] = /5: (.*)$/.exec(label);
  assert.equal(least, await visitor.element("relu-figures").locator("dd").first().textContent());
});

test("a method that has no polynomial for the target says why", async () => {
  await visitor.element("relu-method").selectOption("Hermite");
  await visitor.page
    .getByText("There is no such polynomial: Hermite needs a Gaussian density.")
    .waitFor();
  assert.equal(await visitor.element("relu-curve").isVisible(), false);
  await visitor.element("relu-density").selectOption("Gaussian");
  const { coefficients } = await figures();
  // 1/sqrt(2 pi) (1 - 1/2), 1/2, 1/(2 sqrt(2 pi)) for N(0, 1)
  const root = Math.sqrt(2 * Math.PI);
  for (const [i, known] of [0.5 / root, 0.5, 0.5 / root].entries()) {
    assertClose(coefficients[i], known, 1e-6);
  }
});

test("the panel can be set by keyboard, and the address holds its settings", async () => {
  await visitor.element("relu-degree").focus();
  for (let press = 0; press < 2; press += 1) await visitor.page.keyboard.press("ArrowRight");
  const { depth, mse } = await figures();
  assert.equal(depth, 2);
  assert.ok(mse < 0.00131 && mse > 0.0013, `${mse}`);
  const settings = (await visitor.parameter("relu")).split(",");
  assert.deepEqual(settings.slice(0, 6), ["ReLU", "-2", "2", "uniform", "least squares", "4"]);

  // The address also holds which panel is open.
  const query = await visitor.query();
  const other = await openPage({ site: visitor.site, query, ready: false });
  await other.element("relu-figures").locator("dl").waitFor();
  assert.equal(await other.element("relu-degree").inputValue(), "4");
  await visitor.element("relu-back").click();
  await figures();
  assert.equal(await visitor.parameter("relu"), null);
});

test("the chart can be saved as SVG and as PNG", async () => {
  const figure = visitor.element("relu-curve").locator("xpath=..");
  for (const [kind, start] of [
    ["SVG", "<svg"],
    ["PNG", "\u0089PNG"],
  ]) {
    const button = figure.getByRole("button", { name: `Save as ${kind}` });
    const file = (await visitor.download(button)).toString("latin1");
    assert.ok(file.startsWith(start), `${kind}: ${file.slice(0, 20)}`);
  }
});
