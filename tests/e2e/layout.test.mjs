// The page on the screens that it is made for. Leaves a picture of each in target/screenshots/.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

const PICTURES = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));

const SCREENS = [
  { name: "light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "light", deviceScaleFactor: 2 },
  { name: "projector", viewport: { width: 1920, height: 1080 }, colorScheme: "light" },
];

let browser;
let server;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const { name, ...screen } of SCREENS) {
  test(`pad and answer are in sight together: ${name}`, async () => {
    const visitor = await Visitor.open(browser, server.url, screen);
    await visitor.untilReady();
    await visitor.draw("2");
    await visitor.answer();
    await visitor.page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
    await visitor.page.screenshot({ path: join(PICTURES, `${name}.png`) });

    const { width, height } = screen.viewport;
    for (const id of ["pad", "answer", "scores", "clear"]) {
      const box = await visitor.element(id).boundingBox();
      assert.ok(
        box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
        `${id} is at ${JSON.stringify(box)}`,
      );
    }
    const pad = await visitor.element("pad").boundingBox();
    assert.ok(Math.abs(pad.width - pad.height) < 1, "the pad is square");
    assert.equal(await visitor.page.evaluate(() => document.documentElement.scrollWidth), width);
    assert.deepEqual(visitor.problems, []);
    await visitor.close();
  });
}

for (const [width, height] of [[1440, 1000], [1280, 900], [1100, 900], [1000, 700], [820, 1180]]) {
  for (const presenting of ["", "?presenter"]) {
    test(`what stands beside the pad has room: ${width} by ${height}${presenting}`, async () => {
      const visitor = await Visitor.open(browser, server.url + presenting, { viewport: { width, height } });
      await visitor.untilReady();
      const cramped = await visitor.page.evaluate(() => {
        const side = document.querySelector(".yours").getBoundingClientRect().right;
        const all = [...document.querySelectorAll(".tools, .tools figcaption, .tools button, .tools button *")];
        // a pixel is rounding
        const beyond = (element, right) => element.getBoundingClientRect().right > right + 1;
        const cut = (element) => element.closest("button") && beyond(element, element.closest("button").getBoundingClientRect().right);
        return all.filter((element) => beyond(element, side) || cut(element)).map(({ id, textContent }) => id || textContent);
      });
      assert.deepEqual(cramped, []);
      await visitor.close();
    });
  }
}

test("marks that fly along the wire make the page no wider: phone", async () => {
  const { viewport } = SCREENS.find(({ name }) => name === "phone");
  const visitor = await Visitor.open(browser, server.url, { viewport, isMobile: true });
  await visitor.untilReady();
  await visitor.page.evaluate(() => {
    globalThis.seen = { widest: 0, flights: 0 };
    const look = () => {
      seen.widest = Math.max(seen.widest, document.documentElement.scrollWidth, innerWidth);
      seen.flights = Math.max(seen.flights, document.querySelector(".wire").getAnimations({ subtree: true }).length);
      requestAnimationFrame(look);
    };
    look();
  });
  await visitor.draw("2");
  await visitor.answer();
  await visitor.page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  const { widest, flights } = await visitor.page.evaluate(() => seen);
  assert.ok(flights > 0, "something flies");
  assert.equal(widest, viewport.width);
  await visitor.close();
});

for (const model of ["digits", "fashion"]) {
  for (const { name, ...screen } of SCREENS) {
    test(`as many drawings as are kept take no more room than there is, and the newest is in sight: ${model}, ${name}`, async () => {
      const visitor = await Visitor.open(browser, `${server.url}?model=${model}`, { ...screen, isMobile: name === "phone", reducedMotion: "reduce" });
      await visitor.untilReady();
      const wide = () => visitor.page.evaluate(() => document.documentElement.scrollWidth);
      const row = visitor.element("history");
      for (let digit = 0; digit < 8; digit += 1) {
        await visitor.page.keyboard.press("Escape");
        await visitor.page.keyboard.press(String(digit));
        await visitor.answer();
      }
      assert.equal(await row.getByRole("button").count(), 8);
      assert.equal(await wide(), screen.viewport.width);
      const newest = await row.getByRole("button").last().boundingBox();
      const yours = await visitor.page.locator(".yours").boundingBox();
      assert.ok(newest.x >= yours.x && newest.x + newest.width <= yours.x + yours.width, JSON.stringify({ newest, yours }));
      await visitor.close();
    });
  }
}
