// The log of all messages between the page and the evaluator, each with its SHA-256. It keeps an
// entry for each for as long as the page is open, and the bytes of the newest.

import { sha256 } from "../util/hex";
import type { WireMessage } from "./message";

/** One message. */
export interface LogEntry {
  readonly number: number;
  /** When it was sent, or arrived. */
  readonly time: Date;
  readonly direction: WireMessage["direction"];
  readonly kind: WireMessage["kind"];
  /** The number of bytes of its envelope. */
  readonly bytes: number;
  /** All other fields, as JSON. */
  readonly fields: string;
  /** The hash of its bytes, or of the other fields where it has none; lowercase hex. */
  sha256: string | undefined;
  /** Its bytes, until newer messages take their space. */
  kept: Uint8Array | undefined;
}

/** How many bytes are kept for viewing: a visit's evaluation keys, and some drawings. */
const MAX_KEPT_BYTES = 32e6;

export class MessageLog {
  readonly entries: LogEntry[] = [];
  /** The number of bytes in both directions. */
  bytes = 0;
  readonly #changed: () => void;
  #keptBytes = 0;
  /** The oldest entry whose bytes may still be kept. */
  #oldestKept = 0;

  /** `changed` is called whenever an entry is added or completed. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The number of entries, the newest, whose bytes are kept. */
  get kept(): number {
    return this.entries.length - this.#oldestKept;
  }

  /** Adds a message. The browser computes the hash in the background. */
  add({ direction, kind, bytes, fields }: WireMessage): void {
    const entry: LogEntry = {
      number: this.entries.length + 1,
      time: new Date(),
      direction,
      kind,
      bytes: bytes?.length ?? 0,
      fields,
      sha256: undefined,
      kept: bytes?.slice(),
    };
    this.entries.push(entry);
    this.bytes += entry.bytes;
    this.#keptBytes += entry.bytes;
    this.#dropOldest();
    this.#changed();
    void sha256(entry.kept ?? new TextEncoder().encode(fields)).then((digest) => {
      entry.sha256 = digest;
      this.#changed();
    });
  }

  /** Returns the log as it is saved: all that it shows except the bytes themselves. */
  toJson(): string {
    const messages = this.entries.map(({ kept, time, fields, ...entry }) => ({
      ...entry,
      time: time.toISOString(),
      said: JSON.parse(fields) as unknown,
    }));
    return JSON.stringify({ log: "inkognito", version: 1, messages }, null, 1);
  }

  #dropOldest(): void {
    while (this.#keptBytes > MAX_KEPT_BYTES) {
      const entry = this.entries[this.#oldestKept];
      if (!entry) return;
      this.#oldestKept += 1;
      this.#keptBytes -= entry.bytes;
      entry.kept = undefined;
    }
  }
}
