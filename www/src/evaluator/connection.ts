// A connection between the page and an evaluator, wherever that runs. All that one sends to the
// other passes through here, and the listener is shown all of it.

import { type OnMessage, type WireMessage, wireMessage } from "./message";
import { type Kind, type Protocol, type Request, readResponse } from "./protocol";

/** The evaluator refused a request; it takes further ones. */
export class Refused extends Error {}

/** The evaluator has stopped; it takes no further requests. */
export class Stopped extends Error {}

/** Takes requests to an evaluator. */
export interface Transport {
  /** Sends a request. The buffers in `transfer` belong to the evaluator from then on. */
  send(request: Request, transfer: Transferable[]): void;
  close(): void;
}

/** What a transport reports. */
export interface TransportEvents {
  /** Something arrived; it may be anything. */
  receive(data: unknown): void;
  /** The evaluator stopped by itself; `fields`: the message that it sent about that. */
  stop(error: Stopped, fields?: object): void;
  /** The transport sends a message of its own: a repetition, or the deletion of keys. */
  send(kind: WireMessage["kind"], message: object): void;
}

export type Connect = (events: TransportEvents) => Transport;

interface Pending {
  readonly kind: Kind;
  resolve(answer: Protocol[Kind]["answer"]): void;
  reject(error: Error): void;
}

/** One evaluator, from its start to its end. */
export class Connection {
  readonly #transport: Transport;
  readonly #onMessage: OnMessage;
  readonly #onStop: (error: Stopped) => void;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #stopped: Stopped | undefined;

  /** `onStop` is called once, if the evaluator stops by itself. */
  constructor(connect: Connect, onMessage: OnMessage, onStop: (error: Stopped) => void) {
    this.#onMessage = onMessage;
    this.#onStop = onStop;
    this.#transport = connect({
      receive: (data) => this.#receive(data),
      stop: (error, fields) => {
        if (fields) onMessage(wireMessage("down", "stray", fields));
        this.#stop(error);
      },
      send: (kind, message) => onMessage(wireMessage("up", kind, message)),
    });
  }

  /**
   * Sends a request. The buffers in `transfer` belong to the evaluator from then on; all else is
   * copied.
   *
   * Rejects with `Refused` or `Stopped`.
   */
  ask<K extends Kind>(
    kind: K,
    ask: Protocol[K]["ask"],
    transfer: Transferable[] = [],
  ): Promise<Protocol[K]["answer"]> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#nextId++;
    this.#onMessage(wireMessage("up", kind, ask));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { kind, resolve, reject });
      const request = { id, kind, ask } as Request;
      this.#transport.send(request, transfer);
    });
  }

  /** Ends an evaluator whose answers are wrong, as if it had stopped by itself. */
  abandon(error: Stopped): void {
    this.#stop(error);
  }

  /** Ends the evaluator. Open requests are rejected; `onStop` is not called. */
  close(): void {
    this.#end(new Stopped("it was closed"));
  }

  /** Takes what arrives from the evaluator, which may be broken or hostile. */
  #receive(data: unknown): void {
    const response = readResponse(data, (id) => this.#pending.get(id)?.kind);
    const pending = response && this.#pending.get(response.id);
    if (!response || !pending) {
      this.#onMessage(wireMessage("down", "stray", { stray: data }));
      this.#stop(new Stopped("it sent something that is not an answer"));
      return;
    }
    this.#pending.delete(response.id);
    if ("answer" in response) {
      this.#onMessage(wireMessage("down", pending.kind, response.answer));
      pending.resolve(response.answer);
      return;
    }
    const { error, fatal } = response;
    this.#onMessage(wireMessage("down", pending.kind, { error, fatal }));
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
    this.#transport.close();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}
