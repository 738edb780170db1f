// Step 4: what crosses the wire.

import { element, tableOf } from "../../dom/element";
import { type Field, inputFields, levelOf, RESIDUES_FROM } from "../../evaluator/envelope";
import type { Entry } from "../../evaluator/message-log";
import { bytes, count } from "../../util/format";
import type { Step } from "./panel";
import { live, text } from "./pictures";

const NAMES: Readonly<Partial<Record<Entry["kind"], string>>> = {
  start: "program and network",
  keyPart: "evaluation keys",
  prepare: "masks of drawings to come",
  infer: "drawings and scores",
  inspect: "drawings and layers",
};

export const wire: Step = {
  name: "The wire",
  live: true,
  async fill(scene, page) {
    const up = scene.last("up");
    const down = scene.last("down");
    if (!up || !down) throw new Error("draw something, and what crosses will be shown here");
    const entries = scene.entries;
    const { scheme } = await scene.clear();
    const residues = 2 ** scheme.logN * (levelOf(up.bytes) + 1);
    const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    page.append(
      text(
        "The page and the evaluator say nothing to each other but through one place, which writes it all down: by now ",
        live(`${count(entries.length)} messages, ${bytes(total)}`),
        ". Here is the whole list, by kind, and your last drawing as it crossed: its header says in the clear what anybody may know, and from byte ",
        live(String(RESIDUES_FROM)),
        " on it is noise.",
      ),
      tableOf("Messages by kind", [
        ["what", "sent", "bytes", "came back", "bytes"],
        ...rows(entries),
      ]),
      dissected(up.bytes, inputFields(up.bytes), residues),
      text(
        "Its SHA-256 begins with ",
        hash(up.entry),
        ", the answer’s with ",
        hash(down.entry),
        ". The audit below has every message, byte for byte. Compare with your browser’s own tools; or unplug the network and draw.",
      ),
    );
  },
};

function rows(entries: readonly Entry[]): string[][] {
  const kinds = Object.entries(NAMES) as [Entry["kind"], string][];
  return kinds.flatMap(([kind, name]) => {
    const of = entries.filter((entry) => entry.kind === kind);
    if (of.length === 0) return [];
    const side = (direction: Entry["direction"]): string[] => {
      const those = of.filter((entry) => entry.direction === direction);
      return [`${count(those.length)}`, bytes(those.reduce((sum, entry) => sum + entry.bytes, 0))];
    };
    return [[name, ...side("up"), ...side("down")]];
  });
}

function hash({ sha256 }: Entry): HTMLElement {
  return element(
    "code",
    "sha",
    sha256 === undefined ? "not to be had on this connection" : sha256.slice(0, 16),
  );
}

/** The header in hex with what each part says, and the beginning of the noise. */
function dissected(envelope: Uint8Array, fields: readonly Field[], residues: number): HTMLElement {
  const hex = (from: number, to: number): string =>
    Array.from(envelope.subarray(from, to), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const line = (from: number, to: number, name: string, says: string, shown = to): string[] => [
    `${from}`,
    `${hex(from, shown)}${shown < to ? " …" : ""}`,
    name,
    says,
  ];
  return tableOf("The encrypted drawing, byte by byte", [
    ["byte", "hex", "what", "says"],
    ...fields.map(({ from, to, name, says }) => line(from, to, name, says, Math.min(to, from + 8))),
    line(
      RESIDUES_FROM,
      envelope.length,
      "residues of c₀",
      `${count(residues)} numbers: noise`,
      RESIDUES_FROM + 8,
    ),
  ]);
}
