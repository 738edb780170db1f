// The key stays home, by observation: every way out of the page and of its worker is watched while
// keys are made, digits drawn, results taken along and everything tried that teaches, and all that
// crossed is searched for the secret key in every form. Each watch is tried with a leak of its own, and must find it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { companion } from "./support/companion.mjs";
import { eventually } from "./support/eventually.mjs";
import { LEAKS } from "./support/leaks.mjs";
import { readMessages } from "./support/messages.mjs";
import * as scheme from "./support/scheme.mjs";
import { formsOf, Needles } from "./support/search.mjs";
import { serve } from "./support/server.mjs";
import { keptFiles, publicFiles } from "./support/site.mjs";
import { Visitor } from "./support/visitor.mjs";
import { teach } from "./support/panels.mjs";
import { instrument, Watch } from "./support/traffic.mjs";

const INSTRUMENT = `(${instrument})();\n`;

let browser;
let evaluator;
let server;
before(async () => {
  browser = await launch();
  evaluator = await companion();
  server = await serve({
    companion: evaluator.url,
    intercept(path, { headers }) {
      // Where it is started, and not where it is kept as it is.
      if (path === "/evaluator-worker.js" && headers["sec-fetch-dest"] === "worker") return INSTRUMENT;
      if (path === "/service-worker-for-tests.js" || path === "/leak") return " ";
      return undefined;
    },
  });
});
after(async () => {
  await browser?.close();
  await server?.close();
  await evaluator?.close();
});

/** Opens the page with every way out watched. */
async function openWatched(options = {}, query = "") {
  let watch;
  const visitor = await Visitor.open(browser, server.url + query, options, async (page) => {
    await page.addInitScript(instrument);
    watch = new Watch(page, server);
  });
  await visitor.untilReady();
  return { visitor, watch };
}

/** The key that the vault has drawn last, as it follows from what the browser gave it. */
async function keyOf(visitor) {
  const seeds = await visitor.page.evaluate(() => watched.vault.seeds);
  assert.ok(seeds.length > 0, "the vault asks for 32 random bytes");
  const seed = Uint8Array.from(seeds.at(-1));
  const key = scheme.secretKey(seed);
  return { seed, key, forms: formsOf(seed, key) };
}

describe("the search", () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);
  const forms = formsOf(seed, scheme.secretKey(seed));
  const needles = new Needles(forms);
  const noise = scheme.uniform(seed, scheme.MODULI[0], 99);

  test("finds every form, in a part of it, as it is, in hex and in base64", () => {
    for (const { name, bytes, run } of forms) {
      // a stretch from somewhere within, twice as long as counts
      const part = Buffer.from(bytes.subarray(name === "seed" ? 0 : 1001, 1001 + 2 * run + 4));
      for (const [coding, written] of [
        ["", part],
        [", hex", Buffer.from(part.toString("hex").toUpperCase())],
        [", base64", Buffer.from(part.toString("base64url"))],
      ]) {
        const found = needles.in(Buffer.concat([Buffer.from(noise.buffer), written, Buffer.from("\0end")]));
        assert.ok(found.has(name + coding), `${name + coding}: found ${[...found].join("; ") || "nothing"}`);
      }
    }
  });

  test("finds nothing where nothing is, nor the key of another seed", () => {
    const other = formsOf(seed.map((x) => x ^ 1), scheme.secretKey(seed.map((x) => x ^ 1)));
    const bytes = Buffer.concat([noise.buffer, ...other.map((form) => form.bytes)].map((part) => Buffer.from(part)));
    assert.deepEqual([...needles.in(bytes)], []);
    assert.deepEqual([...needles.in(new Uint8Array(1 << 20))], []);
  });
});

/**
 * Where drawings are evaluated: what the page's address says for it, which way evaluation keys and
 * drawings go, what there must be of which channel, and what is refused.
 */
const PLACES = [
  {
    name: "in this page",
    query: "",
    ways: ["Worker"],
    // two results come back
    least: { Worker: 11e6, "from the worker": 2 * 28_700 },
    refused: [],
  },
  {
    name: "at a companion",
    query: "?companion",
    ways: ["XMLHttpRequest", "fetch"],
    // two drawings
    least: { XMLHttpRequest: 11e6, fetch: 2 * 161_000 },
    // what the browser says to the message that is no ciphertext
    refused: ["error: Failed to load resource: the server responded with a status of 400 (Bad Request)"],
  },
];

