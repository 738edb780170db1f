// Brings the vault and the evaluator up, keeps them up, and has drawings recognised by the two of
// them: pixels -> vault -> ciphertext -> evaluator -> ciphertext -> vault -> scores.

import { Boundary, Stopped, type Watcher } from "./boundary";
import { messageOf } from "./errors";
import { fetchModel } from "./model";
import type { Place, Report } from "./protocol";
import { loadVault, pause, type Vault, type VaultModule } from "./vault";

/** How far the engine has come. */
export type Phase =
  | { readonly name: "loading"; readonly share?: number }
  /** `again`: why the last evaluator and its keys had to be replaced. */
  | { readonly name: "keys"; readonly made: number; readonly total: number; readonly again?: string }
  | { readonly name: "ready" }
  | { readonly name: "failed"; readonly reason: string; readonly remedy: Remedy };

/** What may help: starting the engine, or loading the page again. */
export type Remedy = "start" | "reload";

export interface EngineEvents {
  phase(phase: Phase): void;
  /** The vault's module has been loaded: drawings can be turned into pixels. */
  loaded(vault: VaultModule): void;
  /** A secret key has been made. */
  secretKeyMade(): void;
  evaluatorStarted(place: Place): void;
  crossing: Watcher;
}

export interface Recognition {
  readonly scores: Float32Array;
  readonly report: Report;
}

const WORKER = "/evaluator-worker.js";
/** More threads than this do not make so small a circuit faster. */
const MOST_THREADS = 8;
/** How often in a row an evaluator that stops is replaced unasked. */
const MOST_RESTARTS = 2;

/** An evaluator, and the vault whose evaluation keys it has. */
interface Pair {
  readonly boundary: Boundary;
  readonly vault: Vault;
}

export class Engine {
  readonly #events: EngineEvents;
  #module: VaultModule | undefined;
  #model: Uint8Array | undefined;
  /** Present while it runs; a start that is no longer wanted finds another one here, or none. */
  #pair: Pair | undefined;
  #ready = false;
  #restarts = 0;

  constructor(events: EngineEvents) {
    this.#events = events;
  }

  /** Whether it can recognise drawings. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Loads what has not been loaded yet, then starts with a new evaluator and new keys. */
  async start(again?: string): Promise<void> {
    this.#release();
    try {
      const module = await this.#loadModule();
      const model = await this.#loadModel();
      await this.#connect(module, model, again);
    } catch (error) {
      // An evaluator that has stopped is replaced by then, or given up.
      if (!(error instanceof Stopped)) this.#fail(error);
    }
  }

  /**
   * Encrypts an image, has it evaluated, and decrypts the scores.
   *
   * Rejects with `Stopped` where the evaluator has stopped; the engine replaces it by itself.
   */
  async recognise(pixels: Float32Array): Promise<Recognition> {
    const pair = this.#pair;
    if (!pair || !this.#ready) throw new Stopped("it is not ready");
    const envelope = pair.vault.encrypt(pixels);
    const answer = await pair.boundary.ask("infer", { envelope }, [envelope.buffer]);
    if (this.#pair !== pair) throw new Stopped("it has been replaced");
    const scores = pair.vault.decrypt(answer.envelope);
    this.#restarts = 0;
    return { scores, report: answer.report };
  }

  async #loadModule(): Promise<VaultModule> {
    if (!this.#module) {
      this.#events.phase({ name: "loading" });
      this.#module = await loadVault();
      this.#events.loaded(this.#module);
    }
    return this.#module;
  }

  async #loadModel(): Promise<Uint8Array> {
    this.#model ??= await fetchModel((share) => this.#events.phase({ name: "loading", share }));
    return this.#model;
  }

  /** Starts an evaluator, makes keys, and gives it those that it may have. */
  async #connect(module: VaultModule, model: Uint8Array, again?: string): Promise<void> {
    const vault = new module.Vault(model);
    const boundary = new Boundary(WORKER, this.#events.crossing, (error) => this.#restart(error));
    const pair = { boundary, vault };
    this.#pair = pair;
    this.#events.secretKeyMade();

    const threads = Math.min(Math.max(navigator.hardwareConcurrency, 1), MOST_THREADS);
    const started = boundary.ask("start", { model, threads }).then(this.#events.evaluatorStarted);
    let loaded = Promise.resolve({ complete: false });
    // They are awaited once all is sent; until then a failure must not count as unhandled.
    started.catch(() => {});

    const total = vault.keyPartCount();
    for (let made = 0; ; made += 1) {
      this.#events.phase({ name: "keys", made, total, ...(again !== undefined && { again }) });
      await pause();
      if (this.#pair !== pair) return;
      const envelope = vault.nextKeyPart();
      if (!envelope) break;
      loaded = boundary.ask("keyPart", { envelope }, [envelope.buffer]);
      loaded.catch(() => {});
    }
    await started;
    if (!(await loaded).complete) throw new Error("the evaluator misses some of its keys");
    this.#ready = true;
    this.#events.phase({ name: "ready" });
  }

  #restart(error: Stopped): void {
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) {
      this.#restarts = 0;
      this.#fail(error);
    } else {
      void this.start(error.message);
    }
  }

  #fail(error: unknown): void {
    this.#release();
    const message = messageOf(error);
    const reason = error instanceof Stopped ? `the evaluator keeps stopping (${message})` : message;
    // A script that failed to load is not fetched again within the same page, and a module that
    // has trapped cannot be used again.
    const lost = !this.#module || error instanceof WebAssembly.RuntimeError;
    this.#events.phase({ name: "failed", reason, remedy: lost ? "reload" : "start" });
  }

  /** Ends the evaluator and forgets the keys. */
  #release(): void {
    const pair = this.#pair;
    this.#pair = undefined;
    this.#ready = false;
    pair?.boundary.close();
    pair?.vault.free();
  }
}
