// Searches bytes for a secret key, in each form in which a program may hold it or write it down. A
// test that knows the key uses it to show that nothing that leaves the page contains a part of the
// key.
//
// A part is a few dozen coefficients in a row. The key is ternary, so that 48 coefficients are one
// of 3^48 possibilities: they do not occur by accident.

import { bitsOf, MODULI, residues, transform } from "./scheme.mjs";

/** Ternary coefficients in a row that count as a find. */
const TERNARY_PART = 48;
/**
 * Residues of the NTT domain in a row that count as a find. Packed, eight of them fill whole bytes.
 */
const NTT_PART = 8;
/** Bytes of the seed in a row that count as a find. */
const SEED_PART = 16;

/**
 * Returns the key as bytes in every form, as `{ name, bytes, partLength }`: so many bytes in a row
 * are a find.
 *
 * @param {Uint8Array} seed the 32 bytes from which the key was drawn
 * @param {Int8Array} key the coefficients of the key
 */
export function formsOf(seed, key) {
  const forms = [];
  const add = (name, bytes, partLength) => forms.push({ name, bytes, partLength });
  const addTernary = (name, bytes) =>
    add(name, bytes, Math.floor((TERNARY_PART * bytes.length) / key.length));
  const addNtt = (name, bytes) => add(name, bytes, 4 * NTT_PART);

  add("seed", seed, SEED_PART);
  addTernary("ternary, signed bytes", new Uint8Array(key.buffer.slice(0)));
  addTernary(
    "ternary, bytes from zero",
    Uint8Array.from(key, (x) => x + 1),
  );
  for (const [order, shift] of [
    ["low bits first", (i) => 2 * i],
    ["high bits first", (i) => 6 - 2 * i],
  ]) {
    for (const [code, encode] of [
      ["from zero", (x) => x + 1],
      ["two's complement", (x) => x & 3],
    ]) {
      const packed = new Uint8Array(key.length / 4);
      key.forEach((x, i) => {
        packed[i >> 2] |= encode(x) << shift(i & 3);
      });
      addTernary(`packed in two bits, ${order}, ${code}`, packed);
    }
  }
  for (const [name, Type] of Object.entries({
    Int16Array,
    Int32Array,
    Float32Array,
    Float64Array,
  })) {
    addBothEndians(`ternary, ${name}`, Type.from(key), addTernary);
  }
  const text = new TextEncoder().encode(Array.from(key).join(","));
  add("ternary, decimal text", text, 2 * TERNARY_PART);
  for (const q of MODULI) {
    const coefficients = residues(key, q);
    const transformed = transform(coefficients, q);
    const bits = bitsOf(q);
    addBothEndians(`coefficients modulo ${q}`, coefficients, addTernary);
    addBothEndians(`NTT modulo ${q}`, transformed, addNtt);
    // Messages hold residues packed.
    addTernary(`coefficients modulo ${q}, packed`, pack(coefficients, bits));
    add(`NTT modulo ${q}, packed`, pack(transformed, bits), (NTT_PART * bits) / 8);
  }
  return forms;
}

/** Packs numbers of `bits` bits each, the lowest bits first. */
function pack(numbers, bits) {
  const packed = new Uint8Array((numbers.length * bits) / 8);
  let [pending, held, offset] = [0n, 0, 0];
  for (const number of numbers) {
    pending |= BigInt(number) << BigInt(held);
    held += bits;
    for (; held >= 8; held -= 8, offset += 1, pending >>= 8n) {
      packed[offset] = Number(pending & 0xffn);
    }
  }
  return packed;
}

/** Adds words as little-endian bytes, in which this machine has them, and as big-endian bytes. */
function addBothEndians(name, words, add) {
  const little = new Uint8Array(words.buffer.slice(0));
  const size = words.BYTES_PER_ELEMENT;
  const big = little.slice();
  for (let at = 0; at < big.length; at += size) big.subarray(at, at + size).reverse();
  add(`${name}, little-endian`, little);
  add(`${name}, big-endian`, big);
}

