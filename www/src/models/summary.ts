// What the head of a network's file says of it, as the playground reads it.

import { playground } from "../playground/load";
import { fetchHead } from "./file";

export interface Sheet {
  readonly name: string;
  readonly dataset: string;
  readonly classes: readonly string[];
  /** The layers in words, first to last. */
  readonly layers: readonly string[];
  /** N. */
  readonly degree: number;
  readonly logQp: number;
  /** The most that is secure at this degree. */
  readonly limit: number;
  /** Multiplications in a row that the circuit needs, and that the parameter set has. */
  readonly depth: number;
  readonly levels: number;
  readonly keyParts: number;
  readonly keyBytes: number;
  readonly drawingBytes: number;
  readonly scoresBytes: number;
}

const sheets = new Map<string, Promise<Sheet>>();

/** The sheet of a network; loaded once, and asked for again where that failed. */
export function sheetOf(name: string): Promise<Sheet> {
  let sheet = sheets.get(name);
  if (!sheet) {
    sheet = Promise.all([playground(), fetchHead(name)]).then(
      ([playground, head]) => JSON.parse(playground.describeModel(head)) as Sheet,
    );
    sheet.catch(() => sheets.delete(name));
    sheets.set(name, sheet);
  }
  return sheet;
}
