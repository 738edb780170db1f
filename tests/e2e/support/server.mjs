// The test server of the built page. It sends the headers of www/headers.json: all of them, or all
// but those that isolate the page.

import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer, request as openRequest } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The folder of the built page. */
export const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/** Another name of this machine. Without TLS browsers trust 127.0.0.1, but not this name. */
export const INSECURE_HOST = "inkognito.test";

/** Returns the address of the same page under that name. */
export const insecure = (url) => url.replace("127.0.0.1", INSECURE_HOST);

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
};

/** The headers that make a page cross-origin isolated. */
const ISOLATING = /^cross-origin-(opener|embedder)-policy$/i;

/**
 * Starts a server on a free port of this machine.
 *
 * `intercept` may return a status, which is sent instead of the file, or a text, which is sent
 * before the file or in place of a missing one. Requests to the API, /v1/, go to the companion at
 * the address
 * `companion`. `folder` returns the folder of the page for each request.
 *
 * @param {{
 *   isolated?: boolean,
 *   intercept?: (
 *     path: string,
 *     request: import("node:http").IncomingMessage,
 *   ) => number | string | undefined,
 *   companion?: string,
 *   folder?: () => string,
 * }} options
 * @returns {Promise<{ url: string, collected: Buffer[], close(): Promise<void> }>} `collected`
 *   are the bodies that were posted to /collected
 */
export async function serve({
  isolated = true,
  intercept = () => undefined,
  companion,
  folder = () => DIST,
} = {}) {
  if (!isFile(join(DIST, "index.html"))) {
    throw new Error(`there is no page in ${DIST}: build it with \`cargo xtask build\``);
  }
  const headers = pageHeaders().filter(([name]) => isolated || !ISOLATING.test(name));
  const collected = [];
  const server = createServer(async (request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    if (request.method === "POST" && path === "/collected") {
      collected.push(Buffer.concat(await request.toArray()));
      response.writeHead(204).end();
      return;
    }
    if (companion !== undefined && path.startsWith("/v1/")) {
      forward(companion, request, response);
      return;
    }
    const interception = intercept(path, request);
    const file = join(folder(), path.endsWith("/") ? `${path}index.html` : path);
    if (typeof interception === "string") {
      response.setHeader("Content-Type", TYPES[extname(file)] ?? "text/plain; charset=utf-8");
      response.end(interception + (isFile(file) ? readFileSync(file, "utf8") : ""));
      return;
    }
    if (interception !== undefined || !isFile(file)) {
      response.writeHead(interception ?? 404).end();
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
    collected,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Forwards a request to another server. */
function forward(base, request, response) {
  const { method, headers } = request;
  const forwarded = openRequest(new URL(request.url, base), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  forwarded.on("error", () => response.destroy());
  request.pipe(forwarded);
}

/** Returns the headers of every response, as `[name, value]`. */
export function pageHeaders() {
  return Object.entries(JSON.parse(readFileSync(join(ROOT, "www/headers.json"), "utf8")));
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
