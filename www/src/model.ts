// Fetches the network's file.

import { messageOf } from "./errors";

const MODEL = "/models/digits.safetensors";

/**
 * The bytes of the model file. `onProgress` is told the share that has arrived, where the server
 * says how much there is. Rejects with words for the visitor where the file cannot be had.
 */
export async function fetchModel(onProgress: (share: number) => void): Promise<Uint8Array> {
  try {
    const response = await fetch(MODEL);
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    // A compressed answer has more bytes than it says: good enough for a bar.
    const total = Number(response.headers.get("content-length"));
    return await readAll(response.body, (length) => {
      if (total > 0) onProgress(Math.min(length / total, 1));
    });
  } catch (error) {
    throw new Error(`the network could not be loaded (${messageOf(error)})`, { cause: error });
  }
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  onProgress: (length: number) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    onProgress(length);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
