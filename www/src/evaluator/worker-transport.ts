// An evaluator in a web worker of this page.

import { scriptUrl } from "../util/trusted-types";
import { type Connect, Stopped } from "./connection";

const SCRIPT = "/evaluator-worker.js";

/** Starts a worker and connects to it. */
export const workerTransport: Connect = (events) => {
  const worker = new Worker(scriptUrl(SCRIPT), { type: "module" });
  worker.addEventListener("message", (event: MessageEvent<unknown>) => events.receive(event.data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const { message } = event;
    events.stop(new Stopped(message || "its program could not be loaded"), { error: message });
  });
  worker.addEventListener("messageerror", () => {
    events.stop(new Stopped("a message could not be read"));
  });
  return {
    send: (request, transfer) => worker.postMessage(request, transfer),
    close: () => worker.terminate(),
  };
};
