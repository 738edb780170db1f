// Evaluates a drawing and gets the encrypted output of every layer back, for teaching. The layers
// are decrypted here, one at a time; the vault decrypts each of them once.

import { messageOf } from "../util/errors";
import { Refused, Stopped } from "./connection";
import type { Engine, Running } from "./engine";
import { split } from "./envelope";
import type { Report } from "./protocol";

/** The decrypted output of one layer. */
export interface DecryptedLayer {
  readonly values: Float64Array;
  /** How many more multiplications the ciphertext allows. */
  readonly level: number;
  readonly logScale: number;
  readonly logModulus: number;
  /** Bits of the modulus above the largest value. */
  readonly bitsLeft: number;
  readonly bytes: number;
}

export interface Inspection {
  readonly running: Running;
  readonly report: Report;
  /** The number of layers. */
  readonly layers: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** From pixels to the encrypted answer. */
  readonly totalMs: number;
  /**
   * Decrypts the output of a layer. Throws `Stopped` where it is wrong, or the evaluator was
   * replaced.
   */
  decrypt(layer: number): DecryptedLayer;
}

/**
 * Has an image evaluated with the output of every layer sent back. Rejects with `Stopped` where
 * that fails.
 */
export async function inspect(engine: Engine, pixels: Float32Array): Promise<Inspection> {
  const running = engine.running();
  const started = performance.now();
  const query = running.vault.encryptToInspect(pixels);
  const { id } = query;
  const envelope = query.intoMessage();
  const bytesUp = envelope.length;
  const answer = await abandonOnRefusal(running, () =>
    running.connection.ask("inspect", { envelope }, [envelope.buffer]),
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
    decrypt(layer) {
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
        throw abandon(running, messageOf(error));
      }
    },
  };
}

/** Ends an evaluator that refuses a correct request: it cannot be relied on. */
async function abandonOnRefusal<T>(running: Running, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof Refused ? abandon(running, error.message) : error;
  }
}

function abandon(running: Running, why: string): Stopped {
  const stopped = new Stopped(why);
  running.connection.abandon(stopped);
  return stopped;
}
