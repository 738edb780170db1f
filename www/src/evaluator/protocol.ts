// The requests that the page sends to the evaluator, each with its answer. Both sides are compiled
// against these types, and the page checks that each answer is of its type. No request has a field
// for a secret key.

/** The time of one layer of the circuit, as the evaluator reports it. */
export interface Layer {
  readonly name: string;
  readonly ms: number;
  /** The time that each thread worked on it, where that was measured. */
  readonly busyMs?: readonly number[];
}

/** Counts of the costly operations. */
export interface Operations {
  readonly ntt: number;
  readonly keySwitch: number;
  readonly plaintextProduct: number;
}

/** The evaluator's report of one evaluation. */
export interface Report {
  readonly threads: number;
  readonly totalMs: number;
  /**
   * The offline work, done before the drawing came, if its mask was sent. All else in the report is
   * online.
   */
  readonly prepared?: { readonly ms: number; readonly operations: Operations };
  readonly layers: readonly Layer[];
  readonly operations: Operations;
}

/** Where an evaluator runs that has just started. */
export interface EvaluatorLocation {
  readonly threads: number;
  /** Why there is only one thread although more were asked for. */
  readonly singleBecause?: string;
  /** The address of the companion, unless the evaluator runs in this page. */
  readonly companion?: string;
}

export interface Protocol {
  /** Loads the program and the network; a companion has its own. Must come first. */
  start: {
    ask: { readonly model?: Uint8Array; readonly threads: number };
    answer: EvaluatorLocation;
  };
  /** One part of the evaluation keys, an envelope of the wire format. */
  keyPart: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly complete: boolean };
  };
  /**
   * The mask of the next drawing, an envelope of the wire format: the evaluator does its offline
   * work.
   */
  prepare: {
    ask: { readonly envelope: Uint8Array };
    answer: Readonly<Record<never, never>>;
  };
  /** One encrypted drawing, an envelope of the wire format, answered with encrypted scores. */
  infer: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly envelope: Uint8Array; readonly report: Report };
  };
  /**
   * An encrypted drawing, answered with the output of every layer, one envelope after another. For
   * teaching.
   */
  inspect: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly envelopes: Uint8Array; readonly report: Report };
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
  /** `fatal`: the evaluator's program has failed and takes no further requests. */
  | { readonly id: number; readonly error: string; readonly fatal: boolean };

/** Returns what arrived from an evaluator as a response, or nothing where it is none. */
export function readResponse(
  data: unknown,
  kindOf: (id: number) => Kind | undefined,
): Response | undefined {
  if (!isRecord(data) || typeof data.id !== "number") return undefined;
  const { id, answer, error, fatal } = data;
  const kind = kindOf(id);
  if (kind === undefined) return undefined;
  if (typeof error === "string" && typeof fatal === "boolean") return { id, error, fatal };
  return isRecord(answer) && ANSWERS[kind](answer)
    ? ({ id, answer } as unknown as Response)
    : undefined;
}

type Fields = Record<string, unknown>;

const ANSWERS: Record<Kind, (answer: Fields) => boolean> = {
  start: ({ threads, singleBecause, companion }) =>
    typeof threads === "number" &&
    [singleBecause, companion].every((text) => text === undefined || typeof text === "string"),
  keyPart: ({ complete }) => typeof complete === "boolean",
  prepare: () => true,
  infer: ({ envelope, report }) => envelope instanceof Uint8Array && isReport(report),
  inspect: ({ envelopes, report }) => envelopes instanceof Uint8Array && isReport(report),
};

function isReport(report: unknown): boolean {
  return (
    isRecord(report) &&
    typeof report.threads === "number" &&
    typeof report.totalMs === "number" &&
    isOperations(report.operations) &&
    (report.prepared === undefined || isPrepared(report.prepared)) &&
    Array.isArray(report.layers) &&
    report.layers.every(isLayer)
  );
}

function isPrepared(prepared: unknown): boolean {
  return isRecord(prepared) && typeof prepared.ms === "number" && isOperations(prepared.operations);
}

function isLayer(layer: unknown): boolean {
  return (
    isRecord(layer) &&
    typeof layer.name === "string" &&
    typeof layer.ms === "number" &&
    (layer.busyMs === undefined || isNumbers(layer.busyMs))
  );
}

function isOperations(operations: unknown): boolean {
  return (
    isRecord(operations) &&
    isNumbers([operations.ntt, operations.keySwitch, operations.plaintextProduct])
  );
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
