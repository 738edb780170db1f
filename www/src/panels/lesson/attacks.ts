// Step 7: attacks. Each is carried out on this drawing, and shows what came of it.

import { button, element } from "../../dom/element";
import { visitorsOnly } from "../../dom/visitors-only";
import { Refused } from "../../evaluator/connection";
import { RESIDUES_FROM } from "../../evaluator/envelope";
import { argmax } from "../../util/argmax";
import { messageOf } from "../../util/errors";
import { bytes, count, decimal, milliseconds } from "../../util/format";
import { pause } from "../../util/pause";
import { measured, paragraph } from "./parts";
import type { Scene } from "./scene";
import type { Step } from "./step";

/** Shows how far an attack is. */
type ShowProgress = (text: string) => void;

interface Attack {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  run(scene: Scene, showProgress: ShowProgress): Promise<Node[]>;
}

const ATTACKS: readonly Attack[] = [
  {
    id: "wrong-key",
    label: "Decrypt with a wrong key",
    about: "A second vault makes its own key and decrypts the answer to your last drawing with it.",
    async run(scene) {
      const answer = scene.last("down");
      if (!answer) throw new Error("there is no answer yet: draw first");
      const { loaded, model } = scene.running;
      const otherVault = new loaded.script.Vault(model);
      try {
        const { id } = otherVault.encrypt(scene.pixels);
        const scores = otherVault.decrypt(id, answer.envelope);
        return visitorsOnly(
          paragraph("The result is ", list(scores, "wrong-scores"), "."),
          paragraph(
            "This is noise: with a wrong key, every result is equally likely. Your own key " +
              "decrypts the same bytes to ",
            list(scene.answer.recognition.scores, "right-scores"),
            ". The second vault’s key has been wiped.",
          ),
        );
      } finally {
        otherVault.free();
      }
    },
  },
  {
    id: "flip",
    label: "Flip one bit on the wire",
    about: "Your drawing is encrypted again, one bit of it is changed, and the evaluator gets it.",
    async run(scene) {
      const { vault, connection } = scene.running;
      // The result is only shown: it is never among the scores that can be exported.
      const query = vault.encryptToInspect(scene.pixels);
      const { id } = query;
      const envelope = query.intoMessage();
      const { at, bit } = flipBit(envelope);
      const size = envelope.length;
      const { envelope: result, report } = await connection.ask("infer", { envelope }, [
        envelope.buffer,
      ]);
      const scores = vault.openStage(id, report.layers.length - 1, result).intoValues();
      const best = argmax(scores);
      const { scheme } = await scene.twin();
      return visitorsOnly(
        paragraph(
          `Bit ${bit} of byte ${count(at)} was flipped, one of ${count(8 * size)}. The ` +
            `evaluator noticed nothing and computed for ${milliseconds(report.totalMs)}. ` +
            "Decrypted: ",
          list(scores, "flipped-scores"),
          ".",
        ),
        paragraph(
          `The largest score is now that of ${scheme.classes[best] ?? best}. One bit in the ` +
            "transform of a polynomial changes all its coefficients, so the drawing is lost. " +
            "Nothing reports that, because this scheme encrypts but does not authenticate. An " +
            "attacker on the wire can spoil an answer, but cannot read it. This is ",
          element("em", "", "not"),
          " protected, as docs/security.md says.",
        ),
      );
    },
  },
  {
    id: "forge",
    label: "Send a malformed ciphertext",
    about: "Your drawing is encrypted again, and one residue is made larger than its prime.",
    async run(scene) {
      const { vault, connection } = scene.running;
      const envelope = vault.encrypt(scene.pixels).intoMessage();
      envelope.fill(0xff, RESIDUES_FROM, RESIDUES_FROM + 4);
      try {
        await connection.ask("infer", { envelope }, [envelope.buffer]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const reason = element("q", "", messageOf(error));
        reason.dataset.testid = "forged-refusal";
        return [
          paragraph(
            "The evaluator refused it: ",
            reason,
            ". It checks each message before it allocates memory for it. Millions of random " +
              "messages have tested these checks.",
          ),
        ];
      }
      throw new Error("the evaluator accepted it, which must never happen");
    },
  },
  {
    id: "search",
    label: "Search the log for the key",
    about:
      "The page does not know the key, so it cannot search for it. The vault can: it gets " +
      "every message of this visit whose bytes the page still keeps, and returns whether its key " +
      "is in it.",
    async run(scene, showProgress) {
      const { vault } = scene.running;
      if (!vault.keySearchWorks()) {
        throw new Error("the search did not find the key in a test, so its result means nothing");
      }
      const started = performance.now();
      const { entries } = scene;
      let [searched, size, found] = [0, 0, 0];
      for (const { kept, fields } of entries) {
        if (!scene.isWanted) break;
        for (const piece of [...pieces(kept), ...pieces(new TextEncoder().encode(fields))]) {
          await pause();
          // The engine may have replaced the vault in the meantime.
          if (scene.running.vault !== vault) {
            throw new Error("the key has changed meanwhile; try again");
          }
          if (vault.keyIsIn(piece)) found += 1;
        }
        size += (kept?.length ?? 0) + fields.length;
        searched += kept ? 1 : 0;
        showProgress(`${count(searched)} messages, ${bytes(size)} searched`);
      }
      const total = entries.filter((entry) => entry.bytes > 0).length;
      const missing =
        searched < total
          ? " (the page no longer keeps the bytes of the others: newer messages took their space)"
          : "";
      const outcome =
        found === 0
          ? "The key is in none of them"
          : `The key is in ${count(found)} of them, which must never happen`;
      return [
        paragraph(
          measured(`${outcome}.`, "search-outcome"),
          ` The vault searched ${bytes(size)} in ${count(searched)} of ${count(total)} ` +
            `messages that carried bytes, and all their other fields${missing}, in ` +
            `${milliseconds(performance.now() - started)}. Before that, as a test, it hid its ` +
            "key in noise in each form that it searches for, and found it.",
        ),
        paragraph(
          "It searches for sequences of coefficients and of transformed residues: as words, as " +
            "bytes, and packed as in messages. The search itself is safe. It reports the key " +
            "only where 64 coefficients in a row agree, which nobody can guess. But here the " +
            "program judges itself. A test from outside, tests/e2e/custody.test.mjs, watches all " +
            "data that leaves the page and searches it for 64 forms of the key.",
        ),
      ];
    },
  },
];

export const attacks: Step = {
  name: "Try to cheat",
  followsDrawing: false,
  async fill(scene, page) {
    page.append(
      paragraph("Attack it yourself. Each attack is real, and uses the drawing on the pad."),
      element("ul", "attacks", ...ATTACKS.map((attack) => offer(attack, scene))),
    );
  },
};

/** Returns an attack's button, and the element for its outcome. */
function offer({ id, label, about, run }: Attack, scene: Scene): HTMLElement {
  const outcome = element("div", "outcome");
  outcome.setAttribute("role", "status");
  outcome.dataset.testid = `cheat-${id}-outcome`;
  const show = (state: string, ...content: Node[]): void => {
    outcome.dataset.state = state;
    outcome.replaceChildren(...content);
  };
  let isBusy = false;
  const attack = async () => {
    if (isBusy) return;
    isBusy = true;
    show("working", paragraph("Trying."));
    try {
      await pause();
      show("done", ...(await run(scene, (text) => show("working", paragraph(text)))));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      show("failed", paragraph(`This could not be tried: ${messageOf(error)}.`));
    } finally {
      isBusy = false;
    }
  };
  const start = button(label, () => void attack(), { testId: `cheat-${id}` });
  return element("li", "", start, element("p", "about", about), outcome);
}

const PIECE = 192_000;
/**
 * Each piece ends with the first 128 words of the next one, so that a part of the key of that
 * length is found.
 */
const OVERLAP = 512;

/** Splits a message into pieces; the visitor can draw between the searches of two of them. */
function pieces(message: Uint8Array | undefined): Uint8Array[] {
  const length = message?.length ?? 0;
  return Array.from(
    { length: Math.ceil(length / PIECE) },
    (_, i) => message?.subarray(i * PIECE, (i + 1) * PIECE + OVERLAP) ?? new Uint8Array(),
  );
}

/**
 * Clears one bit in the middle of the residues. The residue gets smaller, and stays below its
 * prime.
 */
function flipBit(envelope: Uint8Array): { at: number; bit: number } {
  // Starts in the middle, and takes the first byte that is not zero.
  for (let at = Math.floor((RESIDUES_FROM + envelope.length) / 2); at < envelope.length; at += 1) {
    const byte = envelope[at] ?? 0;
    if (byte === 0) continue;
    const bit = 31 - Math.clz32(byte & -byte);
    envelope[at] = byte & ~(1 << bit);
    return { at, bit };
  }
  throw new Error("the message is all zero, so it is no encryption");
}

/** Returns scores as a list of numbers. */
function list(scores: Float32Array | Float64Array, testId: string): HTMLElement {
  const most = Math.max(...Array.from(scores, Math.abs));
  const decimals = most < 100 ? 2 : 0;
  const numbers = Array.from(scores, (score) => decimal(score, decimals)).join(", ");
  const made = measured(numbers, testId);
  made.dataset.scores = JSON.stringify([...scores]);
  return made;
}
