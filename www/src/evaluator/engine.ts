// Starts the vault and the evaluator, replaces an evaluator that stops, and has drawings
// recognised: pixels -> vault -> ciphertext -> evaluator -> ciphertext -> vault -> scores.

import { fetchModel, type ModelFile } from "../models/file";
import { enterPhase, evaluatorLocation, hasKey, loadedVault } from "../state/store";
import { messageOf } from "../util/errors";
import { pause } from "../util/pause";
import { type LoadedVault, loadVault, type Vault } from "../vault/load";
import { companionTransport } from "./companion-transport";
import { Connection, Refused, Stopped } from "./connection";
import type { OnMessage } from "./message";
import type { Recognition, ReleasedScores } from "./recognition";
import { workerTransport } from "./worker-transport";

/** More threads than this do not make so small a circuit faster. */
const MAX_THREADS = 8;
/**
 * The waits before an evaluator that stops is replaced, each further time in a row; then it is
 * given up.
 */
const RESTART_DELAYS_MS = [0, 500, 2000];

/** An evaluator, and the vault whose evaluation keys it has, for one network. */
interface Pair {
  readonly connection: Connection;
  readonly vault: Vault;
  readonly model: Uint8Array;
}

/** All that runs, for the panels that look into it. */
export interface Running extends Pair {
  readonly loaded: LoadedVault;
}

export class Engine {
  readonly #onMessage: OnMessage;
  #module: LoadedVault | undefined;
  /** The networks that have been loaded. */
  readonly #models = new Map<string, ModelFile>();
  /** The name of the network that reads. */
  #model: string;
  /** What runs. A start that another one has overtaken finds another pair here, or none. */
  #pair: Pair | undefined;
  #ready = false;
  /** Settles when the evaluator has finished its offline work, with whether it got a mask. */
  #prepared = Promise.resolve(false);
  /**
   * Whether the page sends masks. It stops where they are of no use: each request may reach another
   * server.
   */
  #sendsMasks = true;
  /** Counts starts: one that another has overtaken goes no further. */
  #starts = 0;
  /** Where the companion is, if it is the evaluator. */
  #companion: URL | undefined;
  #restarts = 0;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;

  /** `model`: the name of the network that reads. */
  constructor(model: string, onMessage: OnMessage) {
    this.#model = model;
    this.#onMessage = onMessage;
  }

  /** Whether it can recognise drawings. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Evaluates at a companion from now on, or in this page. Each evaluator gets keys of its own:
   * those of another one are of no use to it.
   */
  use(companion: URL | undefined): Promise<void> {
    this.#companion = companion;
    this.#restarts = 0;
    return this.start();
  }

  /**
   * Reads with another network from now on. The key is wiped: each network's circuit has its own.
   */
  read(model: string): Promise<void> {
    this.#model = model;
    this.#restarts = 0;
    return this.start();
  }

