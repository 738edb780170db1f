// Loads the vault's module. It runs on the main thread, and is never handed to a worker.

import { type OnProgress, withProgress } from "../util/download";
import { messageOf } from "../util/errors";

export type VaultModule = typeof import("/vault/vault.js");
export type Vault = InstanceType<VaultModule["Vault"]>;
export type Drawing = InstanceType<VaultModule["Drawing"]>;

/** The vault's script, and the compiled module and the memory that it runs on. */
export interface LoadedVault {
  readonly script: VaultModule;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/**
 * Compiles the vault while it is being fetched, and starts it.
 *
 * Rejects with a message for the visitor.
 */
export async function loadVault(onProgress: OnProgress): Promise<LoadedVault> {
  try {
    const [script, module] = await Promise.all([
      import("/vault/vault.js"),
      WebAssembly.compileStreaming(
        fetch("/vault/vault_bg.wasm").then((response) => withProgress(response, onProgress)),
      ),
    ]);
    const { memory } = await script.default({ module_or_path: module });
    return { script, module, memory };
  } catch (error) {
    const message =
      error instanceof WebAssembly.CompileError
        ? "this browser cannot run the vault, which needs WebAssembly with SIMD: any browser " +
          "from 2023 or later can"
        : `the vault could not be loaded (${messageOf(error)})`;
    throw new Error(message, { cause: error });
  }
}

/** Returns whether other threads can read this memory. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
