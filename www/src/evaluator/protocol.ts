// What the page and the evaluator say to each other: each request with its answer. Both sides are
// compiled against these types, and the page checks that what it gets is of them. No request has a
// field that could hold a key that decrypts.

/** How long one part of the circuit took, as the evaluator reports it. */
export interface Layer {
  readonly name: string;
  readonly ms: number;
  /** How long each thread was at work on it, where that was counted. */
  readonly busyMs?: readonly number[];
}

/** How often each costly operation was done. */
export interface Operations {
  readonly ntt: number;
  readonly keySwitch: number;
  readonly plaintextProduct: number;
}

/** The evaluator's report of one evaluation. */
export interface Report {
  readonly threads: number;
  readonly totalMs: number;
  /** What was done before the drawing was there, if its mask had been told; the rest is what else there was to do. */
  readonly prepared?: { readonly ms: number; readonly operations: Operations };
  readonly layers: readonly Layer[];
  readonly operations: Operations;
}

/** Where an evaluator that has just started runs. */
export interface Place {
  readonly threads: number;
  /** Why there is but one thread, where more were to be had. */
  readonly singleBecause?: string;
  /** The address of the companion, where it is not in this page. */
  readonly companion?: string;
}

export interface Protocol {
  /** Loads the program and the network, of which a companion has its own. Must come first. */
  start: {
    ask: { readonly model?: Uint8Array; readonly threads: number };
    answer: Place;
  };
  /** One part of the evaluation keys, an envelope of the wire format. */
  keyPart: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly complete: boolean };
  };
  /** The mask of the drawing to come, an envelope of the wire format: the evaluator does what it can do with that. */
  prepare: {
    ask: { readonly envelope: Uint8Array };
    answer: Readonly<Record<never, never>>;
  };
  /** One encrypted drawing, an envelope of the wire format, answered with encrypted scores. */
  infer: {
    ask: { readonly envelope: Uint8Array };
    answer: { readonly envelope: Uint8Array; readonly report: Report };
  };
  /** As `infer`, for teaching: answered with what comes out of every layer, one envelope after another. */
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
  /** `fatal`: the evaluator's program has broken down and takes no further requests. */
  | { readonly id: number; readonly error: string; readonly fatal: boolean };

/** What the page makes of something that came from an evaluator: an answer, or nothing. */
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
    typeof report.totalMs === "number" &&
    (report.prepared === undefined ||
      (isRecord(report.prepared) && typeof report.prepared.ms === "number")) &&
    Array.isArray(report.layers) &&
    report.layers.every(
      (layer) =>
        isRecord(layer) &&
        typeof layer.name === "string" &&
        typeof layer.ms === "number" &&
        (layer.busyMs === undefined || isNumbers(layer.busyMs)),
    )
  );
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
