// Counts the bytes of an answer while they arrive.

/** How much has arrived, and of how much where that is known. */
export interface Arrived {
  readonly bytes: number;
  readonly total?: number;
}

export type OnArrival = (arrived: Arrived) => void;

/** The same answer, whose body tells `onArrival` of each piece that is taken from it. */
export function counted(response: Response, onArrival: OnArrival): Response {
  if (!response.body) return response;
  // The usual length is that of what was sent: compressed, it says nothing of what comes out.
  const sent = response.headers.has("content-encoding")
    ? NaN
    : response.headers.get("content-length");
  const told = Number(response.headers.get("inkognito-length") ?? sent);
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.length;
      onArrival(bytes <= told ? { bytes, total: told } : { bytes });
      controller.enqueue(piece);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
}
