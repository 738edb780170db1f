// The lesson: each step shows facts of the drawing on the pad, the arrow keys move between
// the steps, and each attempt to cheat has the outcome that it states.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { eventually } from "./support/eventually.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";
import { cheat, lessonStep } from "./support/panels.mjs";

/** Parses a number as the page writes it: 1,234 or −0.5. */
const parseNumber = (text) => Number(text.replaceAll(",", "").replaceAll("−", "-"));

describe("a lesson", () => {
  const visitor = pageForAllTests({
    query: "?lesson=3",
    context: { permissions: ["clipboard-write"] },
  });

  /** The number of the step that the address names. */
  const address = () => visitor.parameter("lesson");

  /** The step that is shown. */
  const shown = () => visitor.element("lesson-step");

  /** Chooses a step, and returns its text. */
  async function goTo(number) {
    await visitor.element(`lesson-${number}`).click();
    return lessonStep(visitor, number);
  }

  async function press(key, times = 1) {
    for (let time = 0; time < times; time += 1) await visitor.page.keyboard.press(key);
  }

  test("the address opens a step, which waits for a drawing", async () => {
    await eventually(async () => {
      assert.match(await lessonStep(visitor, 3), /Encryption.*draw something/s);
    });
  });

  test("encryption: two ciphertexts of the drawing, which change with it", async () => {
    await visitor.scrollToPad();
    await visitor.drawAndCheck("4");
    await shown().getByText("coefficients that agree").waitFor();
    const text = await shown().textContent();
    // By chance, two of 8192 coefficients of 28 bits agree once in 30,000 times.
    const [, agree] = /coefficients that agree(\d+) of 8,192/.exec(text);
    assert.ok(Number(agree) < 3, text);
    const stated = text.matchAll(/within ([\d.]+) standard deviations/g);
    const deviations = Array.from(stated, ([, number]) => Number(number));
    assert.equal(deviations.length, 3);
    assert.ok(
      deviations.every((deviation) => deviation < 6),
      `uniform: ${deviations}`,
    );
    const pictures = () =>
      shown()
        .locator("canvas")
        .evaluateAll((all) => all.map((canvas) => canvas.toDataURL()));
    const all = await pictures();
    const [first, second, difference] = all;
    for (const picture of [first, second, difference]) {
      assert.ok(picture.length > 8000, "noise does not compress");
    }
    assert.notEqual(first, second, "two different ciphertexts");
    await visitor.screenshot("lesson-encryption", visitor.page.locator("#lesson"));

    await visitor.clear();
    await shown().getByText("draw something").waitFor();
    await visitor.scrollToPad();
    await visitor.draw("2");
    await visitor.answer();
    await shown().getByText("coefficients that agree").waitFor();
    assert.notEqual((await pictures())[0], first);
  });

  test("arrow keys move between the steps, and stop at the first and the last", async () => {
    await press("ArrowRight");
    await lessonStep(visitor, 4);
    assert.equal(await address(), "4");
    await press("ArrowRight", 5);
    await lessonStep(visitor, 7);
    assert.equal(await address(), "7");
    await press("ArrowLeft", 9);
    await lessonStep(visitor, 1);
    assert.equal(await address(), "1");
    await visitor.element("lesson-next").click();
    await lessonStep(visitor, 2);
    await visitor.element("lesson-back").click();
    await lessonStep(visitor, 1);
    await goTo(6);
    assert.equal(await visitor.attribute("lesson-6", "aria-current"), "step");
  });

  test("the key: its distribution, where it is, and none of its values", async () => {
    const text = await goTo(1);
    assert.match(text, /8,192 coefficients/);
    assert.match(text, /12,984 bits/, "8192 log2 3");
    // The counts are binomial: two standard deviations of 42.7.
    assert.match(text, /2,731 ± 85 times in 95 of 100 keys/);
    const labels = shown().locator(".distribution text", { hasText: "±" });
    assert.deepEqual(await labels.allTextContents(), Array(3).fill("2,731 ± 85"), "as the text");
    assert.match(text, /of memory, shared with nobody/);
    const listed = await shown().locator(".offers code").allTextContents();
    const exports = await visitor.page.evaluate(async () => {
      const module = await WebAssembly.compileStreaming(fetch("/vault/vault_bg.wasm"));
      return WebAssembly.Module.exports(module).map(({ name }) => name);
    });
    const functions = exports.filter((name) => name.startsWith("vault_"));
    assert.deepEqual(
      listed,
      functions.map((name) => name.slice("vault_".length)),
    );
  });

  test("encoding: the drawing in slots, and the polynomial with these values", async () => {
    const text = await goTo(2);
    assert.match(text, /4,096 slots/);
    assert.match(text, /2²⁶/);
    const canvases = await shown()
      .locator("canvas")
      .evaluateAll((all) =>
        all.map((canvas) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          // The first pixel of the drawing is paper. Ink differs from it.
          const isInk = (value, i) => i % 4 === 0 && Math.abs(value - data[0]) > 8;
          return { size: width * height, inked: data.filter(isInk).length };
        }),
      );
    assert.deepEqual(
      canvases.map(({ size }) => size),
      [28 * 28, 2 * 4096, 8192],
    );
    const [pixels, slots, coefficients] = canvases.map(({ inked }) => inked);
    const counts = `${pixels} ${slots} ${coefficients}`;
    assert.ok(pixels > 50 && slots > pixels && coefficients > 4000, counts);
  });

  test("the wire: the messages of the log, and the fields of the last drawing", async () => {
    const text = await goTo(4);
    const row = (name) =>
      shown().locator("tr", { hasText: name }).first().locator("td").allTextContents();
    assert.deepEqual(await row("magic"), ["0", "49 4e 4b 4f", "magic", "INKO"]);
    assert.deepEqual((await row("kind")).slice(2), ["kind", "2: encrypted drawing"]);
    assert.deepEqual((await row("scale")).slice(2), ["scale", "2²⁶"]);
    assert.match((await row("residues"))[3], /49,152 numbers: noise/);
    assert.equal((await row("evaluation keys"))[1], "33");
    const [hash, other] = await shown().locator(".sha").allTextContents();
    assert.ok(text.includes(hash));
    assert.match(hash, /^[0-9a-f]{16}$/);
    assert.notEqual(hash, other);
    await visitor.togglePanel("audit");
    await eventually(async () => {
      const hashes = await visitor.page.locator("#audit-log .hash").allTextContents();
      assert.ok(
        hashes.some((each) => each.startsWith(hash)),
        `${hash} is not in ${hashes}`,
      );
    });
    await visitor.togglePanel("lesson");
  });

  test("blind evaluation: the times and operations of the last drawing", async () => {
    await goTo(5);
    const inLesson = await shown().locator(".timings li").allTextContents();
    const beside = await visitor.page.locator("#layers li").allTextContents();
    assert.ok(beside.length > 0);
    assert.deepEqual(inLesson, beside);
    const text = await lessonStep(visitor, 5);
    const [, transforms] = /number-theoretic transforms([\d,]+)/.exec(text);
    assert.ok(parseNumber(transforms) > 100);
  });

  test("decryption: the scores that the page shows, beside the plain ones", async () => {
    await goTo(6);
    assert.equal(await visitor.text("lesson-read"), await visitor.answer());
    const cells = await shown()
      .locator("tbody tr")
      .evaluateAll((rows) => rows.map((row) => Array.from(row.cells, (cell) => cell.textContent)));
    const rows = cells.map((row) => row.map((text) => parseNumber(text.replace("▸ ", ""))));
    const scores = await visitor.scores();
    assert.equal(rows.length, 10);
    for (const [digit, encrypted, plain] of rows) {
      assert.ok(Math.abs(encrypted - scores[digit].score) < 1e-4);
      assert.ok(Math.abs(encrypted - plain) < 0.02);
    }
    assert.ok(
      rows.some(([, encrypted, plain]) => encrypted !== plain),
      "there is noise",
    );
  });

  describe("an attempt to cheat", () => {
    const scoresOf = async (id) => JSON.parse(await visitor.attribute(id, "data-scores"));
    const pageScores = async () => (await visitor.scores()).map(({ score }) => score);
    before(() => goTo(7));

    test("with a wrong key reads noise in the answer that the right key reads", async () => {
      await cheat(visitor, "wrong-key");
      const [wrong, right] = [await scoresOf("wrong-scores"), await scoresOf("right-scores")];
      const scores = await pageScores();
      assert.equal(right.length, scores.length);
      assert.ok(right.every((score, i) => Math.abs(score - scores[i]) < 1e-3));
      const largest = (list) => Math.max(...list.map(Math.abs));
      assert.ok(largest(wrong) > 3 * largest(right), `${wrong} beside ${right}`);
    });

    test("with a flipped bit is not noticed, and destroys the answer", async () => {
      assert.match(
        await cheat(visitor, "flip"),
        /Bit \d of byte [\d,]+ was flipped, one of [\d,]+\. The evaluator noticed nothing/,
      );
      const flipped = await scoresOf("flipped-scores");
      const scores = await pageScores();
      assert.equal(flipped.length, 10);
      assert.ok(
        flipped.some((score, i) => Math.abs(score - scores[i]) > 5),
        `${flipped}`,
      );
    });

    test("with bytes that are no ciphertext is refused, with the reason", async () => {
      await cheat(visitor, "forge");
      assert.equal(await visitor.text("forged-refusal"), "a residue is not below its modulus");
    });

    test("by a search for the key in the log finds nothing", async () => {
      const text = await cheat(visitor, "search");
      assert.equal(await visitor.text("search-outcome"), "The key is in none of them.");
      const [megabytes, searched, withBytes] = /([\d.]+) MB in ([\d,]+) of ([\d,]+) messages/
        .exec(text)
        .slice(1)
        .map(parseNumber);
      // 33 evaluation keys, 11.4 MB, and the drawings. The log keeps the bytes of the newest 32 MB:
      // how many messages those are, and whether there were more, depends on the speed of the
      // machine.
      assert.ok(megabytes > 11 && searched > 33, text);
      const all = searched === withBytes;
      assert.ok(all || (searched < withBytes && megabytes > 31), text);
      await visitor.screenshot("lesson-cheat", visitor.page.locator("#lesson"));
    });

    test("leaves the page as it was: it reads, and the scores can be copied", async () => {
      await visitor.element("copy").click();
      assert.match(await visitor.text("status"), /^Ready/);
      await visitor.clear();
      await visitor.scrollToPad();
      await visitor.drawAndCheck("0");
    });
  });
});

const { openPage } = pageForEachTest();

test("an unknown step opens the first, and closing the panel clears the address", async () => {
  const visitor = await openPage({ query: "?lesson=99" });
  await visitor.element("lesson-step").getByText("8,192 coefficients").waitFor();
  await lessonStep(visitor, 1);
  await visitor.togglePanel("lesson");
  await visitor.page.waitForFunction(() => !location.search.includes("lesson"));
});
