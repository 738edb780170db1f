// Shared by the scripts here: sums up samples, writes results, serves files.

import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Sums up milliseconds. Other programs lengthen the median, but hardly the least. */
export function summary(samples) {
  if (samples.length === 0) throw new Error("nothing was measured");
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const isOdd = sorted.length % 2 === 1;
  const median = isOdd ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], samples: sorted.length };
}

/**
 * Writes results in the format that `cargo xtask bench` reads.
 *
 * @param {string} file
 * @param {{ subject: string, times?: object, sizes?: object, facts?: object }} result times in
 *   milliseconds, each a `summary`; sizes in bytes
 */
export function write(file, { subject, times = {}, sizes = {}, facts = {} }) {
  writeFileSync(file, `${JSON.stringify({ subject, times, sizes, facts }, null, 2)}\n`);
}

/** Prints the progress to standard error. */
export function progress(text) {
  process.stderr.write(`    ${text}\n`);
}

/** Returns the version of a package in `node_modules`. */
export function version(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

/**
 * Serves folders of this machine, each under its name, and an empty page.
 *
 * @param {Record<string, string>} folders
 */
export async function serveFolders(folders) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (path === "/") {
      const page = "<!doctype html><title>bench</title>";
      response.writeHead(200, { "Content-Type": TYPES[".html"] }).end(page);
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
