// Fetches the networks' model files.

import { type OnProgress, withProgress } from "../util/download";
import { messageOf } from "../util/errors";

/** A model file, and the network's name here and at a companion. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A model file begins with the length of its head, in so many bytes. */
const LENGTH_BYTES = 8;
/** A head that claims to be longer than this is not waited for. */
const MAX_HEAD_BYTES = 1 << 20;

/** Fetches the file of a network. Rejects with a message for the visitor. */
export function fetchModel(name: string, onProgress: OnProgress): Promise<ModelFile> {
  return withReason(async () => {
    const response = withProgress(await request(name), onProgress);
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  });
}

/** Fetches the head of a network's file, which describes it all but for its weights. */
export function fetchHead(name: string): Promise<Uint8Array> {
  return withReason(async () => {
    const { body } = await request(name);
    if (!body) throw new Error("the answer is empty");
    return readUntil(body, (arrived) => {
      if (arrived.length < LENGTH_BYTES) return false;
      const { buffer, byteOffset } = arrived;
      const length = new DataView(buffer, byteOffset).getBigUint64(0, true);
      return length > MAX_HEAD_BYTES || arrived.length >= LENGTH_BYTES + Number(length);
    });
  });
}

async function withReason<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`the network could not be loaded (${messageOf(error)})`, { cause: error });
  }
}

async function request(name: string): Promise<Response> {
  const response = await fetch(`/models/${name}.safetensors`);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

/**
 * Reads to the end, or until `isEnough` holds for what has arrived; then the transfer is cancelled.
 */
async function readUntil(
  body: ReadableStream<Uint8Array>,
  isEnough: (arrived: Uint8Array) => boolean,
): Promise<Uint8Array> {
  let buffer = new Uint8Array(1 << 16);
  let length = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > buffer.length) {
      const larger = new Uint8Array(Math.max(2 * buffer.length, length + value.length));
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(value, length);
    length += value.length;
    if (isEnough(buffer.subarray(0, length))) {
      void reader.cancel();
      break;
    }
  }
  return buffer.slice(0, length);
}
