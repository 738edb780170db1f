// The wire format, read once more for the tests: see crates/ckks/src/wire.

import { bitsOf, MODULI, N } from "./scheme.mjs";

/** How many special moduli a set has of its own, and how many a key has at each level: before them those that have been dropped. */
const OWN_SPECIAL = 2;
const SPECIAL = [2, 2, 3, 2, 3, 2];
const KINDS = ["", "evaluation key", "input", "result", "intermediate", "mask"];
const HEADER = 24;

/** The messages that lie one after the other. */
export function* readMessages(bytes) {
  while (bytes.length > 0) {
    const length = HEADER + Number(bytes.readBigUInt64LE(HEADER - 8));
    yield readMessage(bytes.subarray(0, length));
    bytes = bytes.subarray(length);
  }
}

/**
 * @param {Buffer} bytes
 * @returns {{ kind: string, level: number, moduli: number[], polys: Uint32Array[][], seed?: Buffer, purpose?: string }}
 */
function readMessage(bytes) {
  const kind = KINDS[bytes.readUInt16LE(6)];
  const isKey = kind === "evaluation key";
  const isIntermediate = kind === "intermediate";
  const level = bytes[isKey || isIntermediate ? HEADER + 1 : HEADER];
  const own = MODULI.slice(0, level + 1);
  const dropped = MODULI.slice(level + 1, level + 1 + SPECIAL[level] - OWN_SPECIAL);
  const moduli = isKey ? [...own, ...dropped, ...MODULI.slice(-OWN_SPECIAL)] : own;
  let at = HEADER + (kind === "mask" ? 1 : isKey ? 6 : isIntermediate ? 10 : 9);
  let seed;
  if (isKey || kind === "input" || kind === "mask") {
    seed = bytes.subarray(at, at + 32);
    at += 32;
  }
  const polys = [];
  while (at < bytes.length) {
    polys.push(
      moduli.map((q) => {
        const bits = bitsOf(q);
        const limb = unpack(bytes.subarray(at), bits);
        at += (N * bits) / 8;
        return limb;
      }),
    );
  }
  const purpose = isKey ? ["", "relinearization", "galois"][bytes[HEADER]] : undefined;
  return { kind, level, moduli, polys, seed, purpose };
}

/** The first N numbers of so many bits each, lowest first. */
function unpack(bytes, bits) {
  let [pending, held, at] = [0n, 0n, 0];
  const [width, mask] = [BigInt(bits), (1n << BigInt(bits)) - 1n];
  return Uint32Array.from({ length: N }, () => {
    for (; held < width; held += 8n, at += 1) pending |= BigInt(bytes[at]) << held;
    const number = Number(pending & mask);
    pending >>= width;
    held -= width;
    return number;
  });
}
