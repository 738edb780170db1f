// The secret key stays in the vault, by observation: everything that leaves the page and its worker
// is recorded while keys are made, digits drawn, results saved and every panel used, and is
// searched for the secret key in every form. A leak through each way out shows that the recording
// sees it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { companion as startCompanion } from "./support/companion.mjs";
import { eventually } from "./support/eventually.mjs";
import { LEAKS } from "./support/leaks.mjs";
import { readMessages } from "./support/messages.mjs";
import { pageForAllTests } from "./support/page.mjs";
import { useXrayAndLesson } from "./support/panels.mjs";
import * as scheme from "./support/scheme.mjs";
import { formsOf, KeySearch } from "./support/search.mjs";
import { serve } from "./support/server.mjs";
import { publicFiles, storedFiles } from "./support/site.mjs";
import { instrument, recordTraffic } from "./support/traffic.mjs";

const INSTRUMENT = `(${instrument})();\n`;

let companion;
let site;
before(async () => {
  companion = await startCompanion();
  site = await serve({
    companion: companion.url,
    intercept(path, { headers }) {
      // As a worker it is instrumented. The service worker stores it as it was built.
      const startsWorker = headers["sec-fetch-dest"] === "worker";
      if (path === "/evaluator-worker.js" && startsWorker) return INSTRUMENT;
      if (path === "/service-worker-for-tests.js" || path === "/leak") return " ";
      return undefined;
    },
  });
});
after(async () => {
  await site?.close();
  await companion?.close();
});

/**
 * Opens one page for a suite, and records its traffic. `setUp` gets the recording before the first
 * test.
 */
function recordedPage({ query, context }, setUp) {
  let traffic;
  const options = () => ({
    site,
    query,
    context,
    allowProblems: true,
    prepare: async (page) => {
      traffic = await recordTraffic(page, site);
    },
  });
  return pageForAllTests(options, (visitor) => setUp(visitor, traffic));
}

/** Computes the key that the vault drew last, from the random bytes that the browser gave it. */
async function keyOf(visitor) {
  const seeds = await visitor.page.evaluate(() => recording.vault.seeds);
  assert.ok(seeds.length > 0, "the vault asks for 32 random bytes");
  return keyFrom(Uint8Array.from(seeds.at(-1)));
}

/** The key that the vault draws from a seed, and a search for it. */
function keyFrom(seed) {
  const key = scheme.secretKey(seed);
  const forms = formsOf(seed, key);
  return { seed, key, forms, search: new KeySearch(forms) };
}

describe("the search", () => {
  const secret = keyFrom(Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1));
  const noise = scheme.uniform(secret.seed, scheme.MODULI[0], 99);

  test("finds a part of every form, as bytes, in hex and in base64", () => {
    for (const { name, bytes, partLength } of secret.forms) {
      // From somewhere inside the form, twice as long as a find.
      const start = name === "seed" ? 0 : 1001;
      const part = Buffer.from(bytes.subarray(start, 1001 + 2 * partLength + 4));
      for (const [suffix, encoded] of [
        ["", part],
        [", hex", Buffer.from(part.toString("hex").toUpperCase())],
        [", base64", Buffer.from(part.toString("base64url"))],
      ]) {
        const bytes = [Buffer.from(noise.buffer), encoded, Buffer.from("\0end")];
        const found = secret.search.formsIn(Buffer.concat(bytes));
        const list = [...found].join("; ") || "nothing";
        assert.ok(found.has(name + suffix), `${name + suffix}: found ${list}`);
      }
    }
  });

  test("finds nothing in noise, in zeros and in the key of another seed", () => {
    const other = keyFrom(secret.seed.map((x) => x ^ 1));
    const parts = [noise.buffer, ...other.forms.map(({ bytes }) => bytes)];
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
    assert.deepEqual([...secret.search.formsIn(bytes)], []);
    assert.deepEqual([...secret.search.formsIn(new Uint8Array(1 << 20))], []);
  });
});

/**
 * Where drawings are evaluated: the query of the page, the channels through which evaluation keys
 * and drawings leave, how many bytes each channel carries at least, and which errors are expected.
 */
const EVALUATORS = [
  {
    name: "in this page",
    query: "",
    uploads: ["Worker"],
    // Evaluation keys go there, and at least two results come back.
    atLeast: { Worker: 11e6, "from the worker": 2 * 28_700 },
    expectedProblems: [],
  },
  {
    name: "at a companion",
    query: "?companion",
    uploads: ["XMLHttpRequest", "fetch"],
    // Evaluation keys, and at least two drawings.
    atLeast: { XMLHttpRequest: 11e6, fetch: 2 * 161_000 },
    // The lesson sends a message that is no ciphertext, and the browser prints the refusal.
    expectedProblems: [
      "error: Failed to load resource: the server responded with a status of 400 (Bad Request)",
    ],
  },
];

