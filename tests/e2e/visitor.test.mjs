// What a visitor does: has digits written, takes another brush, draws by keyboard, goes back to an earlier drawing, looks at
// what the other side sees, and sets the page as they like it.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

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

const query = (visitor) => visitor.page.evaluate(() => location.search);

/** How much ink the image has that is encrypted. */
const ink = (visitor) =>
  visitor.page.locator("#preview").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
    return data.reduce((sum, value, index) => sum + (index % 4 === 3 ? value / 255 : 0), 0);
  });

describe("on one page", () => {
  let visitor;
  before(async () => {
    visitor = await Visitor.open(browser, server.url);
    await visitor.untilReady();
  });
  afterEach(async () => {
    await visitor.page.keyboard.press("Escape");
    await visitor.untilState("answer", "idle");
    assert.deepEqual(visitor.problems, []);
  });
  after(() => visitor?.close());

  for (const digit of "0123456789") {
    test(`the key ${digit} writes one, each time another, and each is read`, async () => {
      const images = new Set();
      for (let way = 0; way < 3; way += 1) {
        await visitor.page.keyboard.press(digit);
        assert.equal(await visitor.written(), digit, `way ${way}`);
        images.add(await ink(visitor));
      }
      assert.equal(images.size, 3);
    });
  }

  test("a sample can be chosen by its picture", async () => {
    await visitor.element("sample").click();
    await visitor.page.getByRole("button", { name: "write a 4" }).click();
    assert.equal(await visitor.written(), "4");
    assert.equal(await visitor.element("samples").isVisible(), false);
  });

  test("a sample is written like a drawing: it can be taken back, and drawn over", async () => {
    await visitor.page.keyboard.press("5");
    await visitor.page.keyboard.press("Backspace");
    await visitor.page.keyboard.press("Escape");
    await visitor.untilState("answer", "idle");
    await visitor.page.keyboard.press("1");
    await visitor.drawStroke([[0.1, 0.1], [0.12, 0.1]]);
    await visitor.written();
    await visitor.page.keyboard.press("Backspace");
    assert.equal(await visitor.answer(), "1");
  });

  test("with reduced motion it stands there at once", async () => {
    await visitor.page.emulateMedia({ reducedMotion: "reduce" });
    await visitor.page.keyboard.press("8");
    assert.equal(await visitor.element("pad-frame").getAttribute("data-writing"), "false");
    assert.equal(await visitor.written(), "8");
    await visitor.page.emulateMedia({ reducedMotion: null });
  });

  test("a thin and a thick brush draw on the pad and in the image, and are read as well", async () => {
    const drawn = {};
    for (const name of ["thin", "normal", "thick"]) {
      await visitor.page.getByRole("radio", { name }).check();
      await visitor.page.keyboard.press("Escape");
      await visitor.draw("3");
      assert.equal(await visitor.answer(), "3", name);
      const onPad = await visitor.element("pad").evaluate((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, index) => index % 4 === 3 && value > 127).length;
      });
      drawn[name] = { onPad, inImage: await ink(visitor) };
    }
    const { thin, normal, thick } = drawn;
    for (const place of ["onPad", "inImage"]) {
      assert.ok(thin[place] < 0.85 * normal[place] && normal[place] < 0.85 * thick[place], JSON.stringify(drawn));
    }
    assert.equal(await query(visitor), "?brush=thick");
    await visitor.element("pad").focus();
    await visitor.page.keyboard.press("b");
    await visitor.page.keyboard.press("b");
    assert.equal(await query(visitor), "");
    assert.equal(await visitor.page.getByRole("radio", { name: "normal" }).isChecked(), true);
  });

  test("a brush is for the strokes to come", async () => {
    await visitor.draw("1");
    await visitor.answer();
    const before = await ink(visitor);
    await visitor.page.keyboard.press("b");
    assert.equal(await ink(visitor), before);
    await visitor.page.keyboard.press("b");
    await visitor.page.keyboard.press("b");
  });

  test("a pen draws as well", async () => {
    const devtools = await visitor.page.context().newCDPSession(visitor.page);
    const pen = (type, [x, y]) =>
      devtools.send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons: 1, pointerType: "pen", clickCount: 1, force: 0.5 });
    const [first, ...others] = await visitor.onScreen([[0.5, 0.15], [0.5, 0.3], [0.5, 0.45], [0.49, 0.6], [0.49, 0.85]]);
    await pen("mousePressed", first);
    for (const place of others) await pen("mouseMoved", place);
    await pen("mouseReleased", others.at(-1));
    assert.equal(await visitor.answer(), "1");
    await devtools.detach();
  });

  test("what they see takes the place of drawing and answer, and one can draw in it", async () => {
    await visitor.draw("2");
    assert.equal(await visitor.answer(), "2");
    await visitor.element("see").click();
    assert.equal(await visitor.attribute("see", "aria-pressed"), "true");
    assert.equal(await query(visitor), "?view=theirs");
    for (const id of ["answer", "scores"]) assert.equal(await visitor.element(id).isVisible(), false, id);
    assert.equal(await ink(visitor), 0, "the image is not among what they see");
    assert.match(await visitor.page.locator("#drawing-ciphertext-size").textContent(), /161\.9 KB/);
    assert.match(await visitor.page.locator("#scores-ciphertext-size").textContent(), /28\.7 KB/);
    const noise = () => visitor.page.locator("#drawing-ciphertext-noise").evaluate((canvas) => canvas.toDataURL());
    const first = await noise();
    assert.equal(first, await visitor.page.locator("#noise").evaluate((canvas) => canvas.toDataURL()));
    assert.ok(first.length > 10_000, "noise does not compress");

    await visitor.page.keyboard.press("Escape");
    await visitor.draw("7");
    await visitor.untilState("answer", "ready");
    assert.notEqual(await noise(), first);
    assert.doesNotMatch(await visitor.text("announcement"), /\d/, "what is hidden is not read out");

    await visitor.page.keyboard.press("s");
    assert.equal(await query(visitor), "");
    assert.equal(await visitor.element("answer").isVisible(), true);
    assert.equal(await visitor.text("answer"), "7");
    assert.ok((await ink(visitor)) > 20, "and one's own image is there again");
  });

  test("colours are the system's, or light, or dark", async () => {
    const paper = () => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const penColour = () => visitor.element("pad").evaluate((canvas) => getComputedStyle(canvas).color);
    const light = [await paper(), await penColour()];
    await visitor.element("theme").selectOption("dark");
    const dark = [await paper(), await penColour()];
    assert.ok(light.every((colour, i) => colour !== dark[i]));
    assert.equal(await query(visitor), "?theme=dark");
    await visitor.element("theme").selectOption("system");
    assert.deepEqual([await paper(), await penColour()], light);
    await visitor.page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual([await paper(), await penColour()], dark);
    await visitor.element("theme").selectOption("light");
    assert.deepEqual([await paper(), await penColour()], light);
    await visitor.page.emulateMedia({ colorScheme: null });
    await visitor.element("theme").selectOption("system");
    assert.equal(await query(visitor), "");
  });

  test("presenting is large, and only the stage", async () => {
    const width = async () => (await visitor.element("answer").boundingBox()).width;
    const before = await width();
    await visitor.element("presenter").click();
    assert.equal(await query(visitor), "?presenter");
    assert.ok((await width()) > before);
    assert.equal(await visitor.element("audit").isVisible(), false);
    await visitor.page.keyboard.press("p");
    assert.equal(await visitor.element("audit").isVisible(), true);
    assert.equal(await query(visitor), "");
  });

  test("letters and digits do nothing where one types, nor where they are switched off", async () => {
    await visitor.page.keyboard.press("?");
    assert.equal(await visitor.element("keys").isVisible(), true);
    await visitor.page.getByRole("checkbox").uncheck();
    await visitor.page.keyboard.press("Escape");
    assert.equal(await visitor.element("keys").isVisible(), false);
    assert.equal(await query(visitor), "?keys=off");
    for (const key of ["p", "s", "b", "5"]) await visitor.page.keyboard.press(key);
    assert.equal(await query(visitor), "?keys=off");
    assert.equal(await visitor.attribute("answer", "data-state"), "idle");
    await visitor.element("help").click();
    await visitor.page.getByRole("checkbox").check();
    await visitor.page.getByRole("button", { name: "Close" }).click();
    assert.equal(await query(visitor), "");

    await visitor.draw("1");
    await visitor.answer();
    await visitor.element("theme").focus();
    await visitor.page.keyboard.press("Backspace");
    assert.equal(await visitor.text("answer"), "1");
    await visitor.element("pad").focus();
  });
});

