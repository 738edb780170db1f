// Fetches the networks' files.

import { counted, type OnArrival } from "../util/download";
import { messageOf } from "../util/errors";

/** A network's file, and the name that it is known by here and at a companion. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of the length that a model file begins with, and the most that its head may then have. */
const LENGTH_BYTES = 8;
const MOST_HEAD = 1 << 20;

/**
 * The file of a network; `onArrival` is told of what has arrived. Rejects with words for the visitor
 * where the file cannot be had.
 */
export function fetchModel(name: string, onArrival: OnArrival): Promise<ModelFile> {
  return fetching(async () => {
    const response = counted(await ask(name), onArrival);
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  });
}

/** The head of a network's file, which says all but its weights; the rest is not waited for. */
export function fetchHead(name: string): Promise<Uint8Array> {
  return fetching(async () => {
    const { body } = await ask(name);
    if (!body) throw new Error("the answer is empty");
    return readUntil(body, (arrived) => {
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

async function ask(name: string): Promise<Response> {
  const response = await fetch(`/models/${name}.safetensors`);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

/** Reads until the end, or until `enough` says so of what has arrived; then no more is sent. */
async function readUntil(
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
