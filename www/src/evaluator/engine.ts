// Brings the vault and the evaluator up, keeps them up, and has drawings recognised by the two of
// them: pixels -> vault -> ciphertext -> evaluator -> ciphertext -> vault -> scores.

import { fetchModel, type ModelFile } from "../models/file";
import type { Arrived } from "../util/download";
import { messageOf } from "../util/errors";
import { type LoadedVault, loadVault, pause, type Vault } from "../vault/load";
import { atCompanion } from "./companion";
import { Boundary, inWorker, Refused, Stopped, type Watcher } from "./connection";
import type { Place, Report } from "./protocol";

/** How far the engine has come. */
export type Phase =
  | { readonly name: "loading"; readonly what: "vault" | "network"; readonly arrived: Arrived }
  /** `again`: why the last evaluator and its keys had to be replaced. */
  | {
      readonly name: "keys";
      readonly made: number;
      readonly total: number;
      readonly again?: string;
    }
  /** An evaluator stopped, and `afterMs` from now another one is started. */
  | { readonly name: "resting"; readonly again: string; readonly afterMs: number }
  /** Bytes of keys on their way to the companion. */
  | { readonly name: "upload"; readonly sent: number; readonly total: number }
  | { readonly name: "ready" }
  | { readonly name: "failed"; readonly reason: string; readonly remedy: Remedy };

/** What may help: starting the engine, or loading the page again. */
export type Remedy = "start" | "reload";

export interface EngineEvents {
  phase(phase: Phase): void;
  /** The vault's module has been loaded: drawings can be turned into pixels. */
  loaded(vault: LoadedVault): void;
  /** A secret key has been made. */
  secretKeyMade(): void;
  /** The secret key has been wiped. */
  secretKeyWiped(): void;
  evaluatorStarted(place: Place): void;
  crossing: Watcher;
}

export interface Recognition {
  readonly scores: Float32Array;
  /** The scores as they may leave the page; see the vault's `release`. */
  release(): Released;
  readonly report: Report;
}

/** Scores that may leave the page: noise drowns what they would say about the key. */
export interface Released {
  readonly scores: Float64Array;
  /** Standard deviation of the noise. */
  readonly deviation: number;
  /** What they are rounded to multiples of. */
  readonly grid: number;
}

const WORKER = "/evaluator-worker.js";
/** More threads than this do not make so small a circuit faster. */
const MOST_THREADS = 8;
/** How long to wait before an evaluator that stops is replaced unasked: at first, and each further
 * time in a row; after that it is given up. */
const RESTS_MS = [0, 500, 2000];

/** An evaluator, and the vault whose evaluation keys it has, for one network. */
interface Pair {
  readonly boundary: Boundary;
  readonly vault: Vault;
  readonly model: Uint8Array;
}

/** All that runs, for the panels that look into it. */
export interface Running extends Pair {
  readonly loaded: LoadedVault;
}

export class Engine {
  readonly #events: EngineEvents;
  #module: LoadedVault | undefined;
  /** The networks that have been loaded, and the name of the one that reads. */
  readonly #models = new Map<string, ModelFile>();
  #model: string;
  /** Present while it runs; a start that is no longer wanted finds another one here, or none. */
  #pair: Pair | undefined;
  #ready = false;
  /** Settles when the evaluator has done what it can do for the next drawing, with whether it has. */
  #prepared = Promise.resolve(false);
  /** Whether the page sends masks to the evaluator: not where it has been of no use, since each request may come to another one. */
  #tellsMasks = true;
  /** Counts starts: one that another has overtaken goes no further. */
  #starts = 0;
  /** Where the companion is, if it is the one to evaluate. */
  #companion: URL | undefined;
  #restarts = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** `model`: the name of the network that is to read. */
  constructor(model: string, events: EngineEvents) {
    this.#model = model;
    this.#events = events;
  }

  /** Whether it can recognise drawings. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Evaluates at a companion from now on, or in this page. Each evaluator gets keys of its own: what
   * one of them has is of no use to the other.
   */
  use(companion: URL | undefined): Promise<void> {
    this.#companion = companion;
    this.#restarts = 0;
    return this.start();
  }

  /** Reads with another network from now on. The key is wiped: each network's circuit has its own. */
  read(model: string): Promise<void> {
    this.#model = model;
    this.#restarts = 0;
    return this.start();
  }

