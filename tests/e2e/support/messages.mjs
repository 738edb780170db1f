// A second reader of the wire format, for the tests. The first is in crates/ckks/src/wire.

import { bitsOf, MODULI, N } from "./scheme.mjs";

/** The number of special moduli of the parameter set. */
const SPECIAL_MODULI = 2;
/**
 * The number of special moduli of a key, by level. A key below the top level may also use moduli of
 * Q that the ciphertext has dropped: they stand before those of the set.
 */
const SPECIAL_MODULI_AT = [2, 2, 3, 2, 3, 2];
const KINDS = ["", "evaluation key", "input", "result", "intermediate", "mask"];
const HEADER_BYTES = 24;
/** The number of bytes of the fields between the header and the seed or the residues. */
const FIELD_BYTES = { mask: 1, "evaluation key": 6, intermediate: 10, input: 9 };
const SEED_BYTES = 32;

/** Reads messages that stand one after the other. */
export function* readMessages(bytes) {
  while (bytes.length > 0) {
    const length = HEADER_BYTES + Number(bytes.readBigUInt64LE(HEADER_BYTES - 8));
    yield readMessage(bytes.subarray(0, length));
    bytes = bytes.subarray(length);
  }
}

/**
 * Reads a message. `polys` has the residues of each polynomial for each of `moduli`. Only an
 * evaluation key has a purpose.
 *
 * @param {Buffer} bytes
 * @returns {{
 *   kind: string,
 *   level: number,
 *   moduli: number[],
 *   polys: Uint32Array[][],
 *   seed?: Buffer,
 *   purpose?: "relinearization" | "galois",
 * }}
 */
function readMessage(bytes) {
  const kind = KINDS[bytes.readUInt16LE(6)];
  if (!(kind in FIELD_BYTES)) throw new Error(`no reader for a message of kind "${kind}"`);
  const isKey = kind === "evaluation key";
  const isIntermediate = kind === "intermediate";
  const level = bytes[isKey || isIntermediate ? HEADER_BYTES + 1 : HEADER_BYTES];
  const ofLevel = MODULI.slice(0, level + 1);
  const droppedCount = SPECIAL_MODULI_AT[level] - SPECIAL_MODULI;
  const dropped = MODULI.slice(level + 1, level + 1 + droppedCount);
  const moduli = isKey ? [...ofLevel, ...dropped, ...MODULI.slice(-SPECIAL_MODULI)] : ofLevel;
  let offset = HEADER_BYTES + FIELD_BYTES[kind];
  let seed;
  if (isKey || kind === "input" || kind === "mask") {
    seed = bytes.subarray(offset, offset + SEED_BYTES);
    offset += SEED_BYTES;
  }
  const polys = [];
  while (offset < bytes.length) {
    polys.push(
      moduli.map((q) => {
        const bits = bitsOf(q);
        const limb = unpack(bytes.subarray(offset), bits);
        offset += (N * bits) / 8;
        return limb;
      }),
    );
  }
  const purpose = isKey ? ["", "relinearization", "galois"][bytes[HEADER_BYTES]] : undefined;
  return { kind, level, moduli, polys, seed, purpose };
}

/** Unpacks the first N numbers of `bits` bits each, the lowest bits first. */
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
