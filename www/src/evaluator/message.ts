// Messages between the page and the evaluator, as the wire, the audit and the lesson show them.

import type { Kind } from "./protocol";

export interface WireMessage {
  /** `up` is from the page to the evaluator. */
  readonly direction: "up" | "down";
  /**
   * `forget`: keys are to be deleted. `stray`: an answer that was not asked for, or no message at
   * all.
   */
  readonly kind: Kind | "forget" | "stray";
  /** The bytes of its envelope. They may be handed over as soon as the listener returns. */
  readonly bytes: Uint8Array | undefined;
  /** All other fields, as JSON. */
  readonly fields: string;
}

/** Is called with each message when it is sent or has arrived. */
export type OnMessage = (message: WireMessage) => void;

/** Returns a message for the listeners: its first byte array, and all else as JSON. */
export function wireMessage(
  direction: WireMessage["direction"],
  kind: WireMessage["kind"],
  message: object,
): WireMessage {
  let bytes: Uint8Array | undefined;
  const fields = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof Uint8Array) || bytes) return value;
    bytes = value;
    return undefined;
  });
  return { direction, kind, bytes, fields };
}
