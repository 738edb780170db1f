// The Parameters panel: which sets it refuses and why, and what a set offers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually } from "./support/eventually.mjs";
import { pageForAllTests, pageForEachTest } from "./support/page.mjs";

const visitor = pageForAllTests({ ready: false }, openPanel);
const { openPage } = pageForEachTest();

/** Opens the panel, and waits until it has checked a set. */
async function openPanel(visitor) {
  await visitor.togglePanel("parameters");
  await visitor.element("set-verdict").locator("p").first().waitFor();
}

function choose(preset) {
  return visitor.page.getByRole("button", { name: preset, exact: true }).click();
}

/** Waits until the verdict contains these words, and returns all of it. */
async function verdict(words) {
  const selector = '[data-testid="set-verdict"]';
  await visitor.page.locator(selector, { hasText: words }).waitFor();
  return visitor.text("set-verdict");
}

/** Returns the value beside a name in the list of facts. */
function fact(name) {
  const rows = visitor.element("set-facts").locator("dl > div");
  const row = rows.filter({ has: visitor.page.locator("dt", { hasText: name }) });
  return row.locator("dd").textContent();
}

test("this page's set is secure, and its sizes are those of the messages", async () => {
  await choose("this page");
  await verdict("Secure at 128 bits, and it works.");
  assert.match(
    await visitor.text("gauge"),
    /^214 bits of moduli; at N = 8,192 at most 214 .*: 0 to spare\.$/,
  );
  assert.equal(await fact(/^levels$/), "5");
  assert.equal(await fact("values in a ciphertext"), "4,096 complex");
  const residues = (...bits) => (8192 * bits.reduce((sum, each) => sum + each, 0)) / 8;
  const q = [28, 26, 26, 26, 26, 26];
  const p = [28, 28];
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  // An envelope, fields, a seed, and one polynomial modulo QP for each of three digits.
  assert.equal(await fact("one evaluation key"), kilobytes(24 + 6 + 32 + 3 * residues(...q, ...p)));
  // An envelope, fields, a seed, and one polynomial modulo Q.
  assert.equal(await fact("a fresh ciphertext"), kilobytes(24 + 9 + 32 + residues(...q)));
  // An envelope, fields, ten coefficients, and one polynomial modulo q_0.
  assert.equal(await fact("ten scores"), kilobytes(24 + 9 + 2 + 10 * 4 + residues(28)));
  const primes = (await fact(/^primes$/)).split(", ").map(Number);
  assert.equal(primes.length, 6);
  assert.ok(primes.every((prime) => prime % 16384 === 1 && prime < 2 ** 28));
  const fresh = Number(await fact("correct bits, fresh"));
  const last = Number(await fact("after 5 levels"));
  assert.ok(fresh > 16 && fresh < 20, `${fresh} bits`);
  assert.ok(last > 5 && last < fresh, `${fresh} bits, then ${last}`);
});

test("one bit too many is refused, with the reason", async () => {
  await choose("one bit too many");
  assert.match(
    await verdict("Refused"),
    /not secure: log2 QP = 215 exceeds 214, the most for 128-bit security at N = 2\^13\./,
  );
  assert.match(await visitor.text("gauge"), /: 1 too many\.$/);
  assert.equal(await visitor.element("set-facts").locator("dl").count(), 0);
  assert.equal(await visitor.element("set-measure").isDisabled(), true);
});

test("the set of TenSEAL's tutorial is refused: it and its primes are too large", async () => {
  await choose("TenSEAL’s tutorial");
  const text = await verdict("below 2^30");
  assert.match(text, /log2 QP = 218 exceeds 214/);
  assert.match(text, /cannot work: a modulus of 31 bits/);
});

test("special moduli that are smaller than a digit are refused", async () => {
  await choose("special moduli too small");
  assert.match(
    await verdict("special moduli of"),
    /cannot work: special moduli of [\d.]+ bits cannot carry a digit of [\d.]+ bits/,
  );
});

