// Step 4: the messages between the page and the evaluator.

import { element, scrollingTable } from "../../dom/element";
import { inputFields, levelOf, RESIDUES_FROM } from "../../evaluator/envelope";
import type { LogEntry } from "../../evaluator/message-log";
import { bytes, count } from "../../util/format";
import { hex } from "../../util/hex";
import { measured, paragraph } from "./parts";
import type { Step } from "./step";

const KINDS: Readonly<Record<LogEntry["kind"], string>> = {
  start: "program and network",
  keyPart: "evaluation keys",
  prepare: "masks of the next drawings",
  infer: "drawings and scores",
  inspect: "drawings and layers",
  forget: "keys to be deleted",
  stray: "unexpected messages",
};

/** How many bytes of a field are shown. */
const SHOWN_BYTES = 8;

export const wire: Step = {
  name: "The wire",
  followsDrawing: true,
  async fill(scene, page) {
    const up = scene.last("up");
    const down = scene.last("down");
    if (!up || !down) throw new Error("draw something, and its messages will be shown here");
    const { entries } = scene;
    const { scheme } = await scene.twin();
    const residues = 2 ** scheme.logN * (levelOf(up.envelope) + 1);
    page.append(
      paragraph(
        "All messages between the page and the evaluator pass through one connection, which " +
          "logs them. So far there are ",
        measured(`${count(entries.length)} messages, ${sizeOf(entries)}`),
        ". The first table lists them by kind. The second shows your last drawing as it was " +
          "sent. Its header is not encrypted, and contains nothing secret. From byte ",
        measured(String(RESIDUES_FROM)),
        " on, the message is noise.",
      ),
      scrollingTable("Messages by kind", [
        ["what", "sent", "bytes", "received", "bytes"],
        ...countsByKind(entries),
      ]),
      fieldTable(up.envelope, residues),
      paragraph(
        ...hashes(up.entry, down.entry),
        "The panel “Audit” lists every message, and the newest byte for byte. You can compare " +
          "them with your browser’s developer tools, or disconnect from the network and draw.",
      ),
    );
  },
};

function countsByKind(entries: readonly LogEntry[]): string[][] {
  const kinds = Object.entries(KINDS) as [LogEntry["kind"], string][];
  return kinds.flatMap(([kind, name]) => {
    const ofKind = entries.filter((entry) => entry.kind === kind);
    if (ofKind.length === 0) return [];
    const side = (direction: LogEntry["direction"]): string[] => {
      const selected = ofKind.filter((entry) => entry.direction === direction);
      return [count(selected.length), sizeOf(selected)];
    };
    return [[name, ...side("up"), ...side("down")]];
  });
}

function sizeOf(entries: readonly LogEntry[]): string {
  return bytes(entries.reduce((sum, entry) => sum + entry.bytes, 0));
}

/** Says how the hashes of both begin, where the browser computes hashes. */
function hashes({ sha256: up }: LogEntry, { sha256: down }: LogEntry): (string | HTMLElement)[] {
  if (!up || !down) return [];
  const start = (sha256: string) => element("code", "sha", sha256.slice(0, 16));
  return [
    "The SHA-256 hash of this message begins with ",
    start(up),
    ", that of the answer with ",
    start(down),
    ". ",
  ];
}

/** Returns the fields of the header in hexadecimal with their values, and the first residues. */
function fieldTable(envelope: Uint8Array, residues: number): HTMLElement {
  const row = (from: number, to: number, name: string, value: string): string[] => {
    const end = Math.min(to, from + SHOWN_BYTES);
    const shown = hex(envelope.subarray(from, end), " ");
    return [String(from), end < to ? `${shown} …` : shown, name, value];
  };
  const numbers = `${count(residues)} numbers: noise`;
  return scrollingTable("The encrypted drawing, byte by byte", [
    ["byte", "hex", "field", "value"],
    ...inputFields(envelope).map(({ from, to, name, value }) => row(from, to, name, value)),
    row(RESIDUES_FROM, envelope.length, "residues of c₀", numbers),
  ]);
}
