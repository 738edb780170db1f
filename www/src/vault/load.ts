// The vault's module: loaded here, and never handed to a worker.

import { counted, type OnArrival } from "../util/download";
import { messageOf } from "../util/errors";

export type VaultModule = typeof import("/vault/vault.js");
export type Vault = InstanceType<VaultModule["Vault"]>;
export type Drawing = InstanceType<VaultModule["Drawing"]>;

/** The vault as it was loaded: its script, and the very module and memory that the script runs. */
export interface LoadedVault {
  readonly script: VaultModule;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/**
 * Compiles the vault while it is being fetched, and starts it. Rejects with words for the visitor
 * where that fails.
 */
export async function loadVault(onArrival: OnArrival): Promise<LoadedVault> {
  try {
    const [script, module] = await Promise.all([
      import("/vault/vault.js"),
      WebAssembly.compileStreaming(
        fetch("/vault/vault_bg.wasm").then((response) => counted(response, onArrival)),
      ),
    ]);
    const { memory } = await script.default({ module_or_path: module });
    return { script, module, memory };
  } catch (error) {
    const message =
      error instanceof WebAssembly.CompileError
        ? "this browser cannot run the vault, which needs WebAssembly with SIMD: any browser from 2023 or later can"
        : `the vault could not be loaded (${messageOf(error)})`;
    throw new Error(message, { cause: error });
  }
}

/**
 * Lets the browser handle input and draw before the work goes on: between two steps of the vault's
 * longer works, so that one can draw in the meantime. What follows is background work: with
 * `scheduler.yield` it would come before the next frame for up to a tenth of a second.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    if ("scheduler" in globalThis) void scheduler.postTask(resolve, { priority: "background" });
    else setTimeout(resolve);
  });
}
