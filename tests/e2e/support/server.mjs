// Serves the built page for the tests as `trunk serve` would, with the headers that Trunk.toml
// names: all of them, or without those that isolate the page.

import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The headers that make a page cross-origin isolated. */
const ISOLATING = /^cross-origin-(opener|embedder)-policy$/i;

/**
 * Starts a server on a free port of this machine.
 *
 * `intercept(path)` may return a status to answer with instead of the file.
 *
 * @param {{ isolated?: boolean, intercept?: (path: string) => number | undefined }} options
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve({ isolated = true, intercept = () => undefined } = {}) {
  if (!isFile(join(DIST, "index.html"))) {
    throw new Error(`there is no page in ${DIST}: build it with \`cargo xtask build\``);
  }
  const headers = headersFromTrunk().filter(([name]) => isolated || !ISOLATING.test(name));
  const server = createServer((request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const status = intercept(path);
    const file = join(DIST, path.endsWith("/") ? `${path}index.html` : path);
    if (status !== undefined || !isFile(file)) {
      response.writeHead(status ?? 404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Length": statSync(file).size,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** The lines `Name = "value"` of Trunk.toml's section [serve.headers]. */
function headersFromTrunk() {
  const trunk = readFileSync(join(ROOT, "Trunk.toml"), "utf8");
  const section = trunk.split(/^\[serve\.headers\]$/m)[1]?.split(/^\[/m)[0] ?? "";
  const headers = [...section.matchAll(/^([\w-]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]);
  if (!headers.some(([name]) => name === "Content-Security-Policy")) {
    throw new Error("Trunk.toml has no headers for the page");
  }
  return headers;
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
