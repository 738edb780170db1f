// The modules as they were built: what the vault and the playground can reach, and what the evaluator can do. No
// browser is needed for this: WebAssembly lists its imports and exports itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const DIST = new URL("../../dist/", import.meta.url);

/** All that the vault may call: randomness, its own errors, and the table those are handed over in. */
const VAULT_IMPORTS = ["getRandomValues", "__wbindgen_throw", "Error", "__wbindgen_init_externref_table"];

/** All that the vault offers to the page: the drawing, queries, and what is done with a key. */
const VAULT_EXPORTS = {
  drawing: ["begin", "clear", "extend", "isBlank", "new", "pixels", "setBrush", "undo"],
  query: ["id", "intoMessage", "maskSent"],
  // one layer of a query that was asked for inspection
  openedstage: ["bitsLeft", "intoValues", "level", "logModulus", "logScale"],
  vault: [
    "decrypt", "encrypt", "encryptToInspect", "floodingDeviation", "floodingGrid", "keyIsIn", "keyPartCount", "keySearchWorks", "new",
    "nextKeyPart", "nextMask", "openStage", "release",
  ],
};

/** All that the playground may call: its own errors, and the arrays and strings that it hands over. */
const BLACKBOARD_IMPORTS = [
  "new_from_slice", "__wbindgen_generic_0000000000000001", "__wbindgen_throw", "Error", "__wbindgen_init_externref_table",
];

/** All that it offers: nothing that takes or gives a key, or decrypts. */
const PLAYGROUND_EXPORTS = {
  parameterset: ["encode", "new", "rotate", "transform"],
  plainnetwork: ["new", "trace"],
  scheme: [
    "classes", "coefficients", "encoded", "inspectionBytes", "logN", "logScale", "moduli", "new", "predictedErrors", "resultBytes",
    "shapes", "slots",
  ],
};
const BLACKBOARD_FUNCTIONS = ["approximate", "checkParameters", "describeModel", "leastErrors"];

/** All that an evaluator offers. */
const EVALUATOR_EXPORTS = { evaluator: ["infer", "inspect", "keysComplete", "loadKeyPart", "new", "prepare", "report"] };

/** What wasm-bindgen needs to hand values over and to set the module up. */
const PLUMBING = [
  "__abort_handler", "__externref_table_alloc", "__externref_table_dealloc", "__instance_terminated", "__wbindgen_exn_store",
  "__wbindgen_externrefs", "__wbindgen_free", "__wbindgen_malloc", "__wbindgen_realloc", "__wbindgen_start", "memory",
];

/** What wasm-bindgen-rayon and thread-local storage need, besides. */
const THREADS = [
  "__stack_alloc", "__tls_base", "__wbg_wbg_rayon_poolbuilder_free", "__wbindgen_thread_destroy", "initThreadPool",
  "wbg_rayon_poolbuilder_build", "wbg_rayon_poolbuilder_mainJS", "wbg_rayon_poolbuilder_numThreads",
  "wbg_rayon_poolbuilder_receiver", "wbg_rayon_start_worker",
];

/** The exports of a module that none of the lists names, and the names of its own that it lacks. */
function differences(module, own, plumbing) {
  const wanted = Object.entries(own).flatMap(([type, names]) => [
    `__wbg_${type}_free`,
    ...names.map((name) => `${type}_${name}`),
  ]);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return {
    unknown: names.filter((name) => !wanted.includes(name) && !plumbing.includes(name)),
    missing: wanted.filter((name) => !names.includes(name)),
  };
}

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

test("the vault offers what is listed, and nothing else", () => {
  const vault = module("vault/vault_bg.wasm");
  assert.deepEqual(differences(vault, VAULT_EXPORTS, PLUMBING), { unknown: [], missing: [] });
});

test("the playground reaches nothing, and offers what is listed", () => {
  const playground = module("playground/playground_bg.wasm");
  const imports = WebAssembly.Module.imports(playground);
  assert.deepEqual(imports.map(({ name }) => bare(name)).sort(), [...BLACKBOARD_IMPORTS].sort());
  assert.ok(imports.every(({ kind }) => kind === "function"));
  const plumbing = [...PLUMBING, "__externref_drop_slice"];
  const { unknown, missing } = differences(playground, PLAYGROUND_EXPORTS, plumbing);
  assert.deepEqual({ unknown: unknown.sort(), missing }, { unknown: BLACKBOARD_FUNCTIONS, missing: [] });
});

test("the evaluators offer what is listed, and nothing else", () => {
  const single = module("evaluator-single/evaluator_bg.wasm");
  assert.deepEqual(differences(single, EVALUATOR_EXPORTS, PLUMBING), { unknown: [], missing: [] });
  const threaded = module("evaluator/evaluator_bg.wasm");
  assert.deepEqual(differences(threaded, EVALUATOR_EXPORTS, [...PLUMBING, ...THREADS]), { unknown: [], missing: [] });
  assert.ok(differences(threaded, EVALUATOR_EXPORTS, PLUMBING).unknown.length > 0, "the lists tell them apart");
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