/** Channels that the page uses for nothing but uploads, if at all. */
const UNUSED = [
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "sendBeacon",
  "WebRTC",
  "BroadcastChannel",
  "IndexedDB",
  "storage",
  "cookies",
];

for (const { name, query, uploads, atLeast, expectedProblems } of EVALUATORS) {
  describe(`a visit, evaluated ${name}`, () => {
    let traffic;
    let secret;
    const context = { acceptDownloads: true, permissions: ["clipboard-write"] };
    const visitor = recordedPage({ query, context }, async (visitor, recorded) => {
      traffic = recorded;
      secret = await keyOf(visitor);
      for (const digit of ["4", "0"]) {
        await visitor.drawAndCheck(digit);
        await visitor.element("copy").click();
        await visitor.element("save").click();
        await visitor.clear();
      }
      await visitor.drawAndCheck("6");
      await useXrayAndLesson(visitor);
      await visitor.clear();
      await visitor.waitUntilStored();
      await visitor.togglePanel("audit");
      await visitor.page.locator("#audit-log summary").first().click();
      await visitor.element("audit-save").click();
      await traffic.collect();
    });

    /** The messages with evaluation keys, drawings and masks that were sent. */
    const messages = () =>
      traffic.pieces
        .filter(({ channel }) => uploads.includes(channel))
        .filter(({ bytes }) => bytes.subarray(0, 4).toString() === "INKO")
        .flatMap(({ bytes }) => [...readMessages(bytes)]);

    test("the search finds the key in the memory of the vault", async () => {
      const found = secret.search.formsIn(await traffic.vaultMemory());
      for (const q of scheme.MODULI) {
        const list = [...found].join("; ");
        assert.ok(found.has(`NTT modulo ${q}, little-endian`), `found ${list}`);
      }
    });

    test("the seed is in the memory four times, in the generators, and nowhere else", async () => {
      const [memory, seed] = [Buffer.from(await traffic.vaultMemory()), Buffer.from(secret.seed)];
      const offsets = [];
      for (let at = memory.indexOf(seed); at >= 0; at = memory.indexOf(seed, at + 1)) {
        offsets.push(at);
      }
      assert.equal(offsets.length, 4, `at ${offsets.join(", ")}`);
    });

    test("everything that left was recorded", () => {
      const sizeOf = ([channel, bytes]) => [channel, bytes.length];
      const sizes = Object.fromEntries(Array.from(traffic.channels(), sizeOf));
      for (const [channel, size] of Object.entries(atLeast)) {
        assert.ok(sizes[channel] > size, `${channel}: ${sizes[channel]} bytes`);
      }
      for (const channel of ["fetch", "requests", "clipboard", "blobs", "downloads", "links"]) {
        assert.ok(sizes[channel] > 0, `nothing was recorded of ${channel}`);
      }
    });

    test("nothing that left contains the secret key in any form", () => {
      assert.deepEqual(traffic.search(secret.search), {});
    });

    test("nor the wrong key of the lesson, which is wiped by now", async () => {
      const seeds = await visitor.page.evaluate(() => recording.vault.seeds);
      const others = seeds
        .map((seed) => Uint8Array.from(seed))
        .filter((seed) => !Buffer.from(seed).equals(secret.seed));
      assert.equal(others.length, 1);
      const wrong = keyFrom(others[0]);
      assert.deepEqual(traffic.search(wrong.search), {});
      assert.deepEqual([...wrong.search.formsIn(await traffic.vaultMemory())], []);
    });

    test("only the files of the site are stored, and no other origin gets a request", async () => {
      const context = visitor.page.context();
      const { cookies, origins } = await context.storageState({ indexedDB: true });
      assert.deepEqual({ cookies, origins }, { cookies: [], origins: [] });
      assert.deepEqual(await visitor.page.evaluate(storedFiles), publicFiles());
      assert.deepEqual(visitor.problems, expectedProblems);
      const unused = UNUSED.filter((channel) => !uploads.includes(channel));
      const channels = traffic.channels();
      assert.deepEqual(
        unused.filter((channel) => channels.has(channel)),
        [],
      );
    });

    test("keys and drawings are encrypted: uniform, and small only with the secret key", () => {
      const sent = messages();
      const keys = sent.filter(({ kind }) => kind === "evaluation key");
      const inputs = sent.filter(({ kind }) => kind === "input");
      assert.ok(keys.length >= 33 && inputs.length >= 2);

      for (const { polys, moduli } of [...inputs, ...keys]) {
        for (const poly of polys) {
          for (const [i, limb] of poly.entries()) {
            assert.ok(chiSquare(limb, moduli[i]) < CHI_SQUARE_BOUND, "looks uniform");
          }
        }
      }
      const stranger = scheme.secretKey(secret.seed.map((x) => ~x));
      for (const { polys, moduli, seed } of inputs.slice(0, 2)) {
        // The two moduli have 54 bits. A drawing with its error has 32.
        const isSmall = (x) => x * x < 1n << 64n;
        const pair = moduli.slice(0, 2);
        const decrypt = (key) =>
          scheme.integersFrom(scheme.decrypt(polys[0], seed, pair, key), pair);
        assert.ok(decrypt(secret.key).every(isSmall), "small with the secret key");
        const small = decrypt(stranger).filter(isSmall);
        assert.ok(small.length < 10, "and with no other key");
      }
      // b + a s = e + P g s^2. Modulo a special modulus the last term is 0, and e is at most 21.
      const relinearization = keys.filter(({ purpose }) => purpose === "relinearization");
      assert.ok(relinearization.length > 0);
      for (const { polys, moduli, seed } of relinearization) {
        const special = moduli.length - 1;
        const q = moduli[special];
        const largestError = (key) => {
          const [error] = scheme.decrypt([polys[0][special]], seed, [q], key);
          return Math.max(...error.map((x) => Math.abs(scheme.centred(x, q))));
        };
        assert.ok(largestError(secret.key) <= 21, "a small error with the secret key");
        assert.ok(largestError(stranger) > 1 << 26, "and with no other key");
      }
    });

    test("no two drawings have the same mask, and masks are sent before their drawings", () => {
      const sent = messages();
      const seedsOf = (wanted) =>
        sent.filter(({ kind }) => kind === wanted).map(({ seed }) => seed.toString("hex"));
      const [masks, inputs] = [seedsOf("mask"), seedsOf("input")];
      assert.equal(new Set(masks).size, masks.length);
      assert.equal(new Set(inputs).size, inputs.length);
      const withMask = inputs.filter((seed) => masks.includes(seed));
      assert.ok(withMask.length >= 2, "drawings use masks that were sent before");
    });

    test("the key is wiped when the page is left", async () => {
      await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
      assert.deepEqual([...secret.search.formsIn(await traffic.vaultMemory())], []);
      assert.match(await visitor.page.locator("#custody-text").textContent(), /none/);
    });

    test("a visitor who comes back to the page gets another key", async () => {
      await visitor.page.evaluate(() =>
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
      );
      await visitor.waitUntilReady();
      const { seed } = await keyOf(visitor);
      assert.notDeepEqual(seed, secret.seed);
      await visitor.scrollToPad();
      await visitor.drawAndCheck("7");
      assert.deepEqual([...secret.search.formsIn(await traffic.vaultMemory())], []);
    });
  });
}