test("the deep network's set is secure, and precise after its last level", async () => {
  await choose("“deep”");
  await verdict("Secure at 128 bits, and it works.");
  assert.equal(await fact(/^levels$/), "11");
  assert.ok(Number(await fact("after 11 levels")) > 8);
});

test("a larger ring allows larger moduli, a smaller ring refuses them", async () => {
  await choose("one bit too many");
  await verdict("Refused");
  await visitor.element("set-degree-14").check();
  await verdict("Secure at 128 bits, and it works.");
  assert.match(await visitor.text("gauge"), /at N = 16,384 at most 430/);
  await visitor.element("set-degree-12").check();
  assert.match(await verdict("Refused"), /exceeds 106/);
});

test("a set that is typed is checked, and the address holds it", async () => {
  await choose("this page");
  await verdict("it works");
  await visitor.element("set-q").fill("28, 26, 26, 26, 26, 27");
  assert.match(await verdict("Refused"), /215 exceeds 214/);
  assert.equal(await visitor.parameter("set"), "13;28,26,26,26,26,27;28,28;26");
  await visitor.element("set-q").fill("28, 26, x");
  await verdict("Bits are whole numbers");
  assert.equal(await visitor.attribute("set-q", "aria-invalid"), "true");
  await visitor.element("set-q").fill("28 26 26");
  await verdict("it works");
  assert.equal(await fact(/^levels$/), "2");
  // This scale is far smaller than the moduli: a square leaves next to nothing.
  await visitor.element("set-scale").fill("14");
  await verdict("Secure, but a value of one");
  await choose("this page");
  await verdict("it works");
  assert.equal(await visitor.parameter("set"), null);
});

test("the verdict is never that of values that are no longer in the fields", async () => {
  await choose("this page");
  await verdict("it works");
  // While a set waits to be checked, nothing is said of the one before.
  const meanwhile = await visitor.element("set-q").evaluate((field) => {
    field.value = "28, 26, 26, 26, 26, 27";
    field.dispatchEvent(new Event("input"));
    return document.querySelector('[data-testid="set-verdict"]').textContent;
  });
  assert.equal(meanwhile, "Checking.");
  assert.equal(await visitor.element("gauge").isVisible(), false);
  assert.match(await verdict("Refused"), /215 exceeds 214/);

  await choose("this page");
  await verdict("it works");
  await visitor.element("set-q").fill("28, x");
  await verdict("Bits are whole numbers");
  // Another field changes, and the first still holds no set.
  await visitor.element("set-degree-14").check();
  await visitor.element("set-scale").fill("20");
  await verdict("Bits are whole numbers");
  assert.equal(await visitor.element("gauge").isVisible(), false);
  assert.equal(await visitor.element("set-facts").locator("dl").count(), 0);
  assert.equal(await visitor.element("set-measure").isDisabled(), true);
  await visitor.element("set-q").fill("28, 20, 20");
  await verdict("it works");
  assert.match(await visitor.text("gauge"), /at N = 16,384/);
  assert.equal(await fact(/^levels$/), "2");
});

for (const set of [
  "13;28;28",
  "99;28,26;28;26",
  "13;28,26;;26",
  "13;-1;28;26",
  "x",
  "13;28,26;28,28;1e9",
]) {
  test(`an address with the invalid set ${set} opens the page with its own set`, async () => {
    const query = `?set=${encodeURIComponent(set)}`;
    const other = await openPage({ site: visitor.site, query, ready: false });
    await openPanel(other);
    assert.match(await other.text("gauge"), /^214 bits/);
  });
}

test("operations are timed in this browser", async () => {
  await choose("this page");
  await verdict("it works");
  await visitor.element("set-measure").click();
  const times = visitor.element("set-times").locator("dd");
  await times.first().waitFor();
  await eventually(async () => {
    const texts = await times.allTextContents();
    assert.equal(texts.length, 4);
    for (const text of texts) assert.ok(parseFloat(text) > 0, texts.join("; "));
  });
});
