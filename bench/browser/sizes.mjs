// What the page weighs on its way: its modules and scripts, compressed as servers compress them.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/** Bytes of each folder with a module, and of everything that the page may load. */
export function moduleSizes() {
  const sizes = {};
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) !== ".map" && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files.filter((file) => file.endsWith(".wasm"))) {
    add(sizes, `module ${file.slice(DIST.length + 1).split("/")[0]}`, readFileSync(file));
  }
  for (const file of files) add(sizes, "whole page", readFileSync(file));
  return sizes;
}

function add(sizes, name, content) {
  const weigh = { plain: content, gzip: gzipSync(content, { level: 9 }), brotli: brotliCompressSync(content) };
  for (const [how, { length }] of Object.entries(weigh)) {
    sizes[`${name}, ${how}`] = (sizes[`${name}, ${how}`] ?? 0) + length;
  }
}
