// Measures the download sizes of the page: modules and scripts, compressed as servers do.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/** Returns whether a file is part of the page: no source map, type or compressed copy. */
function isServed(name) {
  return ![".map", ".br"].includes(extname(name)) && !name.endsWith(".d.ts");
}

/** Returns the bytes of each module, and of everything that the page may load. */
export function moduleSizes() {
  const sizes = {};
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isServed(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files) {
    const content = readFileSync(file);
    const weights = {
      plain: content.length,
      gzip: gzipSync(content, { level: 9 }).length,
      brotli: brotliCompressSync(content).length,
    };
    const names = ["whole page"];
    if (file.endsWith(".wasm")) names.push(`module ${basename(dirname(file))}`);
    for (const name of names) {
      for (const [how, bytes] of Object.entries(weights)) {
        sizes[`${name}, ${how}`] = (sizes[`${name}, ${how}`] ?? 0) + bytes;
      }
    }
  }
  return sizes;
}
