// The Parameters panel: what is refused and why, and what a set gives.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

let browser;
let server;
let visitor;
before(async () => {
  server = await serve();
  browser = await launch();
  visitor = await Visitor.open(browser, server.url);
  await visitor.element("parameters").locator("summary").click();
  await visitor.element("set-verdict").locator("p").first().waitFor();
});
after(async () => {
  assert.deepEqual(visitor.problems, []);
  await browser?.close();
  await server?.close();
});

function preset(name) {
  return visitor.page.getByRole("button", { name, exact: true }).click();
}

/** Waits until the verdict has this in it, and gives all of it. */
async function verdict(words) {
  await visitor.page.locator('[data-testid="set-verdict"]', { hasText: words }).waitFor();
  return visitor.text("set-verdict");
}

/** What stands beside a name. */
function fact(name) {
  const row = visitor.element("set-facts").locator("dl > div").filter({ has: visitor.page.locator("dt", { hasText: name }) });
  return row.locator("dd").textContent();
}

test("this page's set is secure, and its sizes are those of the messages", async () => {
  await preset("this page");
  await verdict("Secure at 128 bits, and it works.");
  assert.match(await visitor.text("gauge"), /^214 bits of moduli; at N = 8,192 at most 214 .*: 0 to spare\.$/);
  assert.equal(await fact(/^levels$/), "5");
  assert.equal(await fact("values in a ciphertext"), "4,096 complex");
  // three digits of residues of all moduli; of six moduli once; of one once, beside ten coefficients
  const residues = (...bits) => (8192 * bits.reduce((sum, each) => sum + each, 0)) / 8;
  const q = [28, 26, 26, 26, 26, 26];
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  assert.equal(await fact("one evaluation key"), kilobytes(24 + 6 + 32 + 3 * residues(...q, 28, 28)));
  assert.equal(await fact("a fresh ciphertext"), kilobytes(24 + 9 + 32 + residues(...q)));
  assert.equal(await fact("ten scores"), kilobytes(24 + 9 + 2 + 10 * 4 + residues(28)));
  const primes = (await fact(/^primes$/)).split(", ").map(Number);
  assert.equal(primes.length, 6);
  assert.ok(primes.every((prime) => prime % 16384 === 1 && prime < 2 ** 28));
  const fresh = Number(await fact("correct bits, fresh"));
  const last = Number(await fact("after 5 levels"));
  assert.ok(fresh > 16 && fresh < 20 && last > 5 && last < fresh, `${fresh} bits, then ${last}`);
});

test("one bit too much is refused, with the reason", async () => {
  await preset("one bit too many");
  const said = await verdict("Refused");
  assert.match(said, /not secure: log2 QP = 215 exceeds 214, the most for 128-bit security at N = 2\^13\./);
  assert.match(await visitor.text("gauge"), /: 1 too many\.$/);
  assert.equal(await visitor.element("set-facts").locator("dl").count(), 0);
  assert.equal(await visitor.element("set-measure").isDisabled(), true);
});

test("TenSEAL's tutorial is refused twice: four bits too many, and primes beyond a word's share", async () => {
  await preset("TenSEAL’s tutorial");
  const said = await verdict("below 2^30");
  assert.match(said, /log2 QP = 218 exceeds 214/);
  assert.match(said, /cannot work: a modulus of 31 bits/);
});

test("special moduli that a digit outweighs are refused", async () => {
  await preset("special moduli too small");
  assert.match(await verdict("special moduli of"), /cannot work: special moduli of [\d.]+ bits cannot carry a digit of [\d.]+ bits/);
});

test("the deep network's set is secure, and exact to the end", async () => {
  await preset("“deep”");
  await verdict("Secure at 128 bits, and it works.");
  assert.equal(await fact(/^levels$/), "11");
  assert.ok(Number(await fact("after 11 levels")) > 8);
});

test("a larger ring makes room", async () => {
  await preset("one bit too many");
  await verdict("Refused");
  await visitor.element("set-degree-14").check();
  await verdict("Secure at 128 bits, and it works.");
  assert.match(await visitor.text("gauge"), /at N = 16,384 at most 430/);
  await visitor.element("set-degree-12").check();
  assert.match(await verdict("Refused"), /exceeds 106/);
});

test("what is typed is looked at, and kept in the address", async () => {
  await preset("this page");
  await verdict("it works");
  await visitor.element("set-q").fill("28, 26, 26, 26, 26, 27");
  assert.match(await verdict("Refused"), /215 exceeds 214/);
  assert.equal((await visitor.search()).get("set"), "13;28,26,26,26,26,27;28,28;26");
  await visitor.element("set-q").fill("28, 26, x");
  await verdict("Bits are whole numbers");
  assert.equal(await visitor.element("set-q").getAttribute("aria-invalid"), "true");
  await visitor.element("set-q").fill("28 26 26");
  await verdict("it works");
  assert.equal(await fact(/^levels$/), "2");
  // A scale that the moduli do not go with: a square leaves next to nothing.
  await visitor.element("set-scale").fill("14");
  await verdict("Secure, but a value of one");
  await preset("this page");
  await verdict("it works");
  assert.equal((await visitor.search()).get("set"), null);
});

test("an address with any bytes in it gives this page's set", async () => {
  for (const set of ["13;28;28", "99;28,26;28;26", "13;28,26;;26", "13;-1;28;26", "x", "13;28,26;28,28;1e9"]) {
    const other = await Visitor.open(browser, `${server.url}?set=${encodeURIComponent(set)}`);
    await other.element("parameters").locator("summary").click();
    await other.element("set-verdict").locator("p").first().waitFor();
    assert.match(await other.text("gauge"), /^214 bits/);
    assert.deepEqual(other.problems, []);
    await other.close();
  }
});

test("operations are measured in this browser", async () => {
  await preset("this page");
  await verdict("it works");
  await visitor.element("set-measure").click();
  const times = visitor.element("set-times").locator("dd");
  await times.first().waitFor();
  await eventually(async () => {
    const said = await times.allTextContents();
    assert.equal(said.length, 4);
    for (const time of said) assert.ok(parseFloat(time) > 0, said.join("; "));
  });
});
