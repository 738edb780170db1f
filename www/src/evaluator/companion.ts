// The evaluator at a companion: requests go over HTTP, as docs/deploy.md and the companion's own
// OpenAPI document describe. It takes what the worker takes, and gives what the worker gives.

import type { ModelFile } from "../models/file";
import { messageOf } from "../util/errors";
import type { CarrierEvents, Connect } from "./connection";
import type { Place, Protocol, Report, Request } from "./protocol";

/** How often a request is sent again that was not answered, and how long the waits between are. */
const WAITS_MS = [200, 1000, 3000];
/** How often a request is sent again that was told to come back later. */
const MOST_RETURNS = 60;

/** What a companion says of a model. */
interface About {
  readonly name: string;
  readonly sha256: string;
  readonly keys: { readonly parts: number; readonly bytes: number };
}

/** The companion answered with a problem. */
class Problem extends Error {
  readonly code: string;
  /** When it is worth while to ask again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, detail: string, retryAfterMs: number | undefined) {
    super(detail);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The companion did not answer. */
class Unreachable extends Error {}

/** `sent` of `total` bytes of keys are on their way. */
export type OnUpload = (sent: number, total: number) => void;

/** A connection to the companion at `base`, which must have the network `model`. */
export function atCompanion(base: URL, model: ModelFile, onUpload: OnUpload): Connect {
  return (events) => new Companion(base, model, onUpload, events);
}

class Companion {
  readonly #base: URL;
  readonly #model: ModelFile;
  readonly #onUpload: OnUpload;
  readonly #events: CarrierEvents;
  /** Everything that is under way ends with it. */
  readonly #end = new AbortController();
  readonly #parts: Uint8Array[] = [];
  #about: About | undefined;
  #keys: string | undefined;
  /** Requests are answered in their order. */
  #last = Promise.resolve();

  constructor(base: URL, model: ModelFile, onUpload: OnUpload, events: CarrierEvents) {
    this.#base = base;
    this.#model = model;
    this.#onUpload = onUpload;
    this.#events = events;
  }

  send(request: Request): void {
    this.#last = this.#last.then(() => this.#handle(request));
  }

  close(): void {
    this.#forget();
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
      // Before it has begun, it is for the visitor to decide; later, the engine begins again.
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
        return this.#keyPart(request.ask.envelope);
      case "prepare":
        return this.#prepare(request.ask.envelope);
      case "infer":
        return this.#infer(request.ask.envelope);
      case "inspect":
        return this.#inspect(request.ask.envelope);
    }
  }

  async #start(): Promise<Place> {
    const response = await this.#fetch("v1/models", {});
    const { models, threads } = (await response.json()) as { models: About[]; threads: number };
    const about = models.find(({ name }) => name === this.#model.name);
    if (!about || !(await this.#isOurs(about))) {
      throw new Error(`the companion at ${this.#base.origin} has another version of the network`);
    }
    this.#about = about;
    // a network of one layer needs no keys, and has them at once
    if (about.keys.parts === 0) await this.#patiently(() => this.#upload());
    return { threads, companion: this.#base.origin };
  }

  async #isOurs({ sha256 }: About): Promise<boolean> {
    // Only pages that were loaded securely can tell; the keys will not fit another architecture.
    if (!globalThis.isSecureContext) return true;
    const hash = new Uint8Array(
      await crypto.subtle.digest("SHA-256", this.#model.bytes as BufferSource),
    );
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
  }

  /** Parts are kept until there are all of them, and then: the companion may lose them. */
  async #keyPart(part: Uint8Array): Promise<{ complete: boolean }> {
    this.#parts.push(part);
    const complete = this.#parts.length === this.#about?.keys.parts;
    if (complete) await this.#patiently(() => this.#upload());
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
    const ask = () => this.#patiently(() => this.#post(kind, envelope));
    let response;
    try {
      response = await ask();
    } catch (error) {
      if (!(error instanceof Problem && error.code === "keys-unknown")) throw error;
      for (const part of this.#parts) this.#events.passes("keyPart", { envelope: part });
      await this.#patiently(() => this.#upload());
      this.#events.passes(kind, { envelope });
      response = await ask();
    }
    const report = JSON.parse(response.headers.get("inkognito-report") ?? "") as Report;
    return [new Uint8Array(await response.arrayBuffer()), report];
  }

  #post(kind: "prepare" | "infer" | "inspect", envelope: Uint8Array): Promise<Response> {
    return this.#fetch(`v1/models/${this.#model.name}/${kind}`, {
      method: "POST",
      headers: { "inkognito-keys": this.#keys ?? "" },
      // As a blob it is read where it is sent from; bytes would be copied there first, which takes longer than to send them.
      body: new Blob([envelope as BlobPart]),
    });
  }

  /** Sends all keys as one body. `fetch` does not tell how much has been sent; this does. */
  #upload(): Promise<void> {
    return new Promise((resolve, reject) => {
      const upload = new XMLHttpRequest();
      const body = new Blob(this.#parts as BlobPart[]);
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
        this.#keys = (JSON.parse(upload.responseText) as { id: string }).id;
        this.#onUpload(body.size, body.size);
        resolve();
      });
      this.#end.signal.addEventListener("abort", () => upload.abort(), { once: true });
      this.#onUpload(0, body.size);
      upload.send(body);
    });
  }

  /** The companion is to delete the keys, and need not say whether it has. */
  #forget(): void {
    const keys = this.#keys;
    this.#keys = undefined;
    if (keys === undefined) return;
    this.#events.passes("forget", { keys });
    fetch(this.#url(`v1/keys/${keys}`), { method: "DELETE", keepalive: true }).catch(() => {});
  }

  /** Does it again where it was told to come back, or was not answered. */
  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    let [broken, told] = [0, 0];
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const wait =
          error instanceof Unreachable
            ? WAITS_MS[broken++]
            : error instanceof Problem && told++ < MOST_RETURNS
              ? error.retryAfterMs
              : undefined;
        if (wait === undefined || this.#end.signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    let response;
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

/** What an answer that is no success says; it may come from something that is no companion. */
function problem(status: number, body: string, retryAfter: string | null): Error {
  try {
    const { code, detail } = JSON.parse(body) as { code: unknown; detail: unknown };
    const retryAfterMs = retryAfter === null ? undefined : Number(retryAfter) * 1000;
    if (typeof code === "string" && typeof detail === "string") {
      return new Problem(code, detail, retryAfterMs);
    }
  } catch {
    // Not JSON: no companion wrote this.
  }
  return new Error(`there is no companion at this address (it answered ${status})`);
}
