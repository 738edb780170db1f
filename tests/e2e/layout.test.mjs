// The layout of the page on the screens that it is made for. Writes a picture of each screen to
// target/screenshots/.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageForEachTest } from "./support/page.mjs";

const SCREENS = [
  { name: "light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  {
    name: "phone",
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
    deviceScaleFactor: 2,
  },
  { name: "projector", viewport: { width: 1920, height: 1080 }, colorScheme: "light" },
];

const { openPage } = pageForEachTest();

const pageWidth = (visitor) => visitor.page.evaluate(() => document.documentElement.scrollWidth);

for (const { name, ...context } of SCREENS) {
  test(`pad and answer are in sight together: ${name}`, async () => {
    const visitor = await openPage({ context });
    await visitor.draw("2");
    await visitor.answer();
    await visitor.waitForAnimations();
    await visitor.screenshot(name);

    const { width, height } = context.viewport;
    for (const id of ["pad", "answer", "scores", "clear"]) {
      const box = await visitor.element(id).boundingBox();
      assert.ok(
        box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
        `${id} is at ${JSON.stringify(box)}`,
      );
    }
    const pad = await visitor.element("pad").boundingBox();
    assert.ok(Math.abs(pad.width - pad.height) < 1, "the pad is square");
    assert.equal(await pageWidth(visitor), width);
  });
}

for (const [width, height] of [
  [1440, 1000],
  [1280, 900],
  [1100, 900],
  [1000, 700],
  [820, 1180],
]) {
  for (const query of ["", "?presenter"]) {
    test(`the tools beside the pad fit: ${width} by ${height}${query}`, async () => {
      const visitor = await openPage({ query, context: { viewport: { width, height } } });
      const overflowing = await visitor.page.evaluate(() => {
        const right = (element) => element.getBoundingClientRect().right;
        // One pixel is rounding.
        const overflows = (element, container) => right(element) > right(container) + 1;
        const side = document.querySelector(".yours");
        const tools = ".tools, .tools figcaption, .tools button, .tools button *";
        return [...document.querySelectorAll(tools)]
          .filter((element) => {
            const button = element.closest("button");
            return overflows(element, side) || (button && overflows(element, button));
          })
          .map(({ id, textContent }) => id || textContent);
      });
      assert.deepEqual(overflowing, []);
    });
  }
}

test("marks that fly along the wire do not widen the page: phone", async () => {
  const { viewport } = SCREENS.find(({ name }) => name === "phone");
  const visitor = await openPage({ context: { viewport, isMobile: true } });
  await visitor.page.evaluate(() => {
    globalThis.most = { width: 0, flights: 0 };
    const measure = () => {
      const wire = document.querySelector(".wire");
      const flights = wire.getAnimations({ subtree: true }).length;
      most.width = Math.max(most.width, document.documentElement.scrollWidth, innerWidth);
      most.flights = Math.max(most.flights, flights);
      requestAnimationFrame(measure);
    };
    measure();
  });
  await visitor.draw("2");
  await visitor.answer();
  await visitor.waitForAnimations();
  const { width, flights } = await visitor.page.evaluate(() => most);
  assert.ok(flights > 0, "something flies");
  assert.equal(width, viewport.width);
});

for (const model of ["digits", "fashion"]) {
  for (const { name, ...screen } of SCREENS) {
    test(`a full row of drawings fits, and shows the newest: ${model}, ${name}`, async () => {
      const visitor = await openPage({
        query: `?model=${model}`,
        context: { ...screen, isMobile: name === "phone", reducedMotion: "reduce" },
      });
      const row = visitor.element("history").getByRole("button");
      for (let digit = 0; digit < 8; digit += 1) {
        await visitor.page.keyboard.press("Escape");
        await visitor.page.keyboard.press(String(digit));
        await visitor.answer();
      }
      assert.equal(await row.count(), 8);
      assert.equal(await pageWidth(visitor), screen.viewport.width);
      const newest = await row.last().boundingBox();
      const side = await visitor.page.locator(".yours").boundingBox();
      assert.ok(
        newest.x >= side.x && newest.x + newest.width <= side.x + side.width,
        JSON.stringify({ newest, side }),
      );
    });
  }
}
