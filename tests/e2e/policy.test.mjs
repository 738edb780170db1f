// The policy of the page: every file that states it states the same, and the browser enforces it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { pageForAllTests } from "./support/page.mjs";
import { pageHeaders } from "./support/server.mjs";

function text(path) {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** A policy as a map from each directive to its sources. */
function directives(policy) {
  return new Map(
    policy.split(";").map((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
}

describe("the policy", () => {
  const headers = Object.fromEntries(pageHeaders());
  const policy = directives(headers["Content-Security-Policy"]);

  test("Trunk.toml states the same headers", () => {
    const [, section] = text("Trunk.toml").split(/^\[serve\.headers\]$/m);
    const lines = section.split(/^\[/m)[0].matchAll(/^([\w-]+) = "(.*)"$/gm);
    const stated = Array.from(lines, ([, name, value]) => [name, value]);
    assert.deepEqual(Object.fromEntries(stated), headers);
  });

  test("the page states the same policy, for hosts that send no headers", () => {
    const html = text("www/index.html");
    const meta = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)">/;
    const [, inPage] = meta.exec(html);
    // Browsers ignore frame-ancestors in a page.
    const expected = new Map(policy);
    assert.ok(expected.delete("frame-ancestors"));
    assert.deepEqual(directives(inPage), expected);
    assert.match(html, /<meta name="referrer" content="no-referrer">/);
  });

  test("the policy forbids what it does not name, and names no other host", () => {
    assert.deepEqual(policy.get("default-src"), ["'none'"]);
    const lists = [...policy].filter(([name]) => !name.includes("trusted-types"));
    const sources = new Set(lists.flatMap(([, sources]) => sources));
    for (const own of ["'self'", "'none'", "'wasm-unsafe-eval'", "blob:"]) sources.delete(own);
    assert.deepEqual([...sources], []);
    assert.deepEqual(policy.get("connect-src"), ["'self'"]);
    assert.deepEqual(policy.get("manifest-src"), ["'self'"]);
    assert.deepEqual(policy.get("require-trusted-types-for"), ["'script'"]);
    assert.ok(!policy.get("script-src").includes("blob:"), "only workers start from blobs");
  });

  test("the page is isolated from other pages, and sends no referrer", () => {
    assert.equal(headers["Cross-Origin-Opener-Policy"], "same-origin");
    assert.equal(headers["Cross-Origin-Embedder-Policy"], "require-corp");
    assert.equal(headers["Cross-Origin-Resource-Policy"], "same-origin");
    assert.equal(headers["Referrer-Policy"], "no-referrer");
    for (const feature of ["camera", "microphone", "geolocation", "clipboard-read"]) {
      assert.match(headers["Permissions-Policy"], new RegExp(`\\b${feature}=\\(\\)`));
    }
  });
});

/** What is tried, what to do for it, and the directive that must stop it. */
const ATTEMPTS = [
  {
    name: "a request to another origin",
    directive: "connect-src",
    attempt: () => fetch("https://elsewhere.example/").catch(() => {}),
  },
  {
    name: "a WebSocket to another origin",
    directive: "connect-src",
    attempt: () => void new WebSocket("wss://elsewhere.example/"),
  },
  {
    name: "an image from another origin",
    directive: "img-src",
    attempt: () => void (new Image().src = "https://elsewhere.example/"),
  },
  {
    name: "a script in the page",
    directive: "require-trusted-types-for",
    attempt() {
      const script = document.createElement("script");
      script.append("globalThis.injected = true");
      document.head.append(script);
    },
  },
  {
    name: "a style sheet in the page",
    directive: "style-src-elem",
    attempt() {
      const style = document.createElement("style");
      style.textContent = "*{}";
      document.head.append(style);
    },
  },
  {
    name: "a frame",
    directive: "frame-src",
    attempt() {
      const frame = document.createElement("iframe");
      frame.src = "https://elsewhere.example/";
      document.body.append(frame);
    },
  },
  {
    name: "HTML from text",
    directive: "require-trusted-types-for",
    attempt() {
      try {
        document.body.innerHTML = "<p>other</p>";
      } catch {
        // The browser refused.
      }
    },
  },
  {
    name: "a worker from an address as text",
    directive: "require-trusted-types-for",
    attempt() {
      try {
        new Worker("/evaluator-worker.js");
      } catch {
        // The browser refused.
      }
    },
  },
  {
    name: "another policy for trusted types",
    directive: "trusted-types",
    attempt() {
      try {
        trustedTypes.createPolicy("another", {});
      } catch {
        // The browser refused.
      }
    },
  },
];

describe("in the browser", () => {
  // The browser reports each attempt in the console.
  const visitor = pageForAllTests({ allowProblems: true });

  test("the page reads with the network unplugged", async () => {
    await visitor.page.context().setOffline(true);
    // The service worker stores the files of the site, and this is none of them.
    const request = () =>
      fetch("/v1/models").then(
        () => true,
        () => false,
      );
    assert.equal(await visitor.page.evaluate(request), false, "the network is unplugged");
    await visitor.drawAndCheck("6");
    await visitor.page.context().setOffline(false);
  });

  test("the page sends no request to another origin", () => {
    const requests = visitor.problems.filter((problem) => problem.startsWith("request"));
    assert.deepEqual(requests, []);
  });

  for (const { name, directive, attempt } of ATTEMPTS) {
    test(`${directive} stops ${name}`, async () => {
      await visitor.page.evaluate(() => {
        globalThis.violation = new Promise((resolve) => {
          addEventListener(
            "securitypolicyviolation",
            ({ effectiveDirective }) => resolve(effectiveDirective),
            { once: true },
          );
        });
      });
      await visitor.page.evaluate(attempt);
      assert.equal(await visitor.page.evaluate(() => violation), directive);
      assert.equal(await visitor.page.evaluate(() => "injected" in globalThis), false);
    });
  }
});
