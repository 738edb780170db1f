// An evaluator at a companion. Requests go over HTTP, as docs/deploy.md and the companion's OpenAPI
// document describe; requests and answers are the worker's.

import type { ModelFile } from "../models/file";
import { messageOf } from "../util/errors";
import { sha256 } from "../util/hex";
import type { Connect, Transport, TransportEvents } from "./connection";
import type { EvaluatorLocation, Protocol, Report, Request } from "./protocol";

/** The waits before a request that got no answer is sent again; after the last one it fails. */
const RETRY_DELAYS_MS = [200, 1000, 3000];
/** How often a request is sent again at most because the companion asked for that. */
const MAX_RETRY_AFTER = 60;

/** A model as a companion describes it. */
interface CompanionModel {
  readonly name: string;
  readonly sha256: string;
  readonly keys: { readonly parts: number; readonly bytes: number };
}

/** The companion answered with a problem document. */
class Problem extends Error {
  readonly code: string;
  /** The wait that the companion asks for, if it may work later. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, detail: string, retryAfterMs: number | undefined) {
    super(detail);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The companion gave no answer. */
class Unreachable extends Error {}

/** Is called with how many of the keys' bytes have been sent. */
export type OnUpload = (sent: number, total: number) => void;

/** Connects to the companion at `base`, which must have the network `model`. */
export function companionTransport(base: URL, model: ModelFile, onUpload: OnUpload): Connect {
  return (events) => new CompanionTransport(base, model, onUpload, events);
}

class CompanionTransport implements Transport {
  readonly #base: URL;
  readonly #model: ModelFile;
  readonly #onUpload: OnUpload;
  readonly #events: TransportEvents;
  /** Aborts all open requests. */
  readonly #end = new AbortController();
  readonly #keyParts: Uint8Array[] = [];
  #description: CompanionModel | undefined;
  /** The id of the uploaded keys. */
  #keyId: string | undefined;
  /** Settles after the last request: they are answered in their order. */
  #last = Promise.resolve();

  constructor(base: URL, model: ModelFile, onUpload: OnUpload, events: TransportEvents) {
    this.#base = base;
    this.#model = model;
    this.#onUpload = onUpload;
    this.#events = events;
  }

  send(request: Request): void {
    this.#last = this.#last.then(() => this.#handle(request));
  }

  close(): void {
    this.#deleteKeys();
    this.#end.abort();
  }

  async #handle(request: Request): Promise<void> {
    const { id } = request;
    try {
      this.#end.signal.throwIfAborted();
      const answer = await this.#answer(request);
      this.#events.receive({ id, answer });
    } catch (error) {
      if (this.#end.signal.aborted) return;
      // While it starts, the visitor decides what to do; later, the engine starts again by itself.
      const fatal =
        error instanceof Unreachable && (request.kind === "infer" || request.kind === "inspect");
      this.#events.receive({ id, error: messageOf(error), fatal });
    }
  }

  #answer(request: Request): Promise<Protocol[Request["kind"]]["answer"]> {
    switch (request.kind) {
      case "start":
        return this.#start();
      case "keyPart":
        return this.#addKeyPart(request.ask.envelope);
      case "prepare":
        return this.#prepare(request.ask.envelope);
      case "infer":
        return this.#infer(request.ask.envelope);
      case "inspect":
        return this.#inspect(request.ask.envelope);
    }
  }

  async #start(): Promise<EvaluatorLocation> {
    const response = await this.#fetch("v1/models", {});
    const { models, threads } = (await response.json()) as {
      models: CompanionModel[];
      threads: number;
    };
    const description = models.find(({ name }) => name === this.#model.name);
    if (!description || !(await this.#isSameFile(description))) {
      throw new Error(`the companion at ${this.#base.origin} has another version of the network`);
    }
    this.#description = description;
    // A network of one layer needs no evaluation keys.
    if (description.keys.parts === 0) await this.#withRetries(() => this.#upload());
    return { threads, companion: this.#base.origin };
  }

  async #isSameFile({ sha256: expected }: CompanionModel): Promise<boolean> {
    // Without a secure context there is no SHA-256; keys of another architecture are refused
    // anyhow.
    if (!globalThis.isSecureContext) return true;
    return (await sha256(this.#model.bytes)) === expected;
  }

  /**
   * Uploads the keys with the last part. The parts are kept, because the companion may lose the
   * keys.
   */
  async #addKeyPart(part: Uint8Array): Promise<{ complete: boolean }> {
    this.#keyParts.push(part);
    const complete = this.#keyParts.length === this.#description?.keys.parts;
    if (complete) await this.#withRetries(() => this.#upload());
    return { complete };
  }

  async #prepare(envelope: Uint8Array): Promise<Protocol["prepare"]["answer"]> {
    await this.#post("prepare", envelope);
    return {};
  }

  async #infer(envelope: Uint8Array): Promise<Protocol["infer"]["answer"]> {
    const [answer, report] = await this.#evaluate("infer", envelope);
    return { envelope: answer, report };
  }