for (const { name, query, ways, least, refused } of PLACES) describe(`a visit, evaluated ${name}`, () => {
  let visitor, watch, secret, needles;
  before(async () => {
    ({ visitor, watch } = await openWatched(
      { acceptDownloads: true, permissions: ["clipboard-write"] },
      query,
    ));
    secret = await keyOf(visitor);
    needles = new Needles(secret.forms);
    for (const digit of ["4", "0"]) {
      await visitor.draw(digit);
      assert.equal(await visitor.answer(), digit);
      await visitor.element("copy").click();
      await visitor.element("save").click();
      await visitor.element("clear").click();
    }
    await visitor.draw("6");
    assert.equal(await visitor.answer(), "6");
    await teach(visitor);
    await visitor.element("clear").click();
    await visitor.untilKept();
    await visitor.page.locator("#audit > summary").click();
    await visitor.page.locator("#audit-log summary").first().click();
    await visitor.element("audit-save").click();
    await watch.fetch();
  });
  after(() => visitor?.close());

  test("the key is in the vault's memory, so that the search knows what to look for", async () => {
    const found = needles.in(await watch.vaultMemory());
    for (const q of scheme.MODULI) {
      assert.ok(found.has(`NTT modulo ${q}, little-endian`), `found ${[...found].join("; ")}`);
    }
  });

  test("of its seed there are the four that generators hold, and no more", async () => {
    const [memory, seed] = [Buffer.from(await watch.vaultMemory()), Buffer.from(secret.seed)];
    const places = [];
    for (let at = memory.indexOf(seed); at >= 0; at = memory.indexOf(seed, at + 1)) places.push(at);
    assert.equal(places.length, 4, `at ${places.join(", ")}`);
  });

  test("everything that crossed was seen", () => {
    const sizes = Object.fromEntries([...watch.channels()].map(([channel, bytes]) => [channel, bytes.length]));
    for (const [channel, size] of Object.entries(least)) {
      assert.ok(sizes[channel] > size, `${channel}: ${sizes[channel]} bytes`);
    }
    for (const channel of ["fetch", "requests", "clipboard", "blobs", "downloads", "links"]) {
      assert.ok(sizes[channel] > 0, `nothing was seen of ${channel}`);
    }
  });

  test("the secret key is in nothing that left, in no form", () => {
    assert.deepEqual(watch.finds(needles), {});
  });

  test("nor is the key that was drawn to cheat with, which is wiped by now", async () => {
    const seeds = await visitor.page.evaluate(() => watched.vault.seeds);
    const strangers = seeds.map((seed) => Uint8Array.from(seed)).filter((seed) => !Buffer.from(seed).equals(secret.seed));
    assert.equal(strangers.length, 1);
    const theirs = new Needles(formsOf(strangers[0], scheme.secretKey(strangers[0])));
    assert.deepEqual(watch.finds(theirs), {});
    assert.deepEqual([...theirs.in(await watch.vaultMemory())], []);
  });

  test("nothing is stored but the site's own files, byte for byte, and nobody else is asked", async () => {
    const { cookies, origins } = await visitor.page.context().storageState({ indexedDB: true });
    assert.deepEqual({ cookies, origins }, { cookies: [], origins: [] });
    assert.deepEqual(await visitor.page.evaluate(keptFiles), publicFiles());
    assert.deepEqual(visitor.problems, refused);
    const silent = ["XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "WebRTC", "BroadcastChannel", "IndexedDB", "storage", "cookies"];
    const channels = watch.channels();
    assert.deepEqual(silent.filter((channel) => channels.has(channel) && !ways.includes(channel)), []);
  });

  const sent = () =>
    watch.pieces
      .filter(({ channel, bytes }) => ways.includes(channel) && bytes.subarray(0, 4).toString() === "INKO")
      .flatMap(({ bytes }) => [...readMessages(bytes)]);

  test("what is sent is what it claims to be", () => {
    const messages = sent();
    const keys = messages.filter(({ kind }) => kind === "evaluation key");
    const inputs = messages.filter(({ kind }) => kind === "input");
    assert.ok(keys.length >= 33 && inputs.length >= 2);

    for (const { polys, moduli } of [...inputs, ...keys]) {
      for (const poly of polys) {
        poly.forEach((limb, i) => assert.ok(chiSquare(limb, moduli[i]) < CHI_SQUARE_BOUND, "looks uniform"));
      }
    }
    const stranger = scheme.secretKey(secret.seed.map((x) => ~x));
    for (const { polys, moduli, seed } of inputs.slice(0, 2)) {
      // 54 bits of two moduli, of which a drawing with its error takes 32
      const decrypted = (key) => integers(decrypt(polys[0], seed, 0, moduli.slice(0, 2), key), moduli);
      assert.ok(decrypted(secret.key).every((x) => x * x < 1n << 64n), "small with the key");
      const small = decrypted(stranger).filter((x) => x * x < 1n << 64n);
      assert.ok(small.length < 10, "and with no other");
    }
    // b + a s = e + P g s^2: without the gadget's part an error of at most 21, modulo moduli beyond the digit
    const relinearization = keys.filter(({ purpose }) => purpose === "relinearization");
    assert.ok(relinearization.length > 0);
    for (const { polys, moduli, seed } of relinearization) {
      const special = moduli.length - 1;
      const q = moduli[special];
      const error = (key) => decrypt([polys[0][special]], seed, 0, [q], key)[0].map((x) => Math.abs(scheme.centred(x, q)));
      assert.ok(Math.max(...error(secret.key)) <= 21, "a small error with the key");
      assert.ok(Math.max(...error(stranger)) > 1 << 26, "and with no other");
    }
  });

  test("no two drawings are under one mask, and masks are told before", () => {
    const messages = sent();
    const seeds = (wanted) => messages.filter(({ kind }) => kind === wanted).map(({ seed }) => seed.toString("hex"));
    const [told, used] = [seeds("mask"), seeds("input")];
    assert.equal(new Set(told).size, told.length);
    assert.equal(new Set(used).size, used.length);
    assert.ok(used.filter((seed) => told.includes(seed)).length >= 2, "drawings come under what was told");
  });

  test("the key is wiped when the page is left", async () => {
    await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
    assert.deepEqual([...needles.in(await watch.vaultMemory())], []);
    assert.match(await visitor.page.locator("#custody-text").textContent(), /none/);
  });

  test("who comes back to the page as it was gets another key", async () => {
    await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await visitor.untilReady();
    const { seed } = await keyOf(visitor);
    assert.notDeepEqual(seed, secret.seed);
    await visitor.element("pad").scrollIntoViewIfNeeded();
    await visitor.draw("7");
    assert.equal(await visitor.answer(), "7");
    assert.deepEqual([...needles.in(await watch.vaultMemory())], []);
  });
});

describe("a leak", () => {
  let visitor, watch, secret, needles;
  before(async () => {
    // The page's own policy would stop most of these before they are seen.
    ({ visitor, watch } = await openWatched({ bypassCSP: true, acceptDownloads: true }));
    secret = await keyOf(visitor);
    needles = new Needles(secret.forms);
    await watch.fetch();
    assert.deepEqual(watch.finds(needles), {});
  });
  after(() => visitor?.close());

  for (const [index, { channel, name, place, leak }] of LEAKS.entries()) {
    test(`through ${name} is caught`, async () => {
      const { name: form, bytes } = secret.forms[(1 + 5 * index) % secret.forms.length];
      const part = Buffer.from(bytes.subarray(0, 1500)).toString("base64");
      const worker = visitor.page.workers().find((each) => each.url().endsWith("/evaluator-worker.js"));
      watch.pieces = [];
      await (place === "worker" ? worker : visitor.page).evaluate(leak, part);
      // What the browser itself tells of, as of its console, comes when it comes.
      await eventually(async () => {
        await watch.fetch();
        const found = watch.finds(needles);
        assert.ok(
          found[channel]?.some((each) => each.startsWith(form)),
          `${form} through ${channel}: found ${JSON.stringify(found)}`,
        );
      });
    });
  }
});

/** 256 classes of equal size: mean 255, standard deviation 22.6; beyond eleven of those no accident. */
const CHI_SQUARE_BOUND = 505;

function chiSquare(limb, q) {
  const counts = new Float64Array(256);
  for (const x of limb) counts[Math.floor((256 * x) / q)] += 1;
  const expected = limb.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** c + a s in coefficients, for each modulus, a being what the seed stands for. */
function decrypt(limbs, seed, index, moduli, key) {
  return moduli.map((q, i) => {
    const s = scheme.transform(scheme.residues(key, q), q);
    const a = scheme.uniform(seed, q, index);
    const sum = limbs[i].map((c, j) => (c + scheme.multiply(a[j], s[j], q)) % q);
    return scheme.inverse(sum, q);
  });
}

/** The integers of least absolute value with these residues modulo two moduli. */
function integers([low, high], [p, q]) {
  const [P, Q] = [BigInt(p), BigInt(q)];
  const inverse = modInverse(P, Q);
  return Array.from(low, (x, i) => {
    const difference = (((BigInt(high[i]) - BigInt(x)) % Q) + Q) % Q;
    const value = BigInt(x) + P * ((difference * inverse) % Q);
    return value > (P * Q) / 2n ? value - P * Q : value;
  });
}

function modInverse(a, q) {
  let [result, base, exponent] = [1n, a % q, q - 2n];
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % q) {
    if (exponent & 1n) result = (result * base) % q;
  }
  return result;
}
