// What the page may do, by policy: every place that states it says the same, the browser enforces it,
// and the page needs no network once it is there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { launch } from "./support/browser.mjs";
import { pageHeaders, serve } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

function text(path) {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** A policy as a map from each directive to its words. */
function directives(policy) {
  return new Map(policy.split(";").map((directive) => {
    const [name, ...words] = directive.trim().split(/\s+/);
    return [name, words];
  }));
}

describe("the policy", () => {
  const headers = Object.fromEntries(pageHeaders());
  const policy = directives(headers["Content-Security-Policy"]);

  test("Trunk.toml states the same headers", () => {
    const section = text("Trunk.toml").split(/^\[serve\.headers\]$/m)[1].split(/^\[/m)[0];
    const lines = [...section.matchAll(/^([\w-]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]);
    assert.deepEqual(Object.fromEntries(lines), headers);
  });

  test("the page itself states the same, for hosts that send no headers", () => {
    const [, inPage] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(text("www/index.html"));
    // A page cannot say of itself who may frame it.
    const expected = new Map(policy);
    assert.ok(expected.delete("frame-ancestors"));
    assert.deepEqual(directives(inPage), expected);
    assert.match(text("www/index.html"), /<meta name="referrer" content="no-referrer">/);
  });

  test("nothing is allowed that is not named, and nobody but the page's own host is", () => {
    assert.deepEqual(policy.get("default-src"), ["'none'"]);
    const sources = [...policy].filter(([name]) => !name.includes("trusted-types"));
    const words = new Set(sources.flatMap(([, words]) => words));
    for (const word of ["'self'", "'none'", "'wasm-unsafe-eval'", "blob:"]) words.delete(word);
    assert.deepEqual([...words], []);
    assert.deepEqual(policy.get("connect-src"), ["'self'"]);
    assert.deepEqual(policy.get("manifest-src"), ["'self'"]);
    assert.deepEqual(policy.get("require-trusted-types-for"), ["'script'"]);
    assert.ok(!policy.get("script-src").includes("blob:"), "only threads are started from blobs");
  });

  test("the page is isolated from others, and tells nobody where it was", () => {
    assert.equal(headers["Cross-Origin-Opener-Policy"], "same-origin");
    assert.equal(headers["Cross-Origin-Embedder-Policy"], "require-corp");
    assert.equal(headers["Cross-Origin-Resource-Policy"], "same-origin");
    assert.equal(headers["Referrer-Policy"], "no-referrer");
    for (const sense of ["camera", "microphone", "geolocation", "clipboard-read"]) {
      assert.match(headers["Permissions-Policy"], new RegExp(`\\b${sense}=\\(\\)`));
    }
  });
});

describe("in the browser", () => {
  let browser, server, visitor;
  before(async () => {
    browser = await launch();
    server = await serve();
    visitor = await Visitor.open(browser, server.url);
    await visitor.untilReady();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test("the page reads with the network unplugged", async () => {
    await visitor.page.context().setOffline(true);
    // Not a file of the site: those are kept.
    const reached = await visitor.page.evaluate(() => fetch("/v1/models").then(() => true, () => false));
    assert.equal(reached, false, "the network is unplugged");
    await visitor.draw("6");
    assert.equal(await visitor.answer(), "6");
    await visitor.page.context().setOffline(false);
  });

  test("nobody else is asked for anything", () => {
    assert.deepEqual(visitor.problems.filter((problem) => problem.startsWith("request")), []);
  });

  /** What is tried, and the directive that must stop it. */
  const TRIES = [
    ["connect-src", () => fetch("https://elsewhere.example/").catch(() => {})],
    ["connect-src", () => void new WebSocket("wss://elsewhere.example/")],
    ["img-src", () => void (new Image().src = "https://elsewhere.example/")],
    ["require-trusted-types-for", () => {
      const script = document.createElement("script");
      script.append("globalThis.ran = true");
      document.head.append(script);
    }],
    ["style-src-elem", () => document.head.append(Object.assign(document.createElement("style"), { textContent: "*{}" }))],
    ["frame-src", () => {
      const frame = document.createElement("iframe");
      frame.src = "https://elsewhere.example/";
      document.body.append(frame);
    }],
    ["require-trusted-types-for", () => {
      try {
        document.body.innerHTML = "<p>other</p>";
      } catch { /* refused */ }
    }],
    ["require-trusted-types-for", () => {
      try {
        new Worker("/evaluator-worker.js");
      } catch { /* refused */ }
    }],
    ["trusted-types", () => {
      try {
        trustedTypes.createPolicy("another", {});
      } catch { /* refused */ }
    }],
  ];
  for (const [directive, attempt] of TRIES) {
    test(`${directive} stops ${attempt.toString().replace(/\s+/g, " ").slice(0, 60)}`, async () => {
      await visitor.page.evaluate(() => {
        globalThis.violation = new Promise((resolve) => {
          addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
        });
      });
      await visitor.page.evaluate(attempt);
      assert.equal(await visitor.page.evaluate(() => violation), directive);
      assert.equal(await visitor.page.evaluate(() => "ran" in globalThis), false);
    });
  }
});
