// The size of the built page: its modules and scripts, plain and compressed as servers compress
// them.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/** Returns the bytes of each WebAssembly module, and of everything that the page may load. */
export function moduleSizes() {
  const sizes = {};
  const isLoaded = (name) => ![".map", ".br"].includes(extname(name)) && !name.endsWith(".d.ts");
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isLoaded(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files) {
    const content = readFileSync(file);
    const compressed = {
      plain: content.length,
      gzip: gzipSync(content, { level: 9 }).length,
      brotli: brotliCompressSync(content).length,
    };
    const names = [
      "whole page",
      ...(file.endsWith(".wasm") ? [`module ${basename(dirname(file))}`] : []),
    ];
    for (const name of names) {
      for (const [encoding, bytes] of Object.entries(compressed)) {
        const key = `${name}, ${encoding}`;
        sizes[key] = (sizes[key] ?? 0) + bytes;
      }
    }
  }
  return sizes;
}
