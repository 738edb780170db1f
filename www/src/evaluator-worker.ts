// The evaluator's worker: owns the evaluator's module and its threads, and answers the page's
// requests one after another, in their order. It has no way to decrypt anything.

import type { Place, Protocol, Request, Response } from "./evaluator/protocol";
import { messageOf } from "./util/errors";

declare const self: DedicatedWorkerGlobalScope & {
  trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
  };
};

// Where scripts must be trusted to be started: the threads are started from blobs of this page, by
// code that knows nothing of policies.
self.trustedTypes?.createPolicy("default", {
  createScriptURL(url) {
    if (url.startsWith(`blob:${self.origin}/`)) return url;
    throw new TypeError(`${url} is no thread of this page`);
  },
});

type Threaded = typeof import("/evaluator/evaluator.js");
type Single = typeof import("/evaluator-single/evaluator.js");

let evaluator: InstanceType<Single["Evaluator"]> | undefined;

async function start(ask: Protocol["start"]["ask"]): Promise<Place> {
  if (!ask.model) throw new Error("there is no network to evaluate");
  const threaded = self.crossOriginIsolated
    ? await startThreads(ask.threads)
    : "this page is not cross-origin isolated";
  if (typeof threaded !== "string") {
    evaluator = new threaded.Evaluator(ask.model);
    return { threads: ask.threads };
  }
  const single: Single = await import("/evaluator-single/evaluator.js");
  await single.default();
  evaluator = new single.Evaluator(ask.model);
  return { threads: 1, singleBecause: threaded };
}

/** The module with its threads running, or why that is not to be had. */
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
 * What the threads' memory may grow to, in MiB: 512 for the deepest network (worker/build.rs), 256 for
 * the others where no more is to be had. All of it is reserved at once, and mobile browsers refuse much.
 */
const ROOMS_MIB = [512, 256] as const;
const PAGES_PER_MIB = 16;

function sharedMemory(): WebAssembly.Memory {
  for (const room of ROOMS_MIB) {
    try {
      return new WebAssembly.Memory({
        initial: 2 * PAGES_PER_MIB,
        maximum: room * PAGES_PER_MIB,
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
    // A trap leaves the module's memory as it happened to be: it must not be used again.
    const fatal = error instanceof WebAssembly.RuntimeError;
    respond({ id: request.id, error: messageOf(error), fatal });
  }
}

function answer(
  id: number,
  answer: Extract<Response, { answer: unknown }>["answer"],
  handOver: Transferable[] = [],
): void {
  respond({ id, answer }, handOver);
}

function respond(response: Response, handOver: Transferable[] = []): void {
  self.postMessage(response, handOver);
}

// Starting takes a while, and requests do not wait to be sent: each waits for the one before it.
let last = Promise.resolve();
self.addEventListener("message", (event: MessageEvent<Request>) => {
  last = last.then(() => handle(event.data));
});
