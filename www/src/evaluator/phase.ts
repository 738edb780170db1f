// How far the engine has come.

import type { Progress } from "../util/download";

export type Phase =
  | { readonly name: "loading"; readonly what: "vault" | "network"; readonly progress: Progress }
  /** `reason`: why the last evaluator and its keys had to be replaced. */
  | {
      readonly name: "keys";
      readonly made: number;
      readonly total: number;
      readonly reason?: string;
    }
  /** The evaluator stopped for this reason; in `delayMs` another one is started. */
  | { readonly name: "waiting"; readonly reason: string; readonly delayMs: number }
  /** The evaluation keys are being sent to the companion; in bytes. */
  | { readonly name: "upload"; readonly sent: number; readonly total: number }
  | { readonly name: "ready" }
  | { readonly name: "failed"; readonly reason: string; readonly remedy: Remedy };

/** What may help: to start the engine, or to load the page, again. */
export type Remedy = "start" | "reload";