  /** Loads what is not loaded yet, then starts with a new evaluator and new keys. */
  async start(reason?: string): Promise<void> {
    this.#release();
    const start = this.#starts;
    try {
      const module = await this.#loadModule();
      const model = await this.#loadModel();
      if (start === this.#starts) await this.#connect(module.script, model, reason);
    } catch (error) {
      if (start !== this.#starts) return;
      // An evaluator that has stopped has been replaced by now, or given up.
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
    const prepared = await this.#prepared;
    if (this.#pair !== pair) throw new Stopped("it has been replaced");
    const query = pair.vault.encrypt(pixels);
    const [id, maskSent] = [query.id, query.maskSent && prepared];
    const envelope = query.intoMessage();
    try {
      const answer = await pair.connection.ask("infer", { envelope }, [envelope.buffer]);
      if (this.#pair !== pair) throw new Stopped("it has been replaced");
      const scores = decrypt(pair.vault, id, answer.envelope);
      this.#restarts = 0;
      if (maskSent && !answer.report.prepared) this.#sendsMasks = false;
      this.#prepared = this.#prepare(pair);
      return { scores, report: answer.report, release: () => this.#releaseScores(pair, id) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // The request was correct: an evaluator that refuses it cannot be relied on.
      const stopped = new Stopped(error.message);
      pair.connection.abandon(stopped);
      throw stopped;
    }
  }

  /**
   * Settles when the evaluator is free for a drawing: after each answer it prepares for the next
   * one.
   */
  async free(): Promise<void> {
    await this.#prepared;
  }

  /** Returns what runs now; the next start replaces it. Throws `Stopped` where nothing runs. */
  running(): Running {
    if (!this.#pair || !this.#ready || !this.#module) throw new Stopped("it is not ready");
    return { ...this.#pair, loaded: this.#module };
  }

  /** Ends the evaluator and wipes the key. */
  stop(): void {
    this.#release();
  }

  async #loadModule(): Promise<LoadedVault> {
    if (!this.#module) {
      this.#module = await loadVault((progress) =>
        enterPhase({ name: "loading", what: "vault", progress }),
      );
      loadedVault.value = this.#module;
    }
    return this.#module;
  }

  async #loadModel(): Promise<ModelFile> {
    const name = this.#model;
    const loaded = this.#models.get(name);
    if (loaded) return loaded;
    const file = await fetchModel(name, (progress) => {
      if (name === this.#model) enterPhase({ name: "loading", what: "network", progress });
    });
    this.#models.set(name, file);
    return file;
  }

  /** Starts an evaluator, makes the keys, and sends the evaluation keys. */
  async #connect(module: LoadedVault["script"], model: ModelFile, reason?: string): Promise<void> {
    const vault = new module.Vault(model.bytes);
    const companion = this.#companion;
    const connect = companion
      ? companionTransport(companion, model, (sent, total) =>
          this.#showUpload(connection, sent, total),
        )
      : workerTransport;
    const connection = new Connection(connect, this.#onMessage, (error) => this.#restart(error));
    const pair = { connection, vault, model: model.bytes };
    this.#pair = pair;
    hasKey.value = true;

    const threads = Math.min(Math.max(navigator.hardwareConcurrency, 1), MAX_THREADS);
    const ask = companion ? { threads } : { model: model.bytes, threads };
    const started = connection.ask("start", ask).then((location) => {
      evaluatorLocation.value = location;
    });
    const total = vault.keyPartCount();
    let loaded = Promise.resolve({ complete: total === 0 });
    // They are awaited once all is sent; until then a failure must not count as unhandled.
    started.catch(() => {});

    for (let made = 0; ; made += 1) {
      enterPhase({ name: "keys", made, total, ...(reason !== undefined && { reason }) });
      await pause();
      if (this.#pair !== pair) return;
      const envelope = vault.nextKeyPart();
      if (!envelope) break;
      loaded = connection.ask("keyPart", { envelope }, [envelope.buffer]);
      loaded.catch(() => {});
    }
    await started;
    if (!(await loaded).complete) throw new Error("the evaluator lacks some of its keys");
    this.#ready = true;
    this.#sendsMasks = true;
    this.#prepared = this.#prepare(pair);
    enterPhase({ name: "ready" });
  }

  /**
   * Sends the mask of the next drawing, so that the evaluator can do its offline work. The mask is
   * the c_1 of a fresh encryption, and independent of the drawing. An evaluator that ignores it
   * takes longer. Resolves with whether it was accepted.
   */
  async #prepare({ vault, connection }: Pair): Promise<boolean> {
    if (!this.#sendsMasks) return false;
    // The code that waits for the answer runs first.
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#pair?.vault !== vault) return false;
    const envelope = vault.nextMask();
    const sent = connection.ask("prepare", { envelope }, [envelope.buffer]);
    return sent.then(
      () => true,
      () => false,
    );
  }

  /** Returns scores as they may leave the page. Throws once their key is wiped. */
  #releaseScores({ vault }: Pair, query: number): ReleasedScores {
    if (this.#pair?.vault !== vault) {
      throw new Error("they belong to a key that has been wiped; draw again for new ones");
    }
    return {
      scores: vault.release(query),
      deviation: vault.floodingDeviation,
      grid: vault.floodingGrid,
    };
  }

  #showUpload(connection: Connection, sent: number, total: number): void {
    if (this.#pair?.connection !== connection) return;
    // Keys are also uploaded while the engine is ready: again, after the companion has lost them.
    if (sent === total && this.#ready) enterPhase({ name: "ready" });
    else enterPhase({ name: "upload", sent, total });
  }

  #restart(error: Stopped): void {
    const delayMs = RESTART_DELAYS_MS[this.#restarts];
    if (delayMs === undefined) {
      this.#restarts = 0;
      this.#fail(error);
      return;
    }
    this.#restarts += 1;
    this.#release();
    enterPhase({ name: "waiting", reason: error.message, delayMs });
    this.#restartTimer = setTimeout(() => void this.start(error.message), delayMs);
  }

  #fail(error: unknown): void {
    this.#release();
    const message = messageOf(error);
    const reason = error instanceof Stopped ? `the evaluator keeps stopping (${message})` : message;
    // A script that failed to load is not fetched again within the same page, and a module that
    // has trapped cannot be used again.
    const lost = !this.#module || error instanceof WebAssembly.RuntimeError;
    enterPhase({ name: "failed", reason, remedy: lost ? "reload" : "start" });
  }

  /** Ends the evaluator and frees the vault, which wipes its keys. */
  #release(): void {
    this.#starts += 1;
    clearTimeout(this.#restartTimer);
    const pair = this.#pair;
    this.#pair = undefined;
    this.#ready = false;
    if (!pair) return;
    pair.connection.close();
    pair.vault.free();
    hasKey.value = false;
  }
}

/**
 * Decrypts an answer. Throws `Refused` for one that cannot be decrypted: the evaluator is at fault.
 */
function decrypt(vault: Vault, query: number, envelope: Uint8Array): Float32Array {
  try {
    return vault.decrypt(query, envelope);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    throw new Refused(messageOf(error), { cause: error });
  }
}
