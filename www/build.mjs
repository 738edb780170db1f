// Bundles the page's scripts: `node build.mjs OUT_DIR`. Called by `cargo xtask modules`.
//
// The WebAssembly modules' own scripts stay out of the bundle: each finds its .wasm file beside
// itself, and the evaluator's threads load it a second time by its address.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = process.argv[2] ?? fileURLToPath(new URL("../target/site/page", import.meta.url));

await build({
  absWorkingDir: here,
  entryPoints: {
    app: "src/main.ts",
    "evaluator-worker": "src/evaluator-worker.ts",
  },
  outdir,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  external: ["/vault/*", "/evaluator/*", "/evaluator-single/*", "/blackboard/*"],
  logLevel: "warning",
});
