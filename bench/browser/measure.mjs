// What all the scripts here share: numbers summed up, results written, files served.

import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Sums up times in milliseconds. The least is what the machine can do; the median what it does. */
export function summary(samples) {
  if (samples.length === 0) throw new Error("nothing was measured");
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return { median, least: sorted[0], samples: sorted.length };
}

/**
 * Writes what was measured, in the shape in which `cargo xtask bench` reads it.
 *
 * @param {string} file
 * @param {{ subject: string, times?: object, sizes?: object, facts?: object }} result times in
 *   milliseconds, each a `summary`; sizes in bytes
 */
export function write(file, { subject, times = {}, sizes = {}, facts = {} }) {
  writeFileSync(file, `${JSON.stringify({ subject, times, sizes, facts }, null, 2)}\n`);
}

/** Says how far it is, where somebody looks on. */
export function progress(text) {
  process.stderr.write(`    ${text}\n`);
}

/** The version that a package in `node_modules` has. */
export function version(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

/**
 * Serves folders of this machine under names of their own, and an empty page.
 *
 * @param {Record<string, string>} folders
 */
export async function serveFolders(folders) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (path === "/") {
      response.writeHead(200, { "Content-Type": TYPES[".html"] }).end("<!doctype html><title>bench</title>");
      return;
    }
    const [, name, ...rest] = path.split("/");
    const file = join(folders[name] ?? "", ...rest);
    if (!(name in folders) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