  async #inspect(envelope: Uint8Array): Promise<Protocol["inspect"]["answer"]> {
    const [envelopes, report] = await this.#evaluate("inspect", envelope);
    return { envelopes, report };
  }

  async #evaluate(kind: "infer" | "inspect", envelope: Uint8Array): Promise<[Uint8Array, Report]> {
    const ask = () => this.#withRetries(() => this.#post(kind, envelope));
    let response: Response;
    try {
      response = await ask();
    } catch (error) {
      if (!(error instanceof Problem && error.code === "keys-unknown")) throw error;
      for (const part of this.#keyParts) this.#events.send("keyPart", { envelope: part });
      await this.#withRetries(() => this.#upload());
      this.#events.send(kind, { envelope });
      response = await ask();
    }
    const report = JSON.parse(response.headers.get("inkognito-report") ?? "") as Report;
    return [new Uint8Array(await response.arrayBuffer()), report];
  }

  #post(kind: "prepare" | "infer" | "inspect", envelope: Uint8Array): Promise<Response> {
    return this.#fetch(`v1/models/${this.#model.name}/${kind}`, {
      method: "POST",
      headers: { "inkognito-keys": this.#keyId ?? "" },
      // The browser reads a blob where it sends from; bytes would be copied there first, which
      // takes longer than sending them.
      body: new Blob([envelope as BlobPart]),
    });
  }

  /** Sends all keys as one body, by XMLHttpRequest: `fetch` reports no progress. */
  #upload(): Promise<void> {
    return new Promise((resolve, reject) => {
      const upload = new XMLHttpRequest();
      const body = new Blob(this.#keyParts as BlobPart[]);
      const fail = () => reject(this.#unreachable("the connection broke"));
      upload.open("POST", this.#url(`v1/models/${this.#model.name}/keys`));
      upload.setRequestHeader("content-type", "application/octet-stream");
      upload.upload.addEventListener("progress", ({ loaded }) =>
        this.#onUpload(Math.min(loaded, body.size - 1), body.size),
      );
      upload.addEventListener("error", fail);
      upload.addEventListener("abort", fail);
      upload.addEventListener("load", () => {
        if (upload.status >= 400) {
          reject(
            problem(upload.status, upload.responseText, upload.getResponseHeader("retry-after")),
          );
          return;
        }
        this.#keyId = (JSON.parse(upload.responseText) as { id: string }).id;
        this.#onUpload(body.size, body.size);
        resolve();
      });
      this.#end.signal.addEventListener("abort", () => upload.abort(), { once: true });
      this.#onUpload(0, body.size);
      upload.send(body);
    });
  }

  /** Asks the companion to delete the keys, and does not wait for the answer. */
  #deleteKeys(): void {
    const keys = this.#keyId;
    this.#keyId = undefined;
    if (keys === undefined) return;
    this.#events.send("forget", { keys });
    fetch(this.#url(`v1/keys/${keys}`), { method: "DELETE", keepalive: true }).catch(() => {});
  }

  /** Repeats an attempt that got no answer, or that the companion asks to repeat. */
  async #withRetries<T>(attempt: () => Promise<T>): Promise<T> {
    let [unanswered, postponed] = [0, 0];
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const wait =
          error instanceof Unreachable
            ? RETRY_DELAYS_MS[unanswered++]
            : error instanceof Problem && postponed++ < MAX_RETRY_AFTER
              ? error.retryAfterMs
              : undefined;
        if (wait === undefined || this.#end.signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.#url(path), { ...init, signal: this.#end.signal });
    } catch (error) {
      throw this.#unreachable(messageOf(error));
    }
    if (!response.ok) {
      throw problem(response.status, await response.text(), response.headers.get("retry-after"));
    }
    return response;
  }

  #url(path: string): URL {
    return new URL(path, this.#base);
  }

  #unreachable(why: string): Unreachable {
    return new Unreachable(`the companion at ${this.#base.origin} cannot be reached (${why})`);
  }
}

/**
 * Returns the error of an answer that is no success. It may come from another server than a
 * companion.
 */
function problem(status: number, body: string, retryAfter: string | null): Error {
  try {
    const { code, detail } = JSON.parse(body) as { code: unknown; detail: unknown };
    const retryAfterMs = retryAfter === null ? undefined : Number(retryAfter) * 1000;
    if (typeof code === "string" && typeof detail === "string") {
      return new Problem(code, detail, retryAfterMs);
    }
  } catch {
    // This is no JSON, and thus no problem document of a companion.
  }
  return new Error(`there is no companion at this address (it answered ${status})`);
}
