// Counts the bytes of a response while they arrive.

/** How many bytes have arrived, and how many there are where that is known. */
export interface Progress {
  readonly bytes: number;
  readonly total?: number;
}

export type OnProgress = (progress: Progress) => void;

/** Returns the same response; its body reports to `onProgress` whenever a chunk is read. */
export function withProgress(response: Response, onProgress: OnProgress): Response {
  if (!response.body) return response;
  // `content-length` counts what is sent. Where that is compressed, it is not the length of the
  // body.
  const isCompressed = response.headers.has("content-encoding");
  const length = isCompressed ? NaN : response.headers.get("content-length");
  const expected = Number(response.headers.get("inkognito-length") ?? length);
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      onProgress(bytes <= expected ? { bytes, total: expected } : { bytes });
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}
