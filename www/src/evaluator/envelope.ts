// The envelope of the wire format, as far as the page reads it: the header's fields, and where the
// next envelope begins. The WebAssembly modules read all else; see crates/ckks/src/wire/mod.rs.

import { power } from "../util/format";

/** Length of the header in bytes. */
const HEADER_BYTES = 24;

/** The kinds of message, by their number on the wire. */
const KINDS: readonly string[] = [
  "unknown kind",
  "evaluation key",
  "encrypted drawing",
  "encrypted scores",
  "encrypted layer",
  "mask of the next drawing",
];

/** A field of an envelope: its bytes, its name and its value. */
export interface Field {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly value: string;
}

/** Returns the fields of an encrypted drawing that come before its residues. */
export function inputFields(envelope: Uint8Array): Field[] {
  const view = viewOf(envelope);
  const magic = new TextDecoder("latin1").decode(envelope.subarray(0, 4));
  const kind = view.getUint16(6, true);
  return [
    { from: 0, to: 4, name: "magic", value: magic },
    { from: 4, to: 6, name: "version", value: String(view.getUint16(4, true)) },
    { from: 6, to: 8, name: "kind", value: `${kind}: ${KINDS[kind] ?? KINDS[0]}` },
    { from: 8, to: 16, name: "parameter set", value: "its fingerprint" },
    { from: 16, to: 24, name: "body length", value: `${view.getBigUint64(16, true)} bytes` },
    { from: 24, to: 25, name: "level", value: String(view.getUint8(24)) },
    { from: 25, to: 33, name: "scale", value: power(2, Math.log2(view.getFloat64(25, true))) },
    { from: 33, to: 65, name: "seed", value: "c₁ is generated from it" },
  ];
}

/** Returns the level of an encrypted drawing: one less than the number of its moduli. */
export function levelOf(envelope: Uint8Array): number {
  return viewOf(envelope).getUint8(HEADER_BYTES);
}

/**
 * Where the residues of an encrypted drawing begin. They are packed: each has as many bits as its
 * modulus.
 */
export const RESIDUES_FROM = 65;

/**
 * Splits envelopes that lie one after another. Bytes that are left over make a last, broken one.
 */
export function split(envelopes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < envelopes.length; ) {
    const rest = envelopes.subarray(at);
    const body =
      rest.length < HEADER_BYTES ? 0n : viewOf(rest).getBigUint64(HEADER_BYTES - 8, true);
    const length = body > BigInt(rest.length) ? rest.length : HEADER_BYTES + Number(body);
    found.push(rest.subarray(0, length));
    at += length;
  }
  return found;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
