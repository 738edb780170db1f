// The settings of the page: the evaluator's view, colours, presenting, shortcuts, and the address
// that holds them all.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { pageForAllTests, pageForEachTest } from "./support/page.mjs";
import { cheat, lessonStep, xray } from "./support/panels.mjs";

describe("on one page", () => {
  const visitor = pageForAllTests();
  afterEach(async () => {
    await visitor.page.keyboard.press("Escape");
    await visitor.waitForState("answer", "idle");
  });

  test("the evaluator's view hides drawing and answer, and one can draw in it", async () => {
    await visitor.drawAndCheck("2");
    await visitor.element("see").click();
    assert.equal(await visitor.attribute("see", "aria-pressed"), "true");
    assert.equal(await visitor.query(), "?view=theirs");
    for (const id of ["answer", "scores"]) {
      assert.equal(await visitor.element(id).isVisible(), false, id);
    }
    assert.equal(await visitor.ink(), 0, "the evaluator does not see the image");
    assert.match(await visitor.page.locator("#drawing-ciphertext-size").textContent(), /161\.9 KB/);
    assert.match(await visitor.page.locator("#scores-ciphertext-size").textContent(), /28\.7 KB/);
    const noise = () =>
      visitor.page.locator("#drawing-ciphertext-noise").evaluate((canvas) => canvas.toDataURL());
    const first = await noise();
    assert.equal(first, await visitor.noise());
    assert.ok(first.length > 10_000, "noise does not compress");

    await visitor.page.keyboard.press("Escape");
    await visitor.draw("7");
    await visitor.waitForState("answer", "ready");
    assert.notEqual(await noise(), first);
    assert.doesNotMatch(
      await visitor.text("announcement"),
      /\d/,
      "a hidden answer is not read out",
    );

    await visitor.page.keyboard.press("s");
    assert.equal(await visitor.query(), "");
    assert.equal(await visitor.element("answer").isVisible(), true);
    assert.equal(await visitor.text("answer"), "7");
    assert.ok((await visitor.ink()) > 20, "the image is back");
  });

  test("colours are those of the system, or light, or dark", async () => {
    const colours = () =>
      visitor.page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.getElementById("pad")).color,
      ]);
    const theme = visitor.element("theme");
    const light = await colours();
    await theme.selectOption("dark");
    const dark = await colours();
    assert.ok(light.every((colour, i) => colour !== dark[i]));
    assert.equal(await visitor.query(), "?theme=dark");
    await theme.selectOption("system");
    assert.deepEqual(await colours(), light);
    await visitor.page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await colours(), dark);
    await theme.selectOption("light");
    assert.deepEqual(await colours(), light);
    await visitor.page.emulateMedia({ colorScheme: null });
    await theme.selectOption("system");
    assert.equal(await visitor.query(), "");
  });

  test("presenting enlarges the page and hides the panels", async () => {
    const width = async () => (await visitor.element("answer").boundingBox()).width;
    const before = await width();
    await visitor.element("presenter").click();
    assert.equal(await visitor.query(), "?presenter");
    assert.ok((await width()) > before);
    assert.equal(await visitor.element("audit").isVisible(), false);
    await visitor.page.keyboard.press("p");
    assert.equal(await visitor.element("audit").isVisible(), true);
    assert.equal(await visitor.query(), "");
  });

  test("shortcuts do nothing when they are switched off", async () => {
    await visitor.page.keyboard.press("?");
    assert.equal(await visitor.element("keys").isVisible(), true);
    await visitor.page.getByRole("checkbox").uncheck();
    await visitor.page.keyboard.press("Escape");
    assert.equal(await visitor.element("keys").isVisible(), false);
    assert.equal(await visitor.query(), "?keys=off");
    for (const key of ["p", "s", "b", "5"]) await visitor.page.keyboard.press(key);
    assert.equal(await visitor.query(), "?keys=off");
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
    await visitor.element("help").click();
    await visitor.page.getByRole("checkbox").check();
    await visitor.page.getByRole("button", { name: "Close" }).click();
    assert.equal(await visitor.query(), "");
  });

  test("shortcuts do nothing in a field that takes keys itself", async () => {
    await visitor.draw("1");
    await visitor.answer();
    await visitor.element("theme").focus();
    await visitor.page.keyboard.press("Backspace");
    assert.equal(await visitor.text("answer"), "1");
    await visitor.element("pad").focus();
  });
});

const { openPage } = pageForEachTest();

