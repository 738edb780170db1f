// A drawing evaluated with every layer in sight, for teaching: what comes out of each is sent back,
// encrypted, and opened here one at a time. Each is decrypted once, by the vault's own count.

import { messageOf } from "../util/errors";
import { Refused, Stopped } from "./connection";
import type { Engine, Running } from "./engine";
import { split } from "./envelope";
import type { Report } from "./protocol";

/** What came out of one layer. */
export interface Opened {
  readonly values: Float64Array;
  /** How many multiplications the ciphertext could still take. */
  readonly level: number;
  readonly logScale: number;
  readonly logModulus: number;
  /** Bits of the modulus that are left above the largest value. */
  readonly bitsLeft: number;
  readonly bytes: number;
}

export interface Inspection {
  readonly running: Running;
  readonly report: Report;
  /** How many layers there are. */
  readonly layers: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** From pixels to the answer, still encrypted. */
  readonly totalMs: number;
  /** Decrypts what came out of a layer. Throws `Stopped` where the evaluator has answered nonsense, or was replaced. */
  open(layer: number): Opened;
}

/** Has an image evaluated at `engine` with every layer in sight. Rejects with `Stopped` where that fails. */
export async function inspect(engine: Engine, pixels: Float32Array): Promise<Inspection> {
  const running = engine.running();
  const started = performance.now();
  const query = running.vault.encryptToInspect(pixels);
  const { id } = query;
  const envelope = query.intoMessage();
  const bytesUp = envelope.length;
  const answer = await condemning(running, () =>
    running.boundary.ask("inspect", { envelope }, [envelope.buffer]),
  );
  const messages = split(answer.envelopes);
  const { report } = answer;
  return {
    running,
    report,
    layers: report.layers.length,
    bytesUp,
    bytesDown: answer.envelopes.length,
    totalMs: performance.now() - started,
    open(layer) {
      if (engine.running().vault !== running.vault) throw new Stopped("it has been replaced");
      try {
        const message = messages[layer] ?? new Uint8Array();
        const opened = running.vault.openStage(id, layer, message);
        const { level, logScale, logModulus, bitsLeft } = opened;
        return {
          level,
          logScale,
          logModulus,
          bitsLeft,
          values: opened.intoValues(),
          bytes: message.length,
        };
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) throw error;
        throw condemn(running, messageOf(error));
      }
    },
  };
}

/** A refusal of what is in order, as an answer that is none, ends an evaluator: it is not to be relied on. */
async function condemning<T>(running: Running, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof Refused ? condemn(running, error.message) : error;
  }
}

function condemn(running: Running, why: string): Stopped {
  const stopped = new Stopped(why);
  running.boundary.condemn(stopped);
  return stopped;
}
