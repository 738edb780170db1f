// The boundary between the page and the evaluator. Every byte that passes from one to the other
// passes through here, and whoever watches sees it pass.

import { scriptUrl } from "../dom/trusted-types";
import { type Kind, type Protocol, type Request, readResponse } from "./protocol";

/** One message that passes the boundary: its bytes, and all else that it says. */
export interface Crossing {
  /** `up` is from the page to the evaluator. */
  readonly direction: "up" | "down";
  /** `forget`: keys are to be deleted. `stray`: what nobody asked for, or what is no message. */
  readonly kind: Kind | "forget" | "stray";
  /** The bytes that pass; valid only while the watcher runs, because they may be handed over. */
  readonly bytes: Uint8Array | undefined;
  /** All that the message says beside its bytes, as JSON. */
  readonly said?: string;
}

export type Watcher = (crossing: Crossing) => void;

/** A message as a crossing: nothing in it is left out. */
export function crossing(
  direction: Crossing["direction"],
  kind: Crossing["kind"],
  message: object,
): Crossing {
  let bytes: Uint8Array | undefined;
  const said = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof Uint8Array) || bytes) return value;
    bytes = value;
    return undefined;
  });
  return { direction, kind, bytes, said };
}

/** The evaluator refused a request, and is well otherwise. */
export class Refused extends Error {}

/** The evaluator has stopped; nothing more can be asked of it. */
export class Stopped extends Error {}

interface Pending {
  readonly kind: Kind;
  resolve(answer: Protocol[Kind]["answer"]): void;
  reject(error: Error): void;
}

/** Takes requests to an evaluator, wherever that is, and brings what comes from it. */
export interface Carrier {
  /** The buffers in `handOver` are the evaluator's from then on. */
  send(request: Request, handOver: Transferable[]): void;
  close(): void;
}

/** What a carrier has to tell. */
export interface CarrierEvents {
  /** Something came, which may be anything. */
  receive(data: unknown): void;
  /** The evaluator has stopped by itself; `said`: what it said to that. */
  stop(error: Stopped, said?: object): void;
  /** Something passes that was not asked for: the evaluator is sent again what it has lost. */
  passes(kind: Crossing["kind"], message: object): void;
}

export type Connect = (events: CarrierEvents) => Carrier;

/** A connection to an evaluator in a worker of its own. */
export function inWorker(script: string): Connect {
  return (events) => {
    const worker = new Worker(scriptUrl(script), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<unknown>) =>
      events.receive(event.data),
    );
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const { message } = event;
      events.stop(new Stopped(message || "its program could not be loaded"), { error: message });
    });
    worker.addEventListener("messageerror", () => {
      events.stop(new Stopped("a message could not be read"));
    });
    return {
      send: (request, handOver) => worker.postMessage(request, handOver),
      close: () => worker.terminate(),
    };
  };
}

/** One evaluator, from its start to its end. */
export class Boundary {
  readonly #carrier: Carrier;
  readonly #watch: Watcher;
  readonly #pending = new Map<number, Pending>();
  readonly #onStop: (error: Stopped) => void;
  #nextId = 0;
  #stopped: Stopped | undefined;

  /** `onStop` is called once, should the evaluator stop by itself. */
  constructor(connect: Connect, watch: Watcher, onStop: (error: Stopped) => void) {
    this.#watch = watch;
    this.#onStop = onStop;
    this.#carrier = connect({
      receive: (data) => this.#receive(data),
      stop: (error, said) => {
        if (said) watch(crossing("down", "stray", said));
        this.#stop(error);
      },
      passes: (kind, message) => watch(crossing("up", kind, message)),
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
    this.#watch(crossing("up", kind, ask));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { kind, resolve, reject });
      const request = { id, kind, ask } as Request;
      this.#carrier.send(request, handOver);
    });
  }

  /** Ends an evaluator that answers nonsense: as if it had stopped by itself. */
  condemn(error: Stopped): void {
    this.#stop(error);
  }

  /** Ends the evaluator. What is still being asked is rejected; `onStop` is not called. */
  close(): void {
    this.#end(new Stopped("it was closed"));
  }

  /** Takes what comes from the evaluator: anything at all, should it be broken or hostile. */
  #receive(data: unknown): void {
    const response = readResponse(data, (id) => this.#pending.get(id)?.kind);
    const pending = response && this.#pending.get(response.id);
    if (!response || !pending) {
      this.#watch(crossing("down", "stray", { stray: data }));
      this.#stop(new Stopped("it sent what is no answer"));
      return;
    }
    this.#pending.delete(response.id);
    if ("answer" in response) {
      this.#watch(crossing("down", pending.kind, response.answer));
      pending.resolve(response.answer);
      return;
    }
    const { error, fatal } = response;
    this.#watch(crossing("down", pending.kind, { error, fatal }));
    if (fatal) {
      const stopped = new Stopped(error);
      pending.reject(stopped);
      this.#stop(stopped);
    } else {
      pending.reject(new Refused(error));
    }
  }

  #stop(error: Stopped): void {
    if (this.#stopped) return;
    this.#end(error);
    this.#onStop(error);
  }

  #end(error: Stopped): void {
    this.#stopped ??= error;
    this.#carrier.close();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}
