// Fetches the network's file.

import { messageOf } from "./errors";
import { counted, type OnArrival } from "./progress";

const MODEL = "/models/digits.safetensors";

/** The bytes of the model file. Rejects with words for the visitor where the file cannot be had. */
export async function fetchModel(onArrival: OnArrival): Promise<Uint8Array> {
  try {
    const response = await fetch(MODEL);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await counted(response, onArrival).arrayBuffer());
  } catch (error) {
    throw new Error(`the network could not be loaded (${messageOf(error)})`, { cause: error });
  }
}