/**
 * Searches for a key in all its forms. Each form is divided into parts of `partLength` bytes: a
 * leak of twice that length contains a whole part. Each part is looked for as bytes, in hex, and in
 * base64 at each of the three alignments.
 *
 * All parts are looked for at once with the rolling hash of Karp and Rabin (1987).
 */
export class KeySearch {
  /** For each window length, from the hash of the start of a part to the parts that start so. */
  #windows = new Map(
    WINDOWS.map((window) => [window, { parts: new Map(), filter: new Uint8Array(FILTER_SIZE) }]),
  );

  constructor(forms) {
    for (const { name, bytes, partLength } of forms) {
      for (let at = 0; at + partLength <= bytes.length; at += partLength) {
        this.#addPart(name, bytes.subarray(at, at + partLength));
      }
    }
  }

  /** Adds a part as bytes, in hex and in base64. */
  #addPart(name, part) {
    this.#add(name, part);
    const hex = Buffer.from(part).toString("hex");
    this.#add(`${name}, hex`, Buffer.from(hex));
    this.#add(`${name}, hex`, Buffer.from(hex.toUpperCase()));
    for (let skip = 0; skip < 3; skip += 1) {
      // Three bytes are four characters. The bytes that are left over depend on what follows.
      const whole = part.subarray(skip, part.length - ((part.length - skip) % 3));
      const text = Buffer.from(whole).toString("base64");
      const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_");
      this.#add(`${name}, base64`, Buffer.from(text));
      this.#add(`${name}, base64`, Buffer.from(urlSafe));
    }
  }

  #add(name, part) {
    const window = WINDOWS.find((length) => length <= part.length);
    const { parts, filter } = this.#windows.get(window);
    const hash = hashOf(part, window);
    filter[hash >>> FILTER_SHIFT] = 1;
    if (!parts.has(hash)) parts.set(hash, []);
    parts.get(hash).push({ name, part });
  }

  /** Returns the set of the names of all forms of which `bytes` contains a part. */
  formsIn(bytes) {
    const found = new Set();
    for (const [window, { parts, filter }] of this.#windows) {
      if (bytes.length < window) continue;
      // The factor with which the oldest byte of the window is in the hash.
      let oldest = 1;
      for (let i = 0; i < window; i += 1) oldest = Math.imul(oldest, BASE);
      let hash = hashOf(bytes, window);
      for (let at = 0; ; at += 1) {
        if (filter[hash >>> FILTER_SHIFT] === 1) {
          for (const { name, part } of parts.get(hash) ?? []) {
            if (!found.has(name) && isAt(bytes, at, part)) found.add(name);
          }
        }
        if (at + window >= bytes.length) break;
        const incoming = bytes[at + window] + 1;
        const outgoing = Math.imul(bytes[at] + 1, oldest);
        hash = (Math.imul(hash, BASE) + incoming - outgoing) | 0;
      }
    }
    return found;
  }
}

/**
 * How many bytes of a part are hashed: the longest of these that fits. The parts of a form with
 * many zeros would all have the same hash if few bytes were hashed.
 */
const WINDOWS = [128, 32, 12];
/**
 * A table of the upper bits of all hashes: most bytes are passed over without a look at the map.
 */
const FILTER_BITS = 22;
const FILTER_SIZE = 1 << FILTER_BITS;
const FILTER_SHIFT = 32 - FILTER_BITS;
const BASE = 0x01000193;

/** Returns the hash of the first `length` bytes, modulo 2^32. */
function hashOf(bytes, length) {
  let hash = 0;
  for (let i = 0; i < length; i += 1) hash = (Math.imul(hash, BASE) + bytes[i] + 1) | 0;
  return hash;
}

/** Whether `bytes` contains `part` at this offset. */
function isAt(bytes, at, part) {
  if (at + part.length > bytes.length) return false;
  for (let i = 0; i < part.length; i += 1) if (bytes[at + i] !== part[i]) return false;
  return true;
}
