// The boundary between the page and the evaluator. Every byte that passes from one to the other
// passes through here, and whoever watches sees it pass.

import type { Kind, Protocol, Request, Response } from "./protocol";

/** One envelope or message that passes the boundary. */
export interface Crossing {
  /** `up` is from the page to the evaluator. */
  readonly direction: "up" | "down";
  readonly kind: Kind;
  /** The bytes that pass; valid only while the watcher runs, because they may be handed over. */
  readonly bytes: Uint8Array | undefined;
}

export type Watcher = (crossing: Crossing) => void;

/** The evaluator refused a request, and is well otherwise. */
export class Refused extends Error {}

/** The evaluator has stopped; nothing more can be asked of it. */
export class Stopped extends Error {}

interface Pending {
  readonly kind: Kind;
  resolve(answer: Protocol[Kind]["answer"]): void;
  reject(error: Error): void;
}

/** One evaluator in a worker of its own, from its start to its end. */
export class Boundary {
  readonly #worker: Worker;
  readonly #watch: Watcher;
  readonly #pending = new Map<number, Pending>();
  readonly #onStop: (error: Stopped) => void;
  #nextId = 0;
  #stopped: Stopped | undefined;

  /** `onStop` is called once, should the evaluator stop by itself. */
  constructor(script: string, watch: Watcher, onStop: (error: Stopped) => void) {
    this.#watch = watch;
    this.#onStop = onStop;
    this.#worker = new Worker(script, { type: "module" });
    this.#worker.addEventListener("message", (event: MessageEvent<Response>) => {
      this.#receive(event.data);
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#stop(new Stopped(event.message || "its program could not be loaded"));
    });
    this.#worker.addEventListener("messageerror", () => {
      this.#stop(new Stopped("a message could not be read"));
    });
  }

  /**
   * Asks the evaluator for something. The buffers in `handOver` are the evaluator's from then on;
   * all else is copied.
   *
   * Rejects with `Refused` or `Stopped`.
   */
  ask<K extends Kind>(
    kind: K,
    ask: Protocol[K]["ask"],
    handOver: Transferable[] = [],
  ): Promise<Protocol[K]["answer"]> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#nextId++;
    this.#watch({ direction: "up", kind, bytes: bytesOf(ask) });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { kind, resolve, reject });
      const request = { id, kind, ask } as Request;
      this.#worker.postMessage(request, handOver);
    });
  }

  /** Ends the evaluator. What is still being asked is rejected; `onStop` is not called. */
  close(): void {
    this.#end(new Stopped("it was closed"));
  }

  #receive(response: Response): void {
    const pending = this.#pending.get(response.id);
    if (!pending) return;
    this.#pending.delete(response.id);
    if ("answer" in response) {
      this.#watch({ direction: "down", kind: pending.kind, bytes: bytesOf(response.answer) });
      pending.resolve(response.answer);
    } else if (response.fatal) {
      const error = new Stopped(response.error);
      pending.reject(error);
      this.#stop(error);
    } else {
      pending.reject(new Refused(response.error));
    }
  }

  #stop(error: Stopped): void {
    if (this.#stopped) return;
    this.#end(error);
    this.#onStop(error);
  }

  #end(error: Stopped): void {
    this.#stopped ??= error;
    this.#worker.terminate();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

/** The bytes that a message carries: its envelope, or the network. */
function bytesOf(message: object): Uint8Array | undefined {
  if ("envelope" in message) return message.envelope as Uint8Array;
  if ("model" in message) return message.model as Uint8Array;
  return undefined;
}
