// A visitor of the page: opens it, draws on it, and reads what it shows. A visitor also records
// what must not happen on any page: errors, and requests to other origins.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DIGITS, path } from "./digits.mjs";

/** How long a slow machine may take to load the page and make keys, or to read one drawing. */
const TIMEOUT_MS = 120_000;

const VIEWPORT = { width: 1280, height: 800 };
const SCREENSHOTS = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));

export class Visitor {
  /** @type {import("playwright-core").Page} */
  page;
  /** The site that serves the page, as `serve` or `companion` returned it. */
  site;
  /** Errors, and requests to other origins, as text. */
  problems = [];

  /**
   * Opens the page in its own browser context.
   *
   * @param {import("playwright-core").Browser} browser
   * @param {string} url
   * @param {{
   *   context?: import("playwright-core").BrowserContextOptions,
   *   prepare?: (page: import("playwright-core").Page) => unknown,
   * }} options `prepare` runs before the page loads
   */
  async open(browser, url, { context = {}, prepare } = {}) {
    const opened = await browser.newContext({ viewport: VIEWPORT, ...context });
    const page = await opened.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    this.attach(page, url);
    await prepare?.(page);
    await page.goto(url);
    return this;
  }

  /** Takes over a page, and records its problems from now on. */
  attach(page, url) {
    this.page = page;
    const { origin } = new URL(url);
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      // Not warnings: the threads of wasm-bindgen-rayon warn about how they are started.
      if (message.type() === "error") this.problems.push(`error: ${message.text()}`);
    });
    page.context().on("request", (request) => {
      // The origin of a blob is that of the page. The threads start from blobs.
      const target = new URL(request.url());
      if (target.origin !== origin) this.problems.push(`request to ${target.href}`);
    });
    return this;
  }

  async close() {
    await this.page?.context().close();
  }

  /** Fails if there was an error or a request to another origin. */
  checkProblems() {
    assert.deepEqual(this.problems, []);
  }

  // Reading

  /** The element with this test id. */
  element(id) {
    return this.page.getByTestId(id);
  }

  async text(id) {
    return (await this.element(id).textContent()).trim();
  }

  attribute(id, name) {
    return this.element(id).getAttribute(name);
  }

  /** The query of the address, from the question mark on. */
  query() {
    return this.page.evaluate(() => location.search);
  }

  /** A parameter of the query, or null. */
  async parameter(name) {
    return new URLSearchParams(await this.query()).get(name);
  }

  /** The scores that the page shows: one for each class, in order. */
  scores() {
    return this.element("scores").evaluate((scores) =>
      Array.from(scores.querySelectorAll("[data-digit]"), ({ dataset: { digit, score } }) => ({
        digit,
        score: score === undefined ? undefined : Number(score),
      })),
    );
  }

  /** The noise as which the evaluator sees the drawing, as a data URL. */
  noise() {
    return this.page.locator("#noise").evaluate((canvas) => canvas.toDataURL());
  }

  /** The sum of all pixels of the image that is encrypted. A full pixel counts 1. */
  ink() {
    return this.page.locator("#preview").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
      return data.reduce((sum, value, i) => sum + (i % 4 === 3 ? value / 255 : 0), 0);
    });
  }

  /** The worker that runs the evaluator. Its threads have other addresses. */
  evaluatorWorker() {
    const isEvaluator = (worker) => worker.url().endsWith("/evaluator-worker.js");
    return this.page.workers().find(isEvaluator);
  }

  isIsolated() {
    return this.page.evaluate(() => crossOriginIsolated);
  }

  // Waiting

  /** Waits until the keys are made and the evaluator has them. */
  async waitUntilReady() {
    await this.waitForState("status", "ready");
  }

  /** Waits until `data-state` of an element has this value. */
  async waitForState(id, state) {
    await this.#waitForAttribute(id, "data-state", state);
  }

  async #waitForAttribute(id, name, value) {
    const selector = `[data-testid="${id}"][${name}="${value}"]`;
    await this.page.locator(selector).waitFor({ state: "attached" });
  }

  /** Waits until the service worker has stored the site, so that the page works offline. */
  async waitUntilStored() {
    await this.page.locator("#stored:not(:empty)").waitFor({ state: "attached" });
  }

  /** Waits until all animations have ended. */
  async waitForAnimations() {
    await this.page.evaluate(async () => {
      const running = () =>
        document.getAnimations().filter(({ playState }) => playState === "running");
      // An animation may start another, or be replaced and never finish.
      for (let all = running(); all.length > 0; all = running()) {
        await Promise.allSettled(all.map(({ finished }) => finished));
      }
    });
  }

  /** Waits for the answer to the drawing on the pad, and returns it. */
  async answer() {
    await this.waitForState("answer", "ready");
    return this.text("answer");
  }

  /** Waits until a sample is written on the pad, and for the answer to it. */
  async answerToSample() {
    await this.#waitForAttribute("pad-frame", "data-writing", "false");
    return this.answer();
  }

  // Drawing

  /** Draws a digit with the mouse, stroke by stroke. */
  async draw(digit) {
    for (const stroke of DIGITS[digit]) await this.drawStroke(stroke);
  }

  /** Draws a digit with the mouse, and checks that the page reads it. */
  async drawAndCheck(digit) {
    await this.draw(digit);
    assert.equal(await this.answer(), digit);
  }

  /** Types a digit, which writes a sample, and checks that the page reads it. */
  async writeAndCheck(digit) {
    await this.page.keyboard.press(digit);
    assert.equal(await this.answerToSample(), digit);
  }

  async drawStroke(stroke) {
    await this.penDown(stroke);
    await this.page.mouse.up();
  }

  /** Draws a stroke, and leaves the pen down. */
  async penDown(stroke) {
    const [first, ...others] = await this.toScreen(path(stroke));
    await this.page.mouse.move(...first);
    await this.page.mouse.down();
    for (const point of others) await this.page.mouse.move(...point);
  }

  /** Draws a digit with a finger, by touch events as the operating system reports them. */
  async drawByTouch(digit) {
    const devtools = await this.page.context().newCDPSession(this.page);
    const touch = (type, touchPoints) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    for (const stroke of DIGITS[digit]) {
      const [first, ...others] = await this.toScreen(path(stroke));
      await touch("touchStart", [{ x: first[0], y: first[1] }]);
      for (const [x, y] of others) await touch("touchMove", [{ x, y }]);
      await touch("touchEnd", []);
    }
    await devtools.detach();
  }

  /** Converts points of the unit square to points of the pad on the screen. */
  async toScreen(points) {
    const pad = await this.element("pad").boundingBox();
    return points.map(([x, y]) => [pad.x + x * pad.width, pad.y + y * pad.height]);
  }

  /** Scrolls to the pad. An open panel may have moved it out of sight. */
  async scrollToPad() {
    await this.element("pad").scrollIntoViewIfNeeded();
  }

  /** Clears the pad by its button. */
  async clear() {
    await this.element("clear").click();
  }

  // Doing

  /** Opens a panel, or closes it. */
  async togglePanel(id) {
    await this.page.locator(`#${id} > summary`).click();
  }

  /** Clicks, waits for the download that follows, and returns the content of the file. */
  async download(button) {
    const download = this.page.waitForEvent("download");
    await button.click();
    return readFile(await (await download).path());
  }

  /**
   * Throws an error in the evaluator's worker, and waits until the page has replaced the worker.
   */
  async crashEvaluator() {
    const replaced = this.page.waitForEvent("worker");
    await this.evaluatorWorker().evaluate(() => {
      setTimeout(() => {
        throw new Error("broken on purpose");
      });
    });
    await replaced;
  }

  /** Writes a picture of the page, or of one element, to target/screenshots. */
  async screenshot(name, target = this.page) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await target.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}
