// The wire format's envelope, as far as the page reads it: what its header says, and where the next
// one begins. Everything else of it is read in the modules; see crates/ckks/src/wire.

import { power } from "../util/format";

export const HEADER_BYTES = 24;

const KINDS = [
  "unknown kind",
  "evaluation key",
  "encrypted drawing",
  "encrypted scores",
  "encrypted layer",
] as const;

/** A part of an envelope: which bytes it is, and what they say. */
export interface Field {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly says: string;
}

/** What an encrypted drawing says before its residues begin. */
export function inputFields(envelope: Uint8Array): Field[] {
  const view = viewOf(envelope);
  return [
    {
      from: 0,
      to: 4,
      name: "magic",
      says: new TextDecoder("latin1").decode(envelope.subarray(0, 4)),
    },
    { from: 4, to: 6, name: "version", says: String(view.getUint16(4, true)) },
    {
      from: 6,
      to: 8,
      name: "kind",
      says: `${view.getUint16(6, true)}: ${KINDS[view.getUint16(6, true)] ?? KINDS[0]}`,
    },
    { from: 8, to: 16, name: "parameter set", says: "its fingerprint" },
    { from: 16, to: 24, name: "bytes that follow", says: String(view.getBigUint64(16, true)) },
    { from: 24, to: 25, name: "level", says: String(view.getUint8(24)) },
    { from: 25, to: 33, name: "scale", says: power(2, Math.log2(view.getFloat64(25, true))) },
    { from: 33, to: 65, name: "seed", says: "c₁ is drawn from it" },
  ];
}

/** How many moduli more than one an encrypted drawing has. */
export function levelOf(envelope: Uint8Array): number {
  return viewOf(envelope).getUint8(HEADER_BYTES);
}

/** Where the residues of an encrypted drawing begin: bits from here on, as many each as its modulus has. */
export const RESIDUES_FROM = 65;

/** The envelopes that lie one after another; what is left over at the end is one as well, if a broken one. */
export function split(envelopes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < envelopes.length; ) {
    const rest = envelopes.subarray(at);
    const said =
      rest.length < HEADER_BYTES ? 0n : viewOf(rest).getBigUint64(HEADER_BYTES - 8, true);
    const length = said > BigInt(rest.length) ? rest.length : HEADER_BYTES + Number(said);
    found.push(rest.subarray(0, length));
    at += length;
  }
  return found;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
