// A visitor of the page: opens it, draws on it, and reads what it says. Notes on the way whatever
// must not happen on any page: errors, and requests to anyone else.

import { DIGITS, path } from "./digits.mjs";

/** What a slow machine may need to load the page and to make keys, or to read one drawing. */
const PATIENCE_MS = 120_000;

export class Visitor {
  /** What went wrong so far, in words. */
  problems = [];

  /**
   * Opens the page in a context of its own.
   *
   * @param {import("playwright-core").Browser} browser
   * @param {string} url
   * @param {import("playwright-core").BrowserContextOptions} options
   * @param {(page: import("playwright-core").Page) => Promise<void>} before done before the page loads
   */
  static async open(browser, url, options = {}, before = async () => {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(page, url);
    await before(page);
    await page.goto(url);
    return visitor;
  }

  constructor(page, url) {
    this.page = page;
    const { origin } = new URL(url);
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      // Not warnings: wasm-bindgen-rayon's threads warn of how they are started.
      if (message.type() === "error") this.problems.push(`error: ${message.text()}`);
    });
    page.context().on("request", (request) => {
      const target = new URL(request.url());
      // The threads are started from blobs of the page's own.
      if (target.origin !== origin) this.problems.push(`request to ${target.href}`);
    });
  }

  /** One of the elements that may be relied on. */
  element(id) {
    return this.page.getByTestId(id);
  }

  async text(id) {
    return (await this.element(id).textContent()).trim();
  }

  attribute(id, name) {
    return this.element(id).getAttribute(name);
  }

  /** What the address says behind its question mark. */
  async search() {
    return new URLSearchParams(await this.page.evaluate(() => location.search));
  }

  /** Waits until the keys are made. */
  async untilReady() {
    await this.untilState("status", "ready");
  }

  /** Waits until an element's `data-state` is this. */
  async untilState(id, state) {
    await this.page.locator(`[data-testid="${id}"][data-state="${state}"]`).waitFor({ state: "attached" });
  }

  /** Waits for the answer to what is on the pad. */
  async answer() {
    await this.untilState("answer", "ready");
    return this.text("answer");
  }

  /** Waits until what is written by itself stands on the pad, and for the answer to it. */
  async written() {
    await this.page.locator('[data-testid="pad-frame"][data-writing="false"]').waitFor({ state: "attached" });
    return this.answer();
  }

  /** Waits until the page is kept for when there is no network. */
  async untilKept() {
    await this.page.locator("#stored:not(:empty)").waitFor({ state: "attached" });
  }

  /** Draws a digit with the mouse, stroke by stroke. */
  async draw(digit) {
    for (const stroke of DIGITS[digit]) await this.drawStroke(stroke);
  }

  async drawStroke(stroke) {
    await this.penDown(stroke);
    await this.page.mouse.up();
  }

  /** Draws a stroke, and leaves the pen where it is. */
  async penDown(stroke) {
    const [first, ...others] = await this.onScreen(path(stroke));
    await this.page.mouse.move(...first);
    await this.page.mouse.down();
    for (const place of others) await this.page.mouse.move(...place);
  }

  /** Draws a digit with a finger, as the operating system would report it. */
  async drawByTouch(digit) {
    const devtools = await this.page.context().newCDPSession(this.page);
    const touch = (type, touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    for (const stroke of DIGITS[digit]) {
      const [first, ...others] = await this.onScreen(path(stroke));
      await touch("touchStart", [{ x: first[0], y: first[1] }]);
      for (const [x, y] of others) await touch("touchMove", [{ x, y }]);
      await touch("touchEnd", []);
    }
    await devtools.detach();
  }

  /** The ten scores as the page has them, by digit. */
  scores() {
    return this.element("scores").evaluate((scores) =>
      Array.from(scores.querySelectorAll("[data-digit]"), (column) => ({
        digit: column.dataset.digit,
        score: column.dataset.score === undefined ? undefined : Number(column.dataset.score),
      })),
    );
  }

  async close() {
    await this.page.context().close();
  }

  /** Places on the unit square, on the screen's pad. */
  async onScreen(places) {
    const pad = await this.element("pad").boundingBox();
    return places.map(([x, y]) => [pad.x + x * pad.width, pad.y + y * pad.height]);
  }
}
