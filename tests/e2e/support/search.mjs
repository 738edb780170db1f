// Finds a secret key in bytes: in each form that it takes in memory or might be written down in,
// from a stretch of a few dozen coefficients on.

import { bitsOf, MODULI, residues, transform } from "./scheme.mjs";

/** How many coefficients in a row count as a find: 3^48 possibilities are no accident. */
const TERNARY_RUN = 48;
/** The same for residues in the NTT domain, which look uniform: packed, as many as fill whole bytes. */
const NTT_RUN = 8;
/** Bytes of the seed that count. */
const SEED_RUN = 16;

/**
 * The key as bytes, in every form: `{ name, bytes, run }`, where `run` bytes in a row are a find.
 *
 * @param {Uint8Array} seed 32 bytes that the key was drawn from
 * @param {Int8Array} key
 */
export function formsOf(seed, key) {
  const forms = [{ name: "seed", bytes: seed, run: SEED_RUN }];
  const ternary = (name, bytes) =>
    forms.push({ name, bytes, run: Math.floor((TERNARY_RUN * bytes.length) / key.length) });
  ternary("ternary, signed bytes", new Uint8Array(key.buffer.slice(0)));
  ternary("ternary, bytes from zero", Uint8Array.from(key, (x) => x + 1));
  for (const [order, shift] of [["low bits first", (i) => 2 * i], ["high bits first", (i) => 6 - 2 * i]]) {
    for (const [code, encode] of [["from zero", (x) => x + 1], ["two's complement", (x) => x & 3]]) {
      const packed = new Uint8Array(key.length / 4);
      key.forEach((x, i) => (packed[i >> 2] |= encode(x) << shift(i & 3)));
      ternary(`packed in two bits, ${order}, ${code}`, packed);
    }
  }
  for (const [name, Type] of Object.entries({ Int16Array, Int32Array, Float32Array, Float64Array })) {
    both(`ternary, ${name}`, Type.from(key), ternary);
  }
  const text = new TextEncoder().encode(Array.from(key).join(","));
  forms.push({ name: "ternary, decimal text", bytes: text, run: 2 * TERNARY_RUN });
  for (const q of MODULI) {
    const coefficients = residues(key, q);
    const transformed = transform(coefficients, q);
    const bits = bitsOf(q);
    both(`coefficients modulo ${q}`, coefficients, ternary);
    both(`NTT modulo ${q}`, transformed, (name, bytes) => forms.push({ name, bytes, run: 4 * NTT_RUN }));
    // as messages hold residues
    ternary(`coefficients modulo ${q}, packed`, pack(coefficients, bits));
    forms.push({ name: `NTT modulo ${q}, packed`, bytes: pack(transformed, bits), run: (NTT_RUN * bits) / 8 });
  }
  return forms;
}

/** Numbers of so many bits each, lowest first. */
function pack(numbers, bits) {
  const packed = new Uint8Array((numbers.length * bits) / 8);
  let [pending, held, at] = [0n, 0, 0];
  for (const number of numbers) {
    pending |= BigInt(number) << BigInt(held);
    for (held += bits; held >= 8; held -= 8, at += 1, pending >>= 8n) packed[at] = Number(pending & 0xffn);
  }
  return packed;
}

/** Little-endian as the machine has it, and big-endian. */
function both(name, words, add) {
  const little = new Uint8Array(words.buffer.slice(0));
  const size = words.BYTES_PER_ELEMENT;
  const big = little.slice();
  for (let at = 0; at < big.length; at += size) big.subarray(at, at + size).reverse();
  add(`${name}, little-endian`, little);
  add(`${name}, big-endian`, big);
}

/**
 * What of a key to look for. Of each form every stretch of `run` bytes that begins at a multiple of
 * `run`: a leak of twice that length holds one whole. Each stretch as it is, in hex, and in base64
 * at each of its three alignments.
 */
export class Needles {
  /** For each window, from the hash of a stretch's beginning to the stretches that begin so. */
  #windows = new Map(WINDOWS.map((window) => [window, { known: new Map(), filter: new Uint8Array(FILTER) }]));

  constructor(forms) {
    for (const { name, bytes, run } of forms) {
      for (let at = 0; at + run <= bytes.length; at += run) {
        const stretch = bytes.subarray(at, at + run);
        this.#add(name, stretch);
        const hex = Buffer.from(stretch).toString("hex");
        this.#add(`${name}, hex`, Buffer.from(hex));
        this.#add(`${name}, hex`, Buffer.from(hex.toUpperCase()));
        for (let skip = 0; skip < 3; skip += 1) {
          const whole = stretch.subarray(skip, run - ((run - skip) % 3));
          const text = Buffer.from(whole).toString("base64");
          this.#add(`${name}, base64`, Buffer.from(text));
          this.#add(`${name}, base64`, Buffer.from(text.replaceAll("+", "-").replaceAll("/", "_")));
        }
      }
    }
  }

  #add(name, stretch) {
    const window = WINDOWS.find((each) => each <= stretch.length);
    const { known, filter } = this.#windows.get(window);
    const hash = hashOf(stretch, window);
    filter[hash >>> FILTER_SHIFT] = 1;
    const list = known.get(hash);
    if (list) list.push({ name, stretch });
    else known.set(hash, [{ name, stretch }]);
  }

  /** The names of the forms that are in `bytes`. */
  in(bytes) {
    const found = new Set();
    for (const [window, { known, filter }] of this.#windows) {
      if (bytes.length < window) continue;
      let leaving = 1;
      for (let i = 0; i < window; i += 1) leaving = Math.imul(leaving, BASE);
      let hash = hashOf(bytes, window);
      for (let at = 0; ; at += 1) {
        if (filter[hash >>> FILTER_SHIFT] === 1) {
          for (const { name, stretch } of known.get(hash) ?? []) {
            if (!found.has(name) && isAt(bytes, at, stretch)) found.add(name);
          }
        }
        if (at + window >= bytes.length) break;
        hash = (Math.imul(hash, BASE) + bytes[at + window] + 1 - Math.imul(bytes[at] + 1, leaving)) | 0;
      }
    }
    return found;
  }
}

/** How much of a stretch is hashed: as much as there is, or sparse forms would all begin alike. */
const WINDOWS = [128, 32, 12];
const FILTER = 1 << 22;
const FILTER_SHIFT = 32 - 22;
const BASE = 0x01000193;

/** The rolling hash of Karp and Rabin (1987), modulo 2^32, of the first `length` bytes. */
function hashOf(bytes, length) {
  let hash = 0;
  for (let i = 0; i < length; i += 1) hash = (Math.imul(hash, BASE) + bytes[i] + 1) | 0;
  return hash;
}

function isAt(bytes, at, stretch) {
  if (at + stretch.length > bytes.length) return false;
  for (let i = 0; i < stretch.length; i += 1) if (bytes[at + i] !== stretch[i]) return false;
  return true;
}
