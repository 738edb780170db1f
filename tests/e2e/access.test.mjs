// WCAG 2.2 AA by axe, on every state of the page and with nothing ignored; what it says to who cannot see it; and that
// everything is large enough to be hit.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { check } from "./support/axe.mjs";
import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

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

const SCREENS = [
  { name: "light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

const PANELS = ["lesson", "xray", "relu", "parameters", "models", "audit"];

async function passes(visitor) {
  const { violations, passed } = await check(visitor.page);
  assert.deepEqual(violations, []);
  assert.ok(passed > 20, `${passed} rules were tried`);
}

for (const { name, ...screen } of SCREENS) {
  describe(`axe finds nothing: ${name}`, () => {
    let visitor;
    before(async () => {
      visitor = await Visitor.open(browser, server.url, screen);
      await visitor.untilReady();
    });
    after(() => visitor?.close());

    test("fresh", () => passes(visitor));

    test("answered, with digits of before", async () => {
      await visitor.draw("3");
      await visitor.answer();
      await visitor.element("clear").click();
      await visitor.draw("5");
      await visitor.answer();
      await passes(visitor);
    });

    for (const panel of PANELS) {
      test(`the panel ${panel} open`, async () => {
        const summary = visitor.page.locator(`#${panel} > summary`);
        await summary.click();
        await visitor.page.waitForTimeout(500);
        await passes(visitor);
        await summary.click();
      });
    }

    test("what they see", async () => {
      await visitor.element("see").click();
      await passes(visitor);
      await visitor.element("see").click();
    });

    test("samples offered", async () => {
      await visitor.element("sample").click();
      await passes(visitor);
      await visitor.page.keyboard.press("Escape");
    });

    test("keys told", async () => {
      await visitor.page.keyboard.press("?");
      await passes(visitor);
      await visitor.page.keyboard.press("Escape");
    });

    test("drawing by keyboard", async () => {
      await visitor.page.keyboard.press("Escape");
      await visitor.element("pad").focus();
      await visitor.page.keyboard.press("ArrowUp");
      await visitor.page.keyboard.press("Space");
      await passes(visitor);
    });

    test("presenting", async () => {
      await visitor.page.keyboard.press("p");
      await passes(visitor);
      await visitor.page.keyboard.press("p");
    });

    test("a newer version offered", async () => {
      await visitor.untilKept();
      // The first worker takes the page over a moment later, and that is no newer version.
      await visitor.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      // Another worker in its place, as after an update in another window.
      await visitor.page.evaluate(() => navigator.serviceWorker.dispatchEvent(new Event("controllerchange")));
      await visitor.element("update").getByRole("button", { name: "Later" }).waitFor();
      await passes(visitor);
      await visitor.element("update").getByRole("button", { name: "Later" }).click();
      assert.equal(await visitor.text("update"), "");
    });

    test("everything that is pressed is at least 24 by 24 pixels", async () => {
      const small = await visitor.page.evaluate(() =>
        [...document.querySelectorAll("button, select, summary, input:not([type=radio]), label:has([type=radio])")]
          .map((element) => ({ name: element.id || element.textContent.trim(), box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
          .map(({ name, box }) => `${name}: ${box.width} x ${box.height}`),
      );
      // A checkbox is pressed by its label.
      assert.deepEqual(small.filter((line) => !line.startsWith("keys-on")), []);
    });
  });
}

test("axe finds nothing: where something failed", async () => {
  const broken = await serve({ intercept: (path) => (path.endsWith(".safetensors") ? 503 : undefined) });
  const visitor = await Visitor.open(browser, broken.url);
  await visitor.untilState("status", "error");
  await passes(visitor);
  await visitor.close();
  await broken.close();
});

test("axe finds something where there is something", async () => {
  const visitor = await Visitor.open(browser, server.url);
  await visitor.page.evaluate(() => document.getElementById("undo").replaceChildren());
  const { violations } = await check(visitor.page);
  assert.ok(violations.some((violation) => violation.startsWith("button-name")), violations.join("\n"));
  await visitor.close();
});

test("the answer is announced once it stands, and again when it changes", async () => {
  const visitor = await Visitor.open(browser, server.url, {}, (page) =>
    page.addInitScript(() => {
      globalThis.announced = [];
      addEventListener("DOMContentLoaded", () => {
        const announcement = document.getElementById("announcement");
        new MutationObserver(() => announcement.textContent && announced.push(announcement.textContent)).observe(announcement, { childList: true });
      });
    }),
  );
  await visitor.untilReady();
  await visitor.draw("3");
  await visitor.answer();
  await visitor.element("clear").click();
  await visitor.draw("3");
  await visitor.answer();
  assert.deepEqual(await visitor.page.evaluate(() => announced), ["The network reads 3.", "The network reads 3."]);
  assert.equal(await visitor.attribute("announcement", "aria-live"), "polite");
  await visitor.close();
});

test("without motion nothing moves", async () => {
  const visitor = await Visitor.open(browser, server.url, { reducedMotion: "reduce" });
  await visitor.untilReady();
  await visitor.page.keyboard.press("2");
  await visitor.written();
  await visitor.element("see").click();
  const moving = await visitor.page.evaluate(() => document.getAnimations().length);
  assert.equal(moving, 0);
  await visitor.close();
});