  /** Loads what has not been loaded yet, then starts with a new evaluator and new keys. */
  async start(again?: string): Promise<void> {
    this.#release();
    const start = this.#starts;
    try {
      const module = await this.#loadModule();
      const model = await this.#loadModel();
      if (start === this.#starts) await this.#connect(module.script, model, again);
    } catch (error) {
      if (start !== this.#starts) return;
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
    const prepared = await this.#prepared;
    if (this.#pair !== pair) throw new Stopped("it has been replaced");
    const asked = pair.vault.encrypt(pixels);
    const [query, maskSent] = [asked.id, asked.maskSent && prepared];
    const envelope = asked.intoMessage();
    try {
      const answer = await pair.boundary.ask("infer", { envelope }, [envelope.buffer]);
      if (this.#pair !== pair) throw new Stopped("it has been replaced");
      const scores = decrypt(pair.vault, query, answer.envelope);
      this.#restarts = 0;
      if (maskSent && !answer.report.prepared) this.#tellsMasks = false;
      this.#prepared = this.#prepare(pair);
      return { scores, report: answer.report, release: () => release(pair.vault, query) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // What it was given is in order, and it says that it is not: it is not to be relied on.
      const stopped = new Stopped(error.message);
      pair.boundary.condemn(stopped);
      throw stopped;
    }
  }

  /** Settles when the evaluator is free for a drawing: it prepares for the next one behind each. */
  async free(): Promise<void> {
    await this.#prepared;
  }

  /** All that runs by now; the next start puts others in their places. Throws `Stopped` where nothing runs. */
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
      this.#module = await loadVault((arrived) =>
        this.#events.phase({ name: "loading", what: "vault", arrived }),
      );
      this.#events.loaded(this.#module);
    }
    return this.#module;
  }

  async #loadModel(): Promise<ModelFile> {
    const name = this.#model;
    const loaded = this.#models.get(name);
    if (loaded) return loaded;
    const file = await fetchModel(name, (arrived) => {
      if (name === this.#model) this.#events.phase({ name: "loading", what: "network", arrived });
    });
    this.#models.set(name, file);
    return file;
  }

  /** Starts an evaluator, makes keys, and gives it those that it may have. */
  async #connect(module: LoadedVault["script"], model: ModelFile, again?: string): Promise<void> {
    const vault = new module.Vault(model.bytes);
    const companion = this.#companion;
    const connect = companion
      ? atCompanion(companion, model, (sent, total) => this.#uploading(boundary, sent, total))
      : inWorker(WORKER);
    const boundary = new Boundary(connect, this.#events.crossing, (error) => this.#restart(error));
    const pair = { boundary, vault, model: model.bytes };
    this.#pair = pair;
    this.#events.secretKeyMade();

    const threads = Math.min(Math.max(navigator.hardwareConcurrency, 1), MOST_THREADS);
    const ask = companion ? { threads } : { model: model.bytes, threads };
    const started = boundary.ask("start", ask).then(this.#events.evaluatorStarted);
    const total = vault.keyPartCount();
    let loaded = Promise.resolve({ complete: total === 0 });
    // They are awaited once all is sent; until then a failure must not count as unhandled.
    started.catch(() => {});

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
    this.#tellsMasks = true;
    this.#prepared = this.#prepare(pair);
    this.#events.phase({ name: "ready" });
  }

  /**
   * Tells the evaluator the mask of the next drawing, which is half of its encryption and says nothing of it. An
   * evaluator that makes nothing of it takes longer, and that is all.
   */
  async #prepare({ vault, boundary }: Pair): Promise<boolean> {
    if (!this.#tellsMasks) return false;
    // First comes whoever waits for the answer behind which this is done.
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#pair?.vault !== vault) return false;
    const envelope = vault.nextMask();
    const sent = boundary.ask("prepare", { envelope }, [envelope.buffer]);
    return sent.then(
      () => true,
      () => false,
    );
  }

  #uploading(boundary: Boundary, sent: number, total: number): void {
    if (this.#pair?.boundary !== boundary) return;
    // Keys may be uploaded while all else is ready: again, after the companion has lost them.
    if (sent === total && this.#ready) this.#events.phase({ name: "ready" });
    else this.#events.phase({ name: "upload", sent, total });
  }

  #restart(error: Stopped): void {
    const rest = RESTS_MS[this.#restarts];
    if (rest === undefined) {
      this.#restarts = 0;
      this.#fail(error);
      return;
    }
    this.#restarts += 1;
    this.#release();
    this.#events.phase({ name: "resting", again: error.message, afterMs: rest });
    this.#rest = setTimeout(() => void this.start(error.message), rest);
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

  /** Ends the evaluator and forgets the keys: the vault wipes its own. */
  #release(): void {
    this.#starts += 1;
    clearTimeout(this.#rest);
    const pair = this.#pair;
    this.#pair = undefined;
    this.#ready = false;
    if (!pair) return;
    pair.boundary.close();
    pair.vault.free();
    this.#events.secretKeyWiped();
  }
}

/** Decrypts an answer. One that cannot be read is the evaluator's failure, as if it had stopped. */
function decrypt(vault: Vault, query: number, envelope: Uint8Array): Float32Array {
  try {
    return vault.decrypt(query, envelope);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    throw new Refused(messageOf(error), { cause: error });
  }
}

function release(vault: Vault, query: number): Released {
  return {
    scores: vault.release(query),
    deviation: vault.floodingDeviation,
    grid: vault.floodingGrid,
  };
}
