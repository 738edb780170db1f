// A parameter set as the visitor asks for it, and how the address says it:
// `?set=13;28,26,26,26,26,26;28,28;26`.

import { remember, setting } from "../../state/address";

export interface Wanted {
  readonly logN: number;
  /** Bits of each ciphertext modulus, the one that is left last first. */
  readonly q: readonly number[];
  /** Bits of each special modulus. */
  readonly special: readonly number[];
  readonly logScale: number;
}

export const DEGREES = [12, 13, 14, 15] as const;
export const SCALE = { min: 10, max: 30, step: 1 } as const;
/** What a field takes: more than 64 moduli are never secure. */
const MOST_MODULI = 60;
const MOST_BITS = 64;

export interface Preset {
  readonly name: string;
  readonly set: Wanted;
  /** What there is to be learnt from it. */
  readonly about: string;
}

const PAGE: Wanted = { logN: 13, q: [28, 26, 26, 26, 26, 26], special: [28, 28], logScale: 26 };

export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    name: "this page",
    set: PAGE,
    about:
      "What “digits” and “fashion” use: five levels in the smallest ring that carries them at 128 bits.",
  },
  {
    name: "“deep”",
    set: { logN: 14, q: [30, ...Array<number>(11).fill(28)], special: [30, 30, 30], logScale: 28 },
    about:
      "What “deep” uses: twice the degree has room for twice the modulus, and each operation costs more than twice as much.",
  },
  {
    name: "one bit too much",
    set: { ...PAGE, special: [28, 29] },
    about: "This page’s set with one more bit in one special modulus.",
  },
  {
    name: "TenSEAL’s tutorial",
    set: { logN: 13, q: [31, 26, 26, 26, 26, 26, 26], special: [31], logScale: 26 },
    about:
      "[31, 26, 26, 26, 26, 26, 26, 31] at N = 8192 is within the table of 2018, which allows 218 bits. The guidelines " +
      "of 2024 allow 214.",
  },
  {
    name: "special moduli too small",
    set: { ...PAGE, special: [26, 26] },
    about:
      "Key switching multiplies its noise by a digit and divides it by P: P must be the larger one.",
  },
];

const WORD = "set";

/** Bits out of a text: whole numbers, divided by whatever is none. Nothing where that is not all. */
export function readBits(text: string): number[] | undefined {
  const words = text
    .trim()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const bits = words.map(Number);
  const fine = bits.every((each) => Number.isInteger(each) && each >= 1 && each <= MOST_BITS);
  return fine && bits.length >= 1 && bits.length <= MOST_MODULI ? bits : undefined;
}

/** The set that the address says, or else this page's. */
export function wantedSet(): Wanted {
  const [degree, q, special, scale] = (setting(WORD) ?? "").split(";");
  const [logN, logScale] = [Number(degree), Number(scale)];
  const [bits, specialBits] = [readBits(q ?? ""), readBits(special ?? "")];
  const fine =
    DEGREES.some((each) => each === logN) && logScale >= SCALE.min && logScale <= SCALE.max;
  return fine && Number.isInteger(logScale) && bits && specialBits
    ? { logN, q: bits, special: specialBits, logScale }
    : PAGE;
}

export function rememberSet(set: Wanted): void {
  remember(WORD, same(set, PAGE) ? null : written(set));
}

export function same(a: Wanted, b: Wanted): boolean {
  return written(a) === written(b);
}

function written({ logN, q, special, logScale }: Wanted): string {
  return [logN, q.join(","), special.join(","), logScale].join(";");
}
