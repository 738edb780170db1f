// The fixture of the tests: starts a site, a browser and a page, waits until the page is ready, and
// closes everything afterwards. A page whose console shows an error fails its test, and so does a
// page that sends a request to another origin.
//
// After `cargo xtask build`, `node --test tests/e2e/NAME.test.mjs` runs one file. CHROMIUM names
// the browser if it is not in the PATH.

import { after, afterEach, before } from "node:test";

import { launch } from "./browser.mjs";
import { companion } from "./companion.mjs";
import { serve } from "./server.mjs";
import { Visitor } from "./visitor.mjs";

/**
 * How to open a page.
 *
 * @typedef {object} PageOptions
 * @property {{ url: string }} [site] a running site; without it, one is started for the page
 * @property {Parameters<typeof serve>[0]} [serve] how to start the site
 * @property {string} [query] the query of the address, from the question mark on
 * @property {import("playwright-core").BrowserContextOptions} [context]
 * @property {(page: import("playwright-core").Page, site: object) => Promise<void>} [prepare] runs
 *   before the page loads; `site` is the site that serves the page
 * @property {boolean} [ready] false: do not wait until the page is ready
 * @property {boolean} [allowProblems] true: the test provokes errors, or checks them itself
 */

/** The browser of this test file. The first page that opens starts it. */
let browser;
let browserUsers = 0;

/** Closes the browser after this file or suite, unless another suite still needs it. */
function shareBrowser() {
  browserUsers += 1;
  after(async () => {
    browserUsers -= 1;
    if (browserUsers === 0) await (await browser)?.close();
  });
}

/** Everything that is open, and how to close it. */
class Resources {
  #open = [];

  /** Registers something to close, and returns it. */
  add(resource) {
    this.#open.push(resource);
    return resource;
  }

  /**
   * Opens a page.
   *
   * @param {PageOptions} options
   * @param {Visitor} visitor
   */
  async openPage(options = {}, visitor = new Visitor()) {
    const { query = "", context, prepare, ready = true, allowProblems = false } = options;
    const site = options.site ?? this.add(await serve(options.serve));
    browser ??= launch();
    visitor.site = site;
    this.add({
      async close() {
        await visitor.close();
        if (!allowProblems) visitor.checkProblems();
      },
    });
    await visitor.open(await browser, site.url + query, {
      context,
      prepare: (page) => prepare?.(page, site),
    });
    if (ready) await visitor.waitUntilReady();
    return visitor;
  }

  /** Closes everything, the newest first. Throws the first error once all is closed. */
  async close() {
    const errors = [];
    for (const resource of this.#open.splice(0).reverse()) {
      try {
        await resource.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/**
 * Gives each test its own sites and pages. Call it once, at the top of a file or of a suite: after
 * each test it closes whatever that test opened.
 */
export function pageForEachTest() {
  const resources = new Resources();
  afterEach(() => resources.close());
  shareBrowser();
  return {
    /** Starts the test server of the built page. */
    startSite: async (options) => resources.add(await serve(options)),
    /** Starts the companion, which serves the page as well. */
    startCompanion: async (options) => resources.add(await companion(options)),
    /**
     * Opens a page.
     *
     * @param {PageOptions} [options]
     */
    openPage: (options) => resources.openPage(options),
    /** Registers something else to close after the test. */
    closeAfterTest: (resource) => resources.add(resource),
  };
}

/** For `prepare`: removes service workers from the browser, so that the page stores nothing. */
export async function disableServiceWorkers(page) {
  await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
}

/**
 * Opens one page for all tests of a file or of a suite. The visitor that it returns has its page
 * once the tests run. `setUp` runs before the first test. (A second hook of the test runner would
 * not do: at the top of a file it does not wait for the first.)
 *
 * @param {PageOptions | (() => PageOptions)} options
 * @param {(visitor: Visitor) => Promise<void>} [setUp]
 * @returns {Visitor}
 */
export function pageForAllTests(options = {}, setUp = async () => {}) {
  const resources = new Resources();
  const visitor = new Visitor();
  let allowProblems;
  before(async () => {
    const given = typeof options === "function" ? options() : options;
    allowProblems = given.allowProblems ?? false;
    await resources.openPage(given, visitor);
    await setUp(visitor);
  });
  afterEach(() => {
    if (!allowProblems) visitor.checkProblems();
  });
  after(() => resources.close());
  shareBrowser();
  return visitor;
}
