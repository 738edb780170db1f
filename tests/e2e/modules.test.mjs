// The WebAssembly modules as they were built: what each can call, and what each offers. No browser
// is needed: WebAssembly lists the imports and exports of a module itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const DIST = new URL("../../dist/", import.meta.url);

/**
 * All that the vault may call: randomness, errors, and the table that passes errors to the page.
 */
const VAULT_IMPORTS = [
  "getRandomValues",
  "__wbindgen_throw",
  "Error",
  "__wbindgen_init_externref_table",
];

/** All that the vault offers to the page, by class. */
const VAULT_EXPORTS = {
  drawing: ["begin", "clear", "extend", "isBlank", "new", "pixels", "setBrush", "undo"],
  query: ["id", "intoMessage", "maskSent"],
  // A layer that was decrypted for the X-ray.
  openedstage: ["bitsLeft", "intoValues", "level", "logModulus", "logScale"],
  vault: [
    "decrypt",
    "encrypt",
    "encryptToInspect",
    "floodingDeviation",
    "floodingGrid",
    "keyIsIn",
    "keyPartCount",
    "keySearchWorks",
    "new",
    "nextKeyPart",
    "nextMask",
    "openStage",
    "release",
  ],
};

/** All that the playground may call: errors, and what makes the arrays that it returns. */
const PLAYGROUND_IMPORTS = [
  "new_from_slice",
  "__wbindgen_generic_0000000000000001",
  "__wbindgen_throw",
  "Error",
  "__wbindgen_init_externref_table",
];

/** All that the playground offers: nothing takes or returns a key, and nothing decrypts. */
const PLAYGROUND_EXPORTS = {
  parameterset: ["encode", "new", "rotate", "transform"],
  plainnetwork: ["new", "trace"],
  scheme: [
    "classes",
    "coefficients",
    "encoded",
    "inspectionBytes",
    "logN",
    "logScale",
    "moduli",
    "new",
    "predictedErrors",
    "resultBytes",
    "shapes",
    "slots",
  ],
};
const PLAYGROUND_FUNCTIONS = ["approximate", "checkParameters", "describeModel", "leastErrors"];

/** All that an evaluator offers. */
const EVALUATOR_EXPORTS = {
  evaluator: ["infer", "inspect", "keysComplete", "loadKeyPart", "new", "prepare", "report"],
};

/** What wasm-bindgen exports to pass values and to start the module. */
const WASM_BINDGEN = [
  "__abort_handler",
  "__externref_table_alloc",
  "__externref_table_dealloc",
  "__instance_terminated",
  "__wbindgen_exn_store",
  "__wbindgen_externrefs",
  "__wbindgen_free",
  "__wbindgen_malloc",
  "__wbindgen_realloc",
  "__wbindgen_start",
  "memory",
];

/** What wasm-bindgen-rayon and thread-local storage export besides. */
const THREADS = [
  "__stack_alloc",
  "__tls_base",
  "__wbg_wbg_rayon_poolbuilder_free",
  "__wbindgen_thread_destroy",
  "initThreadPool",
  "wbg_rayon_poolbuilder_build",
  "wbg_rayon_poolbuilder_mainJS",
  "wbg_rayon_poolbuilder_numThreads",
  "wbg_rayon_poolbuilder_receiver",
  "wbg_rayon_start_worker",
];

/** Returns the exports of a module that are on no list, and the names on its list that it lacks. */
function differences(module, classes, bindings) {
  const wanted = Object.entries(classes).flatMap(([type, names]) => [
    `__wbg_${type}_free`,
    ...names.map((name) => `${type}_${name}`),
  ]);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return {
    unknown: names.filter((name) => !wanted.includes(name) && !bindings.includes(name)),
    missing: wanted.filter((name) => !names.includes(name)),
  };
}

function module(path) {
  return new WebAssembly.Module(readFileSync(new URL(path, DIST)));
}

/** Returns the sorted names of imports, without what wasm-bindgen adds: `__wbg_NAME_<hash>`. */
function namesOf(imports) {
  return imports
    .map(({ name }) => name.replace(/^__wbg_(.*)_[0-9a-f]{16}$/, "$1"))
    .map((name) => name.replace(/^_+wbindgen/, "__wbindgen"))
    .sort();
}

test("the vault imports randomness and errors, and nothing else", () => {
  const imports = WebAssembly.Module.imports(module("vault/vault_bg.wasm"));
  assert.deepEqual(namesOf(imports), [...VAULT_IMPORTS].sort());
  // The memory is the vault's own: an imported memory could be shared.
  assert.ok(imports.every(({ kind }) => kind === "function"));
});

test("the vault exports what is listed, and nothing else", () => {
  const vault = module("vault/vault_bg.wasm");
  assert.deepEqual(differences(vault, VAULT_EXPORTS, WASM_BINDGEN), { unknown: [], missing: [] });
});

test("the playground imports and exports what is listed, and nothing else", () => {
  const playground = module("playground/playground_bg.wasm");
  const imports = WebAssembly.Module.imports(playground);
  assert.deepEqual(namesOf(imports), [...PLAYGROUND_IMPORTS].sort());
  assert.ok(imports.every(({ kind }) => kind === "function"));
  const bindings = [...WASM_BINDGEN, "__externref_drop_slice"];
  const { unknown, missing } = differences(playground, PLAYGROUND_EXPORTS, bindings);
  assert.deepEqual(unknown.sort(), PLAYGROUND_FUNCTIONS);
  assert.deepEqual(missing, []);
});

test("the evaluators export what is listed, and nothing else", () => {
  const none = { unknown: [], missing: [] };
  const single = module("evaluator-single/evaluator_bg.wasm");
  assert.deepEqual(differences(single, EVALUATOR_EXPORTS, WASM_BINDGEN), none);
  const threaded = module("evaluator/evaluator_bg.wasm");
  const bindings = [...WASM_BINDGEN, ...THREADS];
  assert.deepEqual(differences(threaded, EVALUATOR_EXPORTS, bindings), none);
  const { unknown } = differences(threaded, EVALUATOR_EXPORTS, WASM_BINDGEN);
  assert.ok(unknown.length > 0, "the check finds an export that is on no list");
});

test("the evaluator imports what the vault does not: the check reads real imports", () => {
  const imports = namesOf(WebAssembly.Module.imports(module("evaluator/evaluator_bg.wasm")));
  assert.ok(imports.includes("memory"), "the evaluator shares its memory with its threads");
  assert.ok(imports.some((name) => !VAULT_IMPORTS.includes(name)));
});

for (const name of ["evaluator", "evaluator-single"]) {
  test(`${name} has no decryption and draws no random numbers`, () => {
    const evaluator = module(`${name}/evaluator_bg.wasm`);
    const { imports, exports } = WebAssembly.Module;
    const names = [...exports(evaluator), ...imports(evaluator)].map(({ name }) => name);
    assert.ok(names.includes("evaluator_infer"), "the names were read");
    const forbidden = names.filter((name) => /decrypt|secret|vault|getRandomValues/i.test(name));
    assert.deepEqual(forbidden, []);
  });
}