test("the evaluator's view shows nothing in the clear, in no panel", async () => {
  const visitor = await openPage({ query: "?lesson=7" });
  const { page } = visitor;
  /** Asserts that this is shown in the visitor's view, and not in the evaluator's. */
  const checkHidden = async (what, ...selectors) => {
    for (const isShown of [true, false]) {
      assert.equal(await visitor.attribute("see", "aria-pressed"), String(!isShown));
      for (const selector of selectors) {
        const found = page.locator(selector).first();
        await found.waitFor({ state: isShown ? "visible" : "hidden" });
      }
      if (isShown) await visitor.element("see").click();
    }
    const [text] = await page.locator("body").allInnerTexts();
    for (const { score } of await visitor.scores()) {
      const written = new RegExp(`(?<![\\d.])${score.toFixed(2).replace("-", "−")}`);
      assert.doesNotMatch(text, written, `${what}: a score, ${score}`);
    }
    assert.doesNotMatch(await visitor.text("announcement"), /\d|reads/, what);
  };
  const back = () => visitor.element("see").click();
  await visitor.drawAndCheck("7");
  assert.equal(await visitor.text("announcement"), "The network reads 7.");
  for (const attempt of ["wrong-key", "flip"]) await cheat(visitor, attempt);
  const scores = ["wrong", "right", "flipped"].map((name) => `[data-testid="${name}-scores"]`);
  await checkHidden("the attacks", ...scores, "#scores", "#answer", "#copy", "#history canvas");
  await back();
  assert.equal(await visitor.text("announcement"), "The network reads 7.");

  await visitor.element("lesson-6").click();
  await lessonStep(visitor, 6);
  await checkHidden("decryption", "#lesson table", '[data-testid="lesson-read"]');
  await visitor.element("lesson-2").click();
  await lessonStep(visitor, 2);
  assert.equal(await page.locator("#lesson canvas").first().isVisible(), false, "chosen in it");
  await back();
  const isPainted = (selector) =>
    page
      .locator(selector)
      .first()
      .evaluate((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(data).size > 2;
      });
  assert.ok(await isPainted("#lesson canvas"));

  await visitor.togglePanel("xray");
  await visitor.element("see").click();
  await xray(visitor);
  assert.equal(await page.locator("#xray .layer").first().isVisible(), false);
  await back();
  assert.ok(await isPainted("#xray .layer canvas"));
  await checkHidden("the X-ray", "#xray .layer", "#xray .error-chart", "#xray .chart-figure");
  await back();

  await visitor.togglePanel("models");
  await page.getByRole("button", { name: "Have this test image read: sandal" }).click();
  await visitor.answer();
  await checkHidden("a test image", ".models-read", ".pad .sample");
});

test("every canvas is painted anew when the colours change", async () => {
  const visitor = await openPage({ query: "?lesson=2" });
  await visitor.page.keyboard.press("2");
  await visitor.answerToSample();
  await visitor.page.locator("#lesson .map canvas").first().waitFor();
  await visitor.togglePanel("models");
  await visitor.page.locator(".models-sample canvas").first().waitFor();
  await visitor.togglePanel("xray");
  await xray(visitor);

  const canvases = [
    "#pad",
    "#preview",
    ".history canvas",
    "#lesson .map canvas",
    ".models-sample canvas",
    "#xray canvas",
  ];
  const painted = () =>
    visitor.page.evaluate(async (selectors) => {
      // The pad is painted within the next frame, maybe after the frame that this waits for.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return selectors.map((selector) => document.querySelector(selector).toDataURL());
    }, canvases);
  const light = await painted();
  for (const [change, restore] of [
    [
      () => visitor.element("theme").selectOption("dark"),
      () => visitor.element("theme").selectOption("system"),
    ],
    [
      () => visitor.page.emulateMedia({ colorScheme: "dark" }),
      () => visitor.page.emulateMedia({ colorScheme: "light" }),
    ],
    [() => visitor.element("presenter").click(), () => visitor.element("presenter").click()],
  ]) {
    await change();
    const changed = await painted();
    const stale = canvases.filter((_, i) => changed[i] === light[i]);
    assert.deepEqual(stale, [], "painted anew");
    await restore();
    const restored = await painted();
    const different = canvases.filter((_, i) => restored[i] !== light[i]);
    assert.deepEqual(different, [], "painted as before");
  }
});

test("a link opens the page with the settings that it names", async () => {
  const query = "?theme=dark&brush=thin&view=theirs&presenter&panel=audit";
  const visitor = await openPage({ query });
  const isOpen = (panel) => visitor.element(panel).evaluate(({ open }) => open);
  const queryBecomes = (wanted) =>
    visitor.page.waitForFunction((wanted) => location.search === wanted, wanted);
  assert.equal(await visitor.element("theme").inputValue(), "dark");
  assert.equal(await visitor.page.getByRole("radio", { name: "thin" }).isChecked(), true);
  assert.equal(await visitor.attribute("see", "aria-pressed"), "true");
  assert.equal(await visitor.attribute("presenter", "aria-pressed"), "true");
  assert.equal(await isOpen("audit"), true);
  await visitor.draw("6");
  await visitor.waitForState("answer", "ready");
  assert.equal(await visitor.query(), query, "the address holds nothing else");

  await visitor.element("presenter").click();
  await visitor.togglePanel("models");
  await queryBecomes("?theme=dark&brush=thin&view=theirs&panel=models");
  assert.equal(await isOpen("audit"), false);
  await visitor.togglePanel("models");
  await queryBecomes("?theme=dark&brush=thin&view=theirs");
});

test("an address with invalid settings opens the page with the usual ones", async () => {
  const query = "?theme=plaid&brush=%00&panel=../x&view=%3Cscript%3E";
  const visitor = await openPage({ query });
  assert.equal(await visitor.element("theme").inputValue(), "system");
  await visitor.drawAndCheck("0");
});
