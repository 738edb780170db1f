// The log of the boundary: every message that crosses it, with its SHA-256. It keeps an entry for
// each for as long as the page is open, and the bytes of the newest.

import type { Crossing } from "./connection";

/** One message that has crossed. */
export interface Entry {
  readonly number: number;
  /** When it crossed. */
  readonly time: Date;
  readonly direction: Crossing["direction"];
  readonly kind: Crossing["kind"];
  /** How many bytes it carries. */
  readonly bytes: number;
  /** All that it says beside its bytes, as JSON. */
  readonly said: string;
  /** Of its bytes, or where it has none of what it says; lowercase hex. */
  sha256: string | undefined;
  /** Its bytes, unless too many have crossed since. */
  kept: Uint8Array | undefined;
}

/** How many bytes are kept to be looked at: all of a visit's evaluation keys, and some drawings. */
const KEPT_BYTES = 32e6;

export class Log {
  readonly entries: Entry[] = [];
  /** How many bytes have crossed, both ways. */
  bytes = 0;
  readonly #changed: () => void;
  #keptBytes = 0;
  /** The oldest entry whose bytes may still be kept. */
  #oldestKept = 0;

  /** `changed` is called whenever an entry is added or completed. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Notes a message while it crosses. The browser hashes it elsewhere, in the background. */
  note({ direction, kind, bytes, said = "{}" }: Crossing): void {
    const entry: Entry = {
      number: this.entries.length + 1,
      time: new Date(),
      direction,
      kind,
      bytes: bytes?.length ?? 0,
      said,
      sha256: undefined,
      kept: bytes?.slice(),
    };
    this.entries.push(entry);
    this.bytes += entry.bytes;
    this.#keptBytes += entry.bytes;
    this.#forgetOldest();
    this.#changed();
    void sha256(entry.kept ?? new TextEncoder().encode(said)).then((digest) => {
      entry.sha256 = digest;
      this.#changed();
    });
  }

  /** The log as it is saved: all that it shows but the bytes themselves. */
  toJson(): string {
    const messages = this.entries.map(({ kept, time, said, ...entry }) => ({
      ...entry,
      time: time.toISOString(),
      said: JSON.parse(said) as unknown,
    }));
    return JSON.stringify({ log: "inkognito", version: 1, messages }, null, 1);
  }

  #forgetOldest(): void {
    while (this.#keptBytes > KEPT_BYTES) {
      const entry = this.entries[this.#oldestKept];
      if (!entry) return;
      this.#oldestKept += 1;
      this.#keptBytes -= entry.bytes;
      entry.kept = undefined;
    }
  }
}

async function sha256(bytes: Uint8Array): Promise<string | undefined> {
  // Absent where the page did not come over a secure connection.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (!subtle) return undefined;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return hex(digest);
}

/** "00ff10". */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
