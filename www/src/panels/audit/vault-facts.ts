// What the vault is, as the browser itself tells it: the module that was loaded, asked for its
// imports and exports, and its memory.

import { find } from "../../dom/find";
import { bytes, count } from "../../util/format";
import type { LoadedVault } from "../../vault/load";

/** What each of the vault's imports is for; an import that is not here is shown as unknown. */
const PURPOSES: Readonly<Record<string, string>> = {
  getRandomValues: "asks the browser for random bytes",
  Error: "makes the error that the page is told",
  __wbindgen_throw: "throws an error to the page",
  __wbindgen_init_externref_table: "sets up the table in which errors are handed over",
};

export class VaultFacts {
  readonly #memory = find("audit-memory", HTMLElement);
  readonly #key = find("audit-key", HTMLElement);
  #loaded: LoadedVault | undefined;

  /** Shows the imports and exports of the module that was loaded. */
  loaded(vault: LoadedVault): void {
    this.#loaded = vault;
    const imports = WebAssembly.Module.imports(vault.module);
    const exports = WebAssembly.Module.exports(vault.module);
    find("audit-imports", HTMLElement).replaceChildren(
      ...imports.map(({ name, kind }) => {
        const bare = bareName(name);
        return row([bare, kind, PURPOSES[bare] ?? "unknown"]);
      }),
    );
    find("audit-exports", HTMLElement).replaceChildren(
      ...exports.map(({ name, kind }) => row([name, kind])),
    );
    find("audit-counts", HTMLElement).textContent =
      `${count(imports.length)} imports, ${count(exports.length)} exports`;
    this.refresh();
  }

  keyMade(): void {
    this.#key.textContent = `made at ${clock(new Date())}, in this memory and nowhere else`;
    this.refresh();
  }

  keyWiped(): void {
    this.#key.textContent = "none: it has been wiped";
  }

  /** Looks at the memory again: it grows. */
  refresh(): void {
    if (!this.#loaded) return;
    const { buffer } = this.#loaded.memory;
    const shared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
    this.#memory.textContent = `${bytes(buffer.byteLength)}, ${shared ? "shared" : "not shared"}`;
  }
}

/** An import's name without what wasm-bindgen puts around it. */
function bareName(name: string): string {
  return name.replace(/^__wbg_(.*)_[0-9a-f]{16}$/, "$1").replace(/^_+wbindgen/, "__wbindgen");
}

/** "14:03:59". */
export function clock(time: Date): string {
  return time.toLocaleTimeString("en-GB");
}

function row(cells: readonly string[]): HTMLTableRowElement {
  const element = document.createElement("tr");
  for (const cell of cells) element.insertCell().textContent = cell;
  return element;
}
