// Bundles the page's scripts: `node build.mjs OUT_DIR`. Called by `cargo xtask modules`.
//
// The scripts of the WebAssembly modules are not bundled: each loads its .wasm file from its own
// folder, and the evaluator's threads load it again by its address.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = process.argv[2] ?? fileURLToPath(new URL("../target/site/page", import.meta.url));

const headers = JSON.parse(readFileSync(new URL("headers.json", import.meta.url), "utf8"));
const isolation = Object.fromEntries(
  Object.entries(headers).filter(([name]) => name.startsWith("Cross-Origin-")),
);

// The service worker is a plain script: precache.mjs puts the list of the site's files before it.
await build({
  absWorkingDir: here,
  entryPoints: { "service-worker": "src/service-worker.ts" },
  outdir,
  bundle: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  minify: true,
  legalComments: "none",
  define: { ISOLATION: JSON.stringify(isolation) },
  logLevel: "warning",
});

// Their names contain a hash, so old ones are not overwritten.
rmSync(join(outdir, "parts"), { recursive: true, force: true });

const common = {
  absWorkingDir: here,
  outdir,
  bundle: true,
  loader: { ".md": "text" },
  format: "esm",
  target: "es2022",
  charset: "utf8",
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  // The one library whose code is bundled; its licence asks for this notice.
  banner: { js: "/*! @preact/signals-core, MIT, copyright (c) 2022-present Preact Team */" },
  external: ["/vault/*", "/evaluator/*", "/evaluator-single/*", "/playground/*"],
  logLevel: "warning",
};

// The code of a panel is a part that is fetched when the panel is first opened; the worker is one
// file.
await build({
  ...common,
  entryPoints: { app: "src/main.ts" },
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
});
await build({ ...common, entryPoints: { "evaluator-worker": "src/evaluator-worker.ts" } });
