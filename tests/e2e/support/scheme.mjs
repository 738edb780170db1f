// The arithmetic of the scheme, written a second time for the tests, from its definition: the
// secret key and the uniform polynomials that a seed expands to, the moduli, and the NTT. The tests
// use it to compute the secret key of a page, to search for the key in all its forms, and to
// decrypt what the page sends. It shares no code with the Rust implementation, so that an error in
// one of them shows. It is slow and plain.

/** The parameter set of the shipped network. */
const LOG_N = 13;
export const N = 1 << LOG_N;
const MODULI_Q_BITS = [28, 26, 26, 26, 26, 26];
const SPECIAL_BITS = [28, 28];

/** A stream of ChaCha20 (Bernstein 2008) with a 64-bit counter and a 64-bit stream number. */
export class ChaCha20 {
  #input = new Uint32Array(16);
  #block = new Uint8Array(64);
  #used = 64;

  constructor(seed, stream) {
    const view = new DataView(seed.buffer, seed.byteOffset, 32);
    this.#input.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
    for (let i = 0; i < 8; i += 1) this.#input[4 + i] = view.getUint32(4 * i, true);
    this.#input[14] = Number(stream & 0xffff_ffffn);
    this.#input[15] = Number(stream >> 32n);
  }

  /** The next 32 bits. */
  u32() {
    if (this.#used === 64) this.#refill();
    const offset = this.#used;
    this.#used += 4;
    return new DataView(this.#block.buffer).getUint32(offset, true);
  }

  #refill() {
    const x = this.#input.slice();
    const quarter = (a, b, c, d) => {
      const mix = (to, from, by, left) => {
        x[to] += x[from];
        const word = x[by] ^ x[to];
        x[by] = (word << left) | (word >>> (32 - left));
      };
      mix(a, b, d, 16);
      mix(c, d, b, 12);
      mix(a, b, d, 8);
      mix(c, d, b, 7);
    };
    for (let round = 0; round < 10; round += 1) {
      for (let i = 0; i < 4; i += 1) quarter(i, 4 + i, 8 + i, 12 + i);
      for (let i = 0; i < 4; i += 1)
        quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
    }
    const view = new DataView(this.#block.buffer);
    for (let i = 0; i < 16; i += 1) view.setUint32(4 * i, x[i] + this.#input[i], true);
    this.#input[12] += 1;
    if (this.#input[12] === 0) this.#input[13] += 1;
    this.#used = 0;
  }
}

/** Returns the secret key that the vault draws from this seed: N coefficients of -1, 0 and 1. */
export function secretKey(seed) {
  const random = new ChaCha20(seed, 0n);
  const key = new Int8Array(N);
  for (let filled = 0; filled < N; ) {
    // 64 bits at a time, the lower 32 first. Two bits make a coefficient; where both are set, the
    // next two bits are taken instead.
    for (let word = 0; word < 2; word += 1) {
      let bits = random.u32();
      for (let i = 0; i < 16; i += 1, bits >>>= 2) {
        if ((bits & 3) !== 3 && filled < N) key[filled++] = (bits & 3) - 1;
      }
    }
  }
  return key;
}

/**
 * q_0 .. q_5, then the special moduli: for each size, the largest primes that are 1 modulo 2N. The
 * special moduli are chosen first.
 */
export const MODULI = (() => {
  const smallest = new Map();
  const next = (bits) => {
    let p = (smallest.get(bits) ?? 2 ** bits + 1) - 2 * N;
    while (!isPrime(p)) p -= 2 * N;
    smallest.set(bits, p);
    return p;
  };
  const special = SPECIAL_BITS.map(next);
  return [...MODULI_Q_BITS.map(next), ...special];
})();

/** Returns how many bits a residue modulo `q` has in a message. */
export const bitsOf = (q) => 32 - Math.clz32(q - 1);

function isPrime(n) {
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return n % 2 === 1;
}

/**
 * Expands a seed to the residues of a uniform polynomial modulo `q`, in the NTT domain. `index` is
 * the number of the polynomial.
 */
export function uniform(seed, q, index) {
  const random = new ChaCha20(seed, (BigInt(index) << 32n) | BigInt(q));
  const mask = 2 ** (32 - Math.clz32(q)) - 1;
  const out = new Uint32Array(N);
  for (let filled = 0; filled < N; ) {
    const x = random.u32() & mask;
    if (x < q) out[filled++] = x;
  }
  return out;
}

/**
 * Returns a b mod q for a, b < q < 2^30. By fifteen bits at a time all products stay below 2^53.
 */
function multiply(a, b, q) {
  const high = Math.floor(b / 32768);
  return (((a * high) % q) * 32768 + a * (b & 32767)) % q;
}

function power(base, exponent, q) {
  let result = 1;
  for (let [b, e] = [base, exponent]; e > 0; e = Math.floor(e / 2), b = multiply(b, b, q)) {
    if (e % 2 === 1) result = multiply(result, b, q);
  }
  return result;
}

function bitReverse(i) {
  let out = 0;
  for (let bit = 0; bit < LOG_N; bit += 1) out |= ((i >> bit) & 1) << (LOG_N - 1 - bit);
  return out;
}

const roots = new Map();

/**
 * Returns the powers of psi, a primitive 2N-th root of unity modulo q: the first that is found from
 * the bases 2, 3, 4, ...
 */
function rootsOf(q) {
  if (!roots.has(q)) {
    let psi = 0;
    for (let g = 2; psi === 0; g += 1) {
      const root = power(g, (q - 1) / (2 * N), q);
      if (power(root, N, q) === q - 1) psi = root;
    }
    const powers = new Uint32Array(2 * N);
    powers[0] = 1;
    for (let i = 1; i < 2 * N; i += 1) powers[i] = multiply(powers[i - 1], psi, q);
    roots.set(q, powers);
  }
  return roots.get(q);
}

/**
 * Transforms coefficients to the NTT domain: value i is that of the polynomial at
 * psi^(2 bitrev(i) + 1).
 */
export function transform(residues, q) {
  const powers = rootsOf(q);
  // The negacyclic transform of f(X) is the cyclic transform of f(psi X).
  const twisted = residues.map((x, i) => multiply(x, powers[i], q));
  return dft(twisted, q, (i) => powers[(2 * i) % (2 * N)]);
}

/** Transforms values in the NTT domain back to coefficients. */
export function inverse(values, q) {
  const powers = rootsOf(q);
  const natural = new Uint32Array(N);
  for (let i = 0; i < N; i += 1) natural[bitReverse(i)] = values[i];
  const mixed = dft(natural, q, (i) => powers[(2 * N - 2 * i) % (2 * N)]);
  const scale = power(N, q - 2, q);
  const out = new Uint32Array(N);
  for (let i = 0; i < N; i += 1) {
    const untwisted = multiply(mixed[bitReverse(i)], powers[(2 * N - i) % (2 * N)], q);
    out[i] = multiply(untwisted, scale, q);
  }
  return out;
}

/**
 * Computes sum f_i w^(ij) by decimation in frequency (Gentleman and Sande, 1966), from natural
 * order to bit-reversed order. `root(i)` returns w^i.
 */
function dft(input, q, root) {
  const data = Uint32Array.from(input);
  for (let span = N / 2; span >= 1; span /= 2) {
    for (let start = 0; start < N; start += 2 * span) {
      for (let i = 0; i < span; i += 1) {
        const [u, v] = [data[start + i], data[start + i + span]];
        data[start + i] = (u + v) % q;
        data[start + i + span] = multiply((u + q - v) % q, root(i * (N / 2 / span)), q);
      }
    }
  }
  return data;
}

/** Converts signed integers to residues modulo q. */
export function residues(numbers, q) {
  return Uint32Array.from(numbers, (x) => (x < 0 ? q + x : x));
}

/** Converts a residue to the integer of least absolute value. */
export function centred(x, q) {
  return x > q / 2 ? x - q : x;
}

/**
 * Returns b + a s in coefficients, for each modulus: the decryption of a ciphertext (b, a).
 *
 * @param {Uint32Array[]} b the residues of b for each modulus, in the NTT domain
 * @param {Uint8Array} seed the seed from which a is expanded
 * @param {number[]} moduli
 * @param {Int8Array} key the coefficients of s
 */
export function decrypt(b, seed, moduli, key) {
  return moduli.map((q, i) => {
    const s = transform(residues(key, q), q);
    const a = uniform(seed, q, 0);
    const sum = b[i].map((x, j) => (x + multiply(a[j], s[j], q)) % q);
    return inverse(sum, q);
  });
}

/** Returns the integers of least absolute value with these residues modulo two primes. */
export function integersFrom([low, high], [p, q]) {
  const [P, Q] = [BigInt(p), BigInt(q)];
  // P^-1 modulo Q, by Fermat
  const inverseOfP = BigInt(power(p % q, q - 2, q));
  return Array.from(low, (x, i) => {
    const difference = (((BigInt(high[i]) - BigInt(x)) % Q) + Q) % Q;
    const value = BigInt(x) + P * ((difference * inverseOfP) % Q);
    return value > (P * Q) / 2n ? value - P * Q : value;
  });
}