test("a digit is drawn, read and announced by keyboard alone", async () => {
  const visitor = await Visitor.open(browser, server.url);
  await visitor.untilReady();
  const press = async (key, times = 1) => {
    for (; times > 0; times -= 1) await visitor.page.keyboard.press(key);
  };
  while (!(await visitor.element("pad").evaluate((pad) => pad === document.activeElement))) await press("Tab");
  assert.equal(await visitor.attribute("pad-frame", "data-grid"), "true", "the grid shows where the focus is");
  await press("ArrowLeft", 3);
  assert.equal(await visitor.text("pad-says"), "column 5, row 4");
  await press("Space");
  assert.equal(await visitor.text("pad-says"), "pen down");
  await press("ArrowRight", 6);
  await press("End", 4);
  await press("ArrowDown", 4);
  await press("Space");
  assert.equal(await visitor.text("pad-says"), "pen up");
  assert.equal(await visitor.answer(), "7");
  assert.equal(await visitor.text("announcement"), "The network reads 7.");

  await press("ArrowDown", 20);
  assert.match(await visitor.text("pad-says"), /row 14, the edge$/);
  await press("Backspace");
  await visitor.untilState("answer", "idle");
  // A stroke that was taken back does not go on.
  await press("Space");
  await press("Backspace");
  await press("ArrowUp", 3);
  await visitor.untilState("answer", "idle");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("what was drawn stays in a row, can be brought back, and is gone when the page is left", async () => {
  const visitor = await Visitor.open(browser, server.url);
  await visitor.untilReady();
  const row = visitor.element("history").getByRole("button");
  const names = () => row.evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  for (const digit of ["3", "1", "4"]) {
    await visitor.page.keyboard.press("Escape");
    await visitor.draw(digit);
    assert.equal(await visitor.answer(), digit);
  }
  assert.deepEqual(await row.allInnerTexts(), ["3", "1", "4"]);
  assert.match((await names())[0], /drawing 1, read as 3/);
  assert.deepEqual(await row.evaluateAll((buttons) => buttons.map((each) => each.getAttribute("aria-current"))), [null, null, "true"]);

  const sent = await visitor.page.locator("#noise").evaluate((canvas) => canvas.toDataURL());
  await row.first().click();
  assert.equal(await visitor.answer(), "3");
  assert.notEqual(await visitor.page.locator("#noise").evaluate((canvas) => canvas.toDataURL()), sent, "it is encrypted anew");
  assert.deepEqual(await row.allInnerTexts(), ["3", "1", "4"], "and not another one");
  await visitor.drawStroke([[0.35, 0.2], [0.33, 0.7]]);
  await visitor.answer();
  assert.equal(await row.count(), 3, "what is added belongs to it");
  await visitor.element("undo").click();
  assert.equal(await visitor.answer(), "3");

  // One that is taken back whole was none.
  await visitor.page.keyboard.press("Escape");
  await visitor.drawStroke([[0.5, 0.1], [0.5, 0.9]]);
  await visitor.answer();
  assert.equal(await row.count(), 4);
  await visitor.element("undo").click();
  assert.equal(await row.count(), 3);

  for (let digit = 0; digit < 8; digit += 1) {
    await visitor.page.keyboard.press(String(digit));
    await visitor.written();
  }
  assert.equal(await row.count(), 8, "the oldest go first");
  assert.deepEqual((await row.allInnerTexts()).join(""), "01234567");

  await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
  assert.equal(await row.count(), 0);
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("what is painted has the page's colours, whatever changes them", async () => {
  const visitor = await Visitor.open(browser, `${server.url}?lesson=2`);
  await visitor.untilReady();
  await visitor.page.keyboard.press("2");
  await visitor.written();
  await visitor.page.locator("#lesson .map canvas").first().waitFor();
  await visitor.page.locator("#models > summary").click();
  await visitor.page.locator(".models-sample canvas").first().waitFor();
  await visitor.page.locator("#xray > summary").click();
  await visitor.element("xray-run").click();
  await visitor.untilState("xray-status", "ready");

  const canvases = ["#pad", "#preview", ".history canvas", "#lesson .map canvas", ".models-sample canvas", "#xray canvas"];
  const painted = () =>
    visitor.page.evaluate(async (all) => {
      // The pad is painted within the next frame, maybe after what this waits for.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return all.map((each) => document.querySelector(each).toDataURL());
    }, canvases);
  const light = await painted();
  for (const [there, back] of [
    [() => visitor.element("theme").selectOption("dark"), () => visitor.element("theme").selectOption("system")],
    [() => visitor.page.emulateMedia({ colorScheme: "dark" }), () => visitor.page.emulateMedia({ colorScheme: "light" })],
    [() => visitor.element("presenter").click(), () => visitor.element("presenter").click()],
  ]) {
    await there();
    const other = await painted();
    assert.deepEqual(canvases.filter((_, i) => other[i] === light[i]), [], "not painted anew");
    await back();
    const again = await painted();
    assert.deepEqual(canvases.filter((_, i) => again[i] !== light[i]), [], "not as before");
  }
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("a link to the page as it is set opens it so", async () => {
  const visitor = await Visitor.open(browser, `${server.url}?theme=dark&brush=thin&view=theirs&presenter&panel=audit`);
  await visitor.untilReady();
  assert.equal(await visitor.element("theme").inputValue(), "dark");
  assert.equal(await visitor.page.getByRole("radio", { name: "thin" }).isChecked(), true);
  assert.equal(await visitor.attribute("see", "aria-pressed"), "true");
  assert.equal(await visitor.attribute("presenter", "aria-pressed"), "true");
  assert.equal(await visitor.element("audit").evaluate(({ open }) => open), true);
  await visitor.draw("6");
  await visitor.untilState("answer", "ready");
  assert.equal(await query(visitor), "?theme=dark&brush=thin&view=theirs&presenter&panel=audit", "nothing else gets there");

  await visitor.element("presenter").click();
  await visitor.page.locator("#models > summary").click();
  await visitor.page.waitForFunction(() => location.search === "?theme=dark&brush=thin&view=theirs&panel=models");
  assert.equal(await visitor.element("audit").evaluate(({ open }) => open), false);
  await visitor.page.locator("#models > summary").click();
  await visitor.page.waitForFunction(() => location.search === "?theme=dark&brush=thin&view=theirs");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test("words in the address that mean nothing are nothing", async () => {
  const visitor = await Visitor.open(browser, `${server.url}?theme=plaid&brush=%00&panel=../x&view=%3Cscript%3E`);
  await visitor.untilReady();
  assert.equal(await visitor.element("theme").inputValue(), "system");
  await visitor.draw("0");
  assert.equal(await visitor.answer(), "0");
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});
