// Accessibility: axe checks WCAG 2.2 AA in every state of the page, with no rule ignored; the page
// announces its answers; everything that is pressed is large enough.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { check } from "./support/axe.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";

const SCREENS = [
  { name: "light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

const PANELS = ["lesson", "xray", "relu", "parameters", "models", "audit"];

async function checkByAxe(visitor) {
  const { violations, passed } = await check(visitor);
  assert.deepEqual(violations, []);
  assert.ok(passed > 20, `${passed} rules were tried`);
}

for (const { name, ...context } of SCREENS) {
  describe(`axe finds nothing: ${name}`, () => {
    const visitor = pageForAllTests({ context });

    test("before anything is drawn", () => checkByAxe(visitor));

    test("with an answer and an earlier drawing", async () => {
      await visitor.draw("3");
      await visitor.answer();
      await visitor.clear();
      await visitor.draw("5");
      await visitor.answer();
      await checkByAxe(visitor);
    });

    for (const panel of PANELS) {
      test(`with the panel ${panel} open`, async () => {
        await visitor.togglePanel(panel);
        await visitor.page.waitForTimeout(500);
        await checkByAxe(visitor);
        await visitor.togglePanel(panel);
      });
    }

    test("in the evaluator's view", async () => {
      await visitor.element("see").click();
      await checkByAxe(visitor);
      await visitor.element("see").click();
    });

    test("with the samples open", async () => {
      await visitor.element("sample").click();
      await checkByAxe(visitor);
      await visitor.page.keyboard.press("Escape");
    });

    test("with the list of shortcuts open", async () => {
      await visitor.page.keyboard.press("?");
      await checkByAxe(visitor);
      await visitor.page.keyboard.press("Escape");
    });

    test("while one draws by keyboard", async () => {
      await visitor.page.keyboard.press("Escape");
      await visitor.element("pad").focus();
      await visitor.page.keyboard.press("ArrowUp");
      await visitor.page.keyboard.press("Space");
      await checkByAxe(visitor);
    });

    test("while presenting", async () => {
      await visitor.page.keyboard.press("p");
      await checkByAxe(visitor);
      await visitor.page.keyboard.press("p");
    });

    test("while the page offers a newer version", async () => {
      await visitor.waitUntilStored();
      // The first service worker takes the page over a moment later. That is no newer version.
      await visitor.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      // Another service worker replaces it, as after an update in another window.
      await visitor.page.evaluate(() =>
        navigator.serviceWorker.dispatchEvent(new Event("controllerchange")),
      );
      const later = visitor.element("update").getByRole("button", { name: "Later" });
      await later.waitFor();
      await checkByAxe(visitor);
      await later.click();
      assert.equal(await visitor.text("update"), "");
    });

    test("everything that is pressed is at least 24 by 24 pixels", async () => {
      const small = await visitor.page.evaluate(() => {
        const pressed = "button, select, summary, input:not([type=radio]), label:has([type=radio])";
        return [...document.querySelectorAll(pressed)]
          .map((element) => ({
            name: element.id || element.textContent.trim(),
            box: element.getBoundingClientRect(),
          }))
          .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
          .map(({ name, box }) => `${name}: ${box.width} x ${box.height}`);
      });
      // A checkbox is pressed by its label.
      assert.deepEqual(
        small.filter((line) => !line.startsWith("keys-on")),
        [],
      );
    });
  });
}

const { openPage } = pageForEachTest();

test("axe finds nothing on a page that shows an error", async () => {
  const intercept = (path) => (path.endsWith(".safetensors") ? 503 : undefined);
  const visitor = await openPage({ serve: { intercept }, ready: false, allowProblems: true });
  await visitor.waitForState("status", "error");
  await checkByAxe(visitor);
});

test("axe finds a button without a name", async () => {
  const visitor = await openPage({ ready: false });
  await visitor.page.evaluate(() => document.getElementById("undo").replaceChildren());
  const { violations } = await check(visitor);
  assert.ok(
    violations.some((violation) => violation.startsWith("button-name")),
    violations.join("\n"),
  );
});

test("each final answer is announced, also when it is the same again", async () => {
  const visitor = await openPage({
    prepare: (page) =>
      page.addInitScript(() => {
        globalThis.announcements = [];
        addEventListener("DOMContentLoaded", () => {
          const region = document.getElementById("announcement");
          const record = () => region.textContent && announcements.push(region.textContent);
          new MutationObserver(record).observe(region, { childList: true });
        });
      }),
  });
  await visitor.draw("3");
  await visitor.answer();
  await visitor.clear();
  await visitor.draw("3");
  await visitor.answer();
  assert.deepEqual(await visitor.page.evaluate(() => announcements), [
    "The network reads 3.",
    "The network reads 3.",
  ]);
  assert.equal(await visitor.attribute("announcement", "aria-live"), "polite");
});

test("with reduced motion nothing moves", async () => {
  const visitor = await openPage({ context: { reducedMotion: "reduce" } });
  await visitor.page.keyboard.press("2");
  await visitor.answerToSample();
  await visitor.element("see").click();
  const moving = await visitor.page.evaluate(() => document.getAnimations().length);
  assert.equal(moving, 0);
});
