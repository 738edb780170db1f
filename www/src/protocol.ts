// What the page and the evaluator say to each other: each request with its answer. Types only; both
// sides are compiled against them. No request has a field that could hold a key that decrypts.

/** How long one part of the circuit took, as the evaluator reports it. */
export interface Layer {
  readonly name: string;
  readonly ms: number;
}

/** The evaluator's report of one evaluation. */
export interface Report {
  readonly threads: number;
  readonly totalMs: number;
  readonly layers: readonly Layer[];
  /** How often each costly operation was done. */
  readonly operations: {
    readonly ntt: number;
    readonly keySwitch: number;
    readonly plaintextProduct: number;
  };
}

/** Where an evaluator that has just started runs. */
export interface Place {
  readonly threads: number;
  /** Why there is but one thread, where more were to be had. */
  readonly singleBecause?: string;
}

export interface Protocol {
  /** Loads the program and the network. Must be the first request. */
  start: {
    ask: { readonly model: Uint8Array; readonly threads: number };
    answer: Place;
  };
  /** One part of the evaluation keys, an envelope of the wire format. */
  keyPart: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly complete: boolean };
  };
  /** One encrypted drawing, an envelope of the wire format, answered with encrypted scores. */
  infer: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly envelope: Uint8Array; readonly report: Report };
  };
}

export type Kind = keyof Protocol;

/** A request on its way. */
export type Request = {
  [K in Kind]: { readonly id: number; readonly kind: K; readonly ask: Protocol[K]["ask"] };
}[Kind];

/** An answer on its way. */
export type Response =
  | { readonly id: number; readonly answer: Protocol[Kind]["answer"] }
  /** `fatal`: the evaluator's program has broken down and takes no further requests. */
  | { readonly id: number; readonly error: string; readonly fatal: boolean };
