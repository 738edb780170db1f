// The two modules as they were built: what the vault can reach, and what the evaluator can do. No
// browser is needed for this: WebAssembly lists its imports and exports itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const DIST = new URL("../../dist/", import.meta.url);

/** All that the vault may call: randomness, its own errors, and the table those are handed over in. */
const VAULT_IMPORTS = ["getRandomValues", "__wbindgen_throw", "Error", "__wbindgen_init_externref_table"];

function module(path) {
  return new WebAssembly.Module(readFileSync(new URL(path, DIST)));
}

/** An import's name without what wasm-bindgen puts around it: `__wbg_NAME_<16 hex digits>`. */
function bare(name) {
  return name.replace(/^__wbg_(.*)_[0-9a-f]{16}$/, "$1").replace(/^_+wbindgen/, "__wbindgen");
}

test("the vault imports randomness and errors, and nothing else", () => {
  const imports = WebAssembly.Module.imports(module("vault/vault_bg.wasm"));
  assert.deepEqual(imports.map(({ name }) => bare(name)).sort(), [...VAULT_IMPORTS].sort());
  // its memory is its own: an imported one could be shared
  assert.ok(imports.every(({ kind }) => kind === "function"));
});

test("the list is of what is really imported: the evaluator's is another", () => {
  const imports = WebAssembly.Module.imports(module("evaluator/evaluator_bg.wasm"));
  const names = imports.map(({ name }) => bare(name));
  assert.ok(names.includes("memory"), "the threaded evaluator shares its memory with its threads");
  assert.ok(names.some((name) => !VAULT_IMPORTS.includes(name)));
});

for (const place of ["evaluator", "evaluator-single"]) {
  test(`${place} has no decryption and draws no randomness`, () => {
    const evaluator = module(`${place}/evaluator_bg.wasm`);
    const names = [
      ...WebAssembly.Module.exports(evaluator).map(({ name }) => name),
      ...WebAssembly.Module.imports(evaluator).map(({ name }) => name),
    ];
    assert.ok(names.includes("evaluator_infer"), "the names were read");
    const forbidden = names.filter((name) => /decrypt|secret|vault|getRandomValues/i.test(name));
    assert.deepEqual(forbidden, []);
  });
}
