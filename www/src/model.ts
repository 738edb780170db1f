// Fetches the networks' files.

import { messageOf } from "./errors";

/** A network's file, and the name that it is known by here and at a companion. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of the length that a model file begins with, and the most that its head may then have. */
const LENGTH_BYTES = 8;
const MOST_HEAD = 1 << 20;

/**
 * The file of a network. `onProgress` is told the share that has arrived, where the server says how
 * much there is. Rejects with words for the visitor where the file cannot be had.
 */
export function fetchModel(name: string, onProgress: (share: number) => void): Promise<ModelFile> {
  return fetching(async () => {
    const { headers, body } = await ask(name);
    // A compressed answer has more bytes than it says: good enough for a bar.
    const total = Number(headers.get("content-length"));
    const bytes = await read(body, (arrived) => {
      if (total > 0) onProgress(Math.min(arrived.length / total, 1));
      return false;
    });
    return { name, bytes };
  });
}

/** The head of a network's file, which says all but its weights; the rest is not waited for. */
export function fetchHead(name: string): Promise<Uint8Array> {
  return fetching(async () => {
    const { body } = await ask(name);
    return read(body, (arrived) => {
      if (arrived.length < LENGTH_BYTES) return false;
      const { buffer, byteOffset } = arrived;
      const length = new DataView(buffer, byteOffset).getBigUint64(0, true);
      return length > MOST_HEAD || arrived.length >= LENGTH_BYTES + Number(length);
    });
  });
}

async function fetching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`the network could not be loaded (${messageOf(error)})`, { cause: error });
  }
}

async function ask(name: string): Promise<{ headers: Headers; body: ReadableStream<Uint8Array> }> {
  const { ok, status, headers, body } = await fetch(`/models/${name}.safetensors`);
  if (!ok || !body) throw new Error(`the server answered ${status}`);
  return { headers, body };
}

/** Reads until the end, or until `enough` says so of what has arrived; then no more is sent. */
async function read(
  body: ReadableStream<Uint8Array>,
  enough: (arrived: Uint8Array) => boolean,
): Promise<Uint8Array> {
  let room = new Uint8Array(1 << 16);
  let length = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > room.length) {
      const larger = new Uint8Array(Math.max(2 * room.length, length + value.length));
      larger.set(room.subarray(0, length));
      room = larger;
    }
    room.set(value, length);
    length += value.length;
    if (enough(room.subarray(0, length))) {
      void reader.cancel();
      break;
    }
  }
  return room.slice(0, length);
}
