// What the page weighs on its way: its modules and scripts, compressed as servers compress them.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/** Bytes of each folder with a module, and of everything that the page may load. */
export function moduleSizes() {
  const sizes = {};
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ![".map", ".br"].includes(extname(entry.name)) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files) {
    const content = readFileSync(file);
    const weights = {
      plain: content.length,
      gzip: gzipSync(content, { level: 9 }).length,
      brotli: brotliCompressSync(content).length,
    };
    const names = ["whole page", ...(file.endsWith(".wasm") ? [`module ${basename(dirname(file))}`] : [])];
    for (const name of names) {
      for (const [how, bytes] of Object.entries(weights)) {
        sizes[`${name}, ${how}`] = (sizes[`${name}, ${how}`] ?? 0) + bytes;
      }
    }
  }
  return sizes;
}