describe("a leak", () => {
  let traffic;
  let secret;
  // The policy of the page would stop most leaks before they are recorded.
  const context = { bypassCSP: true, acceptDownloads: true };
  const visitor = recordedPage({ context }, async (visitor, recorded) => {
    traffic = recorded;
    secret = await keyOf(visitor);
    await traffic.collect();
    assert.deepEqual(traffic.search(secret.search), {});
  });

  for (const [index, { channel, name, inWorker, leak }] of LEAKS.entries()) {
    test(`through ${name} is found`, async () => {
      const { name: form, bytes } = secret.forms[(1 + 5 * index) % secret.forms.length];
      const part = Buffer.from(bytes.subarray(0, 1500)).toString("base64");
      traffic.pieces = [];
      await (inWorker ? visitor.evaluatorWorker() : visitor.page).evaluate(leak, part);
      // What the browser itself reports, such as its console, comes a moment later.
      await eventually(async () => {
        await traffic.collect();
        const found = traffic.search(secret.search);
        assert.ok(
          found[channel]?.some((each) => each.startsWith(form)),
          `${form} through ${channel}: found ${JSON.stringify(found)}`,
        );
      });
    });
  }
});

/**
 * Uniform residues in 256 classes have a mean of 255 and a standard deviation of 22.6. More than
 * eleven standard deviations are no accident.
 */
const CHI_SQUARE_BOUND = 505;

/** The chi-square statistic of residues modulo `q` in 256 classes of equal size. */
function chiSquare(limb, q) {
  const counts = new Float64Array(256);
  for (const x of limb) counts[Math.floor((256 * x) / q)] += 1;
  const expected = limb.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
