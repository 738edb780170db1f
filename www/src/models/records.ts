// The records of the networks: the files that training and measurement (`lab/`) wrote, and the
// model cards.

import digitsAccuracy from "../../../docs/results/accuracy-digits.json";
import fashionAccuracy from "../../../docs/results/accuracy-fashion.json";
import deepErrors from "../../../docs/results/errors-deep.json";
import deepCard from "../../../models/deep.md";
import deepRun from "../../../models/deep.run.json";
import digitsCard from "../../../models/digits.md";
import digitsRun from "../../../models/digits.run.json";
import fashionCard from "../../../models/fashion.md";
import fashionRun from "../../../models/fashion.run.json";
import type { ModelName } from "../state/settings";

/** The accuracy on all test images, plain and encrypted, on the machine that it names. */
export interface Accuracy {
  readonly command: string;
  readonly machine: string;
  readonly images: number;
  readonly accuracy_plain: number;
  readonly accuracy_encrypted: number;
  /** The share of images for which both give the same class. */
  readonly agreement: number;
  readonly max_score_error: number;
  readonly ms_per_image_median: number;
}

/** How the network was trained. */
export interface Run {
  readonly command: string;
  readonly seconds: number;
  readonly threads: number;
  /** Accuracy on the test images after each epoch; the file is the last one's. */
  readonly epochs: readonly { readonly number: number; readonly accuracy: number }[];
}

/** The errors of the encrypted network against the plain one, stage by stage. */
export interface Errors {
  readonly command: string;
  readonly machine: string;
  readonly stages: readonly {
    readonly all: { readonly images: number; readonly max_error: number };
  }[];
}

export interface ModelRecord {
  readonly accuracy?: Accuracy;
  readonly errors?: Errors;
  readonly run: Run;
  /** The card, as Markdown. */
  readonly card: string;
}

export const RECORDS: { readonly [name in ModelName]: ModelRecord } = {
  digits: { accuracy: digitsAccuracy, run: digitsRun, card: digitsCard },
  fashion: { accuracy: fashionAccuracy, run: fashionRun, card: fashionCard },
  deep: { errors: deepErrors, run: deepRun, card: deepCard },
};

/** Returns the text under a heading of a card, without the heading. */
export function section(card: string, heading: string): string {
  const start = card.indexOf(`\n## ${heading}\n`);
  if (start < 0) return "";
  const body = card.slice(start + heading.length + 5);
  const end = body.indexOf("\n## ");
  return (end < 0 ? body : body.slice(0, end)).trim();
}

/** Returns the rows of the first table in a text, the headings first. */
export function table(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter((row) => !row.every((cell) => /^-+$/.test(cell)));
}
