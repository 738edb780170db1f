// The vault as the browser describes it: the imports and exports of the loaded module, and its
// memory.

import { tableRow } from "../../dom/element";
import { find, setText } from "../../dom/find";
import { effect } from "../../state/signal";
import { hasKey, loadedVault, phase } from "../../state/store";
import { bytes, clockTime, count } from "../../util/format";
import { isShared, type LoadedVault } from "../../vault/load";

/** The purpose of each of the vault's imports; any other import is shown as unknown. */
const PURPOSES: Readonly<Record<string, string>> = {
  getRandomValues: "gets random bytes from the browser",
  Error: "creates an error for the page",
  __wbindgen_throw: "throws an error to the page",
  __wbindgen_init_externref_table: "sets up the table that errors are passed through",
};

export function showVaultFacts(): void {
  const key = find("audit-key", HTMLElement);
  const memory = find("audit-memory", HTMLElement);
  effect(() => {
    if (loadedVault.value) showModule(loadedVault.value);
  });
  effect(() => {
    const isPresent = hasKey.value;
    if (isPresent === undefined) return;
    key.textContent = isPresent
      ? `made at ${clockTime(new Date())}, in this memory and nowhere else`
      : "none: it has been wiped";
  });
  effect(() => {
    // The memory grows while the engine goes through its phases.
    phase.value;
    if (loadedVault.value) setText(memory, sizeOf(loadedVault.value));
  });
}

function showModule({ module }: LoadedVault): void {
  const imports = WebAssembly.Module.imports(module);
  const exports = WebAssembly.Module.exports(module);
  find("audit-imports", HTMLElement).replaceChildren(
    ...imports.map(({ name, kind }) => {
      const bare = bareName(name);
      return tableRow([bare, kind, PURPOSES[bare] ?? "unknown"]);
    }),
  );
  find("audit-exports", HTMLElement).replaceChildren(
    ...exports.map(({ name, kind }) => tableRow([name, kind])),
  );
  find("audit-counts", HTMLElement).textContent =
    `${count(imports.length)} imports, ${count(exports.length)} exports`;
}

function sizeOf({ memory: { buffer } }: LoadedVault): string {
  return `${bytes(buffer.byteLength)}, ${isShared(buffer) ? "shared" : "not shared"}`;
}

/** Returns an import's name without what wasm-bindgen adds to it. */
function bareName(name: string): string {
  return name.replace(/^__wbg_(.*)_[0-9a-f]{16}$/, "$1").replace(/^_+wbindgen/, "__wbindgen");
}
