// The parameter set that the visitor asks for, and how the address writes it:
// `?set=13;28,26,26,26,26,26;28,28;26`.

import { addressSignal } from "../../state/address";

export interface RequestedSet {
  readonly logN: number;
  /** Bits of each ciphertext modulus, q₀ first, which is left last. */
  readonly q: readonly number[];
  /** Bits of each special modulus. */
  readonly special: readonly number[];
  readonly logScale: number;
}

export const DEGREES = [12, 13, 14, 15] as const;
export const SCALE = { min: 10, max: 30, step: 1 } as const;
/** The limits of a field: more moduli are never secure. */
const MAX_MODULI = 60;
const MAX_BITS = 64;

export interface Preset {
  readonly name: string;
  readonly set: RequestedSet;
  /** What one learns from it. */
  readonly about: string;
}

const PAGE: RequestedSet = {
  logN: 13,
  q: [28, 26, 26, 26, 26, 26],
  special: [28, 28],
  logScale: 26,
};

export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    name: "this page",
    set: PAGE,
    about:
      "The networks “digits” and “fashion” use this set. It has five levels, in the smallest " +
      "ring where that is secure at 128 bits.",
  },
  {
    name: "“deep”",
    set: { logN: 14, q: [30, ...Array<number>(11).fill(28)], special: [30, 30, 30], logScale: 28 },
    about:
      "The network “deep” uses this set. Twice the degree allows twice the bits of modulus, and " +
      "makes each operation more than twice as expensive.",
  },
  {
    name: "one bit too many",
    set: { ...PAGE, special: [28, 29] },
    about: "The set of this page, with one more bit in one special modulus.",
  },
  {
    name: "TenSEAL’s tutorial",
    set: { logN: 13, q: [31, 26, 26, 26, 26, 26, 26], special: [31], logScale: 26 },
    about:
      "[31, 26, 26, 26, 26, 26, 26, 31] at N = 8192 has 218 bits. The table of 2018 allows " +
      "them. The guidelines of 2024 allow only 214.",
  },
  {
    name: "special moduli too small",
    set: { ...PAGE, special: [26, 26] },
    about:
      "Key switching multiplies its noise by a digit and divides it by P, so P must be larger " +
      "than a digit.",
  },
];

/** The parameter set that the visitor asks for. */
export const requestedSet = addressSignal("set", parse, (value) =>
  isSame(value, PAGE) ? null : format(value),
);

/**
 * Reads whole numbers with commas or spaces between them. Returns nothing where there is anything
 * else.
 */
export function parseBits(text: string): number[] | undefined {
  const words = text
    .trim()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const bits = words.map(Number);
  const isValid = bits.every((each) => Number.isInteger(each) && each >= 1 && each <= MAX_BITS);
  return isValid && bits.length >= 1 && bits.length <= MAX_MODULI ? bits : undefined;
}

export function isSame(a: RequestedSet, b: RequestedSet): boolean {
  return format(a) === format(b);
}

/** Reads a set from text. Returns this page's set for any other text. */
function parse(text: string | null): RequestedSet {
  const [degree, q, special, scale] = (text ?? "").split(";");
  const [logN, logScale] = [Number(degree), Number(scale)];
  const [bits, specialBits] = [parseBits(q ?? ""), parseBits(special ?? "")];
  const isDegree = DEGREES.some((each) => each === logN);
  const isScale = Number.isInteger(logScale) && logScale >= SCALE.min && logScale <= SCALE.max;
  return isDegree && isScale && bits && specialBits
    ? { logN, q: bits, special: specialBits, logScale }
    : PAGE;
}

function format({ logN, q, special, logScale }: RequestedSet): string {
  return [logN, q.join(","), special.join(","), logScale].join(";");
}
