// The evaluator's worker: owns the evaluator's module and its threads, and answers the page's
// requests in their order. It has no key that decrypts.

import type { EvaluatorLocation, Protocol, Request, Response } from "./evaluator/protocol";
import { messageOf } from "./util/errors";

declare const self: DedicatedWorkerGlobalScope & {
  trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
  };
};

// Where the browser has Trusted Types: the threads are started from blobs of this page, by code
// that does not know this policy.
self.trustedTypes?.createPolicy("default", {
  createScriptURL(url) {
    if (url.startsWith(`blob:${self.origin}/`)) return url;
    throw new TypeError(`${url} is no thread of this page`);
  },
});

type Threaded = typeof import("/evaluator/evaluator.js");
type Single = typeof import("/evaluator-single/evaluator.js");

let evaluator: InstanceType<Single["Evaluator"]> | undefined;

async function start(ask: Protocol["start"]["ask"]): Promise<EvaluatorLocation> {
  if (!ask.model) throw new Error("there is no network to evaluate");
  const threaded = self.crossOriginIsolated
    ? await startThreads(ask.threads)
    : self.isSecureContext
      ? "this page is not cross-origin isolated, which threads need"
      : "this page did not come over a secure connection, which threads need";
  if (typeof threaded !== "string") {
    evaluator = new threaded.Evaluator(ask.model);
    return { threads: ask.threads };
  }
  const single: Single = await import("/evaluator-single/evaluator.js");
  await single.default();
  evaluator = new single.Evaluator(ask.model);
  return { threads: 1, singleBecause: threaded };
}

/** Returns the module with its threads running, or the reason why there are none. */
async function startThreads(threads: number): Promise<Threaded | string> {
  try {
    const module: Threaded = await import("/evaluator/evaluator.js");
    await module.default({
      module_or_path: "/evaluator/evaluator_bg.wasm",
      memory: sharedMemory(),
    });
    await module.initThreadPool(threads);
    return module;
  } catch (error) {
    return `threads could not be started (${messageOf(error)})`;
  }
}

/**
 * The sizes to which the threads' memory may grow, in MiB: 512 for the deepest network
 * (worker/build.rs), 256 for the others. The browser reserves all of it at once, and mobile
 * browsers refuse a large one.
 */
const MAX_MEMORIES_MIB = [512, 256] as const;
const PAGES_PER_MIB = 16;

function sharedMemory(): WebAssembly.Memory {
  for (const size of MAX_MEMORIES_MIB) {
    try {
      return new WebAssembly.Memory({
        initial: 2 * PAGES_PER_MIB,
        maximum: size * PAGES_PER_MIB,
        shared: true,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new Error("there is no memory to share");
}

function keyPart({ envelope }: Protocol["keyPart"]["ask"]): Protocol["keyPart"]["answer"] {
  const loaded = started();
  loaded.loadKeyPart(envelope);
  return { complete: loaded.keysComplete() };
}

function prepare({ envelope }: Protocol["prepare"]["ask"]): Protocol["prepare"]["answer"] {
  started().prepare(envelope);
  return {};
}

function infer({ envelope }: Protocol["infer"]["ask"]): Protocol["infer"]["answer"] {
  const loaded = started();
  const scores = loaded.infer(envelope);
  return { envelope: scores, report: loaded.report() };
}

function inspect({ envelope }: Protocol["inspect"]["ask"]): Protocol["inspect"]["answer"] {
  const loaded = started();
  const envelopes = loaded.inspect(envelope);
  return { envelopes, report: loaded.report() };
}

function started(): NonNullable<typeof evaluator> {
  if (!evaluator) throw new Error("the evaluator has not been started");
  return evaluator;
}

async function handle(request: Request): Promise<void> {
  try {
    switch (request.kind) {
      case "start":
        return answer(request.id, await start(request.ask));
      case "keyPart":
        return answer(request.id, keyPart(request.ask));
      case "prepare":
        return answer(request.id, prepare(request.ask));
      case "infer": {
        const inference = infer(request.ask);
        return answer(request.id, inference, [inference.envelope.buffer]);
      }
      case "inspect": {
        const inspection = inspect(request.ask);
        return answer(request.id, inspection, [inspection.envelopes.buffer]);
      }
    }
  } catch (error) {
    // After a trap the module's memory may be inconsistent, so the module must not be used again.
    const fatal = error instanceof WebAssembly.RuntimeError;
    respond({ id: request.id, error: messageOf(error), fatal });
  }
}

function answer(
  id: number,
  answer: Extract<Response, { answer: unknown }>["answer"],
  transfer: Transferable[] = [],
): void {
  respond({ id, answer }, transfer);
}

function respond(response: Response, transfer: Transferable[] = []): void {
  self.postMessage(response, transfer);
}

// Each request waits for the one before it: the page sends them while the evaluator is still
// starting.
let last = Promise.resolve();
self.addEventListener("message", (event: MessageEvent<Request>) => {
  last = last.then(() => handle(event.data));
});
