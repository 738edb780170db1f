// Step 7: try to cheat. Every attempt is made in earnest, on this very drawing, and shows what came of it.

import { element } from "../../dom/element";
import { Refused } from "../../evaluator/connection";
import { RESIDUES_FROM } from "../../evaluator/envelope";
import { messageOf } from "../../util/errors";
import { bytes, count, milliseconds } from "../../util/format";
import { pause } from "../../vault/load";
import type { Step } from "./panel";
import { live, text } from "./pictures";
import type { Scene } from "./scene";

/** Says how far an attempt is. */
type Say = (text: string) => void;

interface Attempt {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  try(scene: Scene, say: Say): Promise<Node[]>;
}

const ATTEMPTS: readonly Attempt[] = [
  {
    id: "wrong-key",
    label: "Decrypt with a wrong key",
    about:
      "A second vault draws a key of its own, and decrypts the answer to your last drawing with that.",
    async try(scene) {
      const answer = scene.last("down");
      if (!answer) throw new Error("there is no answer yet: draw first");
      const { loaded, model } = scene.running;
      const stranger = new loaded.script.Vault(model);
      try {
        const { id } = stranger.encrypt(scene.pixels);
        const scores = stranger.decrypt(id, answer.bytes);
        return [
          text("That gave ", list(scores, "wrong-scores"), "."),
          text(
            "Noise: with this key every answer is as likely. Your own key makes ",
            list(scene.answer.recognition.scores, "right-scores"),
            " of the same bytes. The stranger’s has been wiped again.",
          ),
        ];
      } finally {
        stranger.free();
      }
    },
  },
  {
    id: "flip",
    label: "Flip one bit on the wire",
    about:
      "Your drawing is encrypted again, one bit of it is changed, and the evaluator is asked as usual.",
    async try(scene) {
      const { vault, boundary } = scene.running;
      // What is decrypted of it is for looking at, and never among the scores that may be taken along.
      const query = vault.encryptToInspect(scene.pixels);
      const { id } = query;
      const envelope = query.intoMessage();
      const { at, bit } = flip(envelope);
      const size = envelope.length;
      const { envelope: result, report } = await boundary.ask("infer", { envelope }, [
        envelope.buffer,
      ]);
      const scores = vault.openStage(id, report.layers.length - 1, result).intoValues();
      const best = scores.indexOf(Math.max(...scores));
      const { scheme } = await scene.clear();
      return [
        text(
          `Bit ${bit} of byte ${count(at)} was flipped, one of ${count(8 * size)}. The evaluator noticed nothing, and computed for ${milliseconds(report.totalMs)}. Decrypted: `,
          list(scores, "flipped-scores"),
          ".",
        ),
        text(
          `Whoever believes the largest would read ${scheme.classes[best] ?? best}. One bit in the transform of a polynomial changes all its coefficients, so the drawing is gone; and nothing says so, because this scheme hides and does not seal. Whoever sits on the wire can break an answer, though not read it. That is among what is `,
          element("em", "", "not"),
          " protected, and docs/security.md says it.",
        ),
      ];
    },
  },
  {
    id: "forge",
    label: "Send what is no ciphertext",
    about: "The same, but one residue is made larger than its prime.",
    async try(scene) {
      const { vault, boundary } = scene.running;
      const envelope = vault.encrypt(scene.pixels).intoMessage();
      envelope.fill(0xff, RESIDUES_FROM, RESIDUES_FROM + 4);
      try {
        await boundary.ask("infer", { envelope }, [envelope.buffer]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const said = element("q", "", messageOf(error));
        said.dataset.testid = "forged-refusal";
        return [
          text(
            "The evaluator refused: ",
            said,
            ". Readers check all that can be checked, before they make room for it; they are fuzzed with millions of such messages.",
          ),
        ];
      }
      throw new Error("the evaluator took it, which it should not have");
    },
  },
  {
    id: "search",
    label: "Look for the key in the log",
    about:
      "This page has no key to look for. The vault has: it is given every message that crossed, and says whether its key is in it.",
    async try(scene, say) {
      const { vault } = scene.running;
      if (!vault.keySearchWorks())
        throw new Error(
          "the search does not find what was planted for it, so that its answer is worth nothing",
        );
      const started = performance.now();
      const { entries } = scene;
      let [searched, size, found] = [0, 0, 0];
      for (const { kept, said } of entries) {
        if (!scene.isWanted) break;
        for (const piece of [...pieces(kept), ...pieces(new TextEncoder().encode(said))]) {
          await pause();
          // The vault may have been replaced in between: then this one is gone.
          if (scene.running.vault !== vault)
            throw new Error("the key has changed meanwhile; try again");
          if (vault.keyIsIn(piece)) found += 1;
        }
        size += (kept?.length ?? 0) + said.length;
        searched += kept ? 1 : 0;
        say(`${count(searched)} messages, ${bytes(size)} searched`);
      }
      const carrying = entries.filter((entry) => entry.bytes > 0).length;
      const gone =
        searched < carrying
          ? " (of the others the page no longer keeps the bytes: too much has crossed since)"
          : "";
      const outcome =
        found === 0
          ? "The key is in none of them"
          : `The key is in ${count(found)} of them, which must never be`;
      return [
        text(
          live(`${outcome}.`, "search-outcome"),
          ` ${bytes(size)} in ${count(searched)} of ${count(carrying)} messages that carried bytes, and all that was said beside${gone}, in ${milliseconds(performance.now() - started)}. Before, the vault hid its key in noise in each form that it looks for, and found it.`,
        ),
        text(
          "It looks for runs of coefficients and of transformed residues, as words, as bytes, and packed as messages have them. Asking is safe: a yes needs 64 coefficients in a row, so it cannot be had by guessing, and would be news only of a leak. But it is this program’s word for itself. From outside, tests/e2e/custody.test.mjs watches every way out of the page and looks for 64 forms of the key.",
        ),
      ];
    },
  },
];

export const cheat: Step = {
  name: "Try to cheat",
  live: false,
  async fill(scene, page) {
    page.append(
      text(
        "Do not believe, try. Each of these is done in earnest, now, with the drawing on the pad.",
      ),
      element("ul", "attempts", ...ATTEMPTS.map((attempt) => offered(attempt, scene))),
    );
  },
};

function offered(attempt: Attempt, scene: Scene): HTMLElement {
  const { id, label, about } = attempt;
  const button = element("button", "", label);
  button.type = "button";
  button.dataset.testid = `cheat-${id}`;
  const outcome = element("div", "outcome");
  outcome.setAttribute("role", "status");
  outcome.dataset.testid = `cheat-${id}-outcome`;
  const show = (state: string, ...content: Node[]): void => {
    outcome.dataset.state = state;
    outcome.replaceChildren(...content);
  };
  let busy = false;
  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    show("working", text("Trying."));
    try {
      await pause();
      show("done", ...(await attempt.try(scene, (words) => show("working", text(words)))));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      show("failed", text(`That could not be tried: ${messageOf(error)}.`));
    } finally {
      busy = false;
    }
  });
  return element("li", "", button, element("p", "about", about), outcome);
}

/** A message in pieces that are searched while one draws; each goes on a little into the next, so that nothing is cut. */
function pieces(message: Uint8Array | undefined): Uint8Array[] {
  const length = message?.length ?? 0;
  return Array.from(
    { length: Math.ceil(length / PIECE) },
    (_, i) => message?.subarray(i * PIECE, (i + 1) * PIECE + OVERLAP) ?? new Uint8Array(),
  );
}

const PIECE = 192_000;
/** As many bytes as 128 words have: a part of the key of that length is found. */
const OVERLAP = 512;

/** Clears one bit in the middle of the residues: what is left is less, and still below its prime. */
function flip(envelope: Uint8Array): { at: number; bit: number } {
  // A byte in the middle that is not zero; a few further on there is one.
  for (let at = Math.floor((RESIDUES_FROM + envelope.length) / 2); at < envelope.length; at += 1) {
    const byte = envelope[at] ?? 0;
    if (byte === 0) continue;
    const bit = 31 - Math.clz32(byte & -byte);
    envelope[at] = byte & ~(1 << bit);
    return { at, bit };
  }
  throw new Error("all of it is zero, which is no encryption");
}

function list(scores: Float32Array | Float64Array, testId: string): HTMLElement {
  const most = Math.max(...Array.from(scores, Math.abs));
  const digits = most < 100 ? 2 : 0;
  const made = live(
    Array.from(scores, (score) => score.toFixed(digits).replace("-", "−")).join(", "),
    testId,
  );
  made.dataset.scores = JSON.stringify([...scores]);
  return made;
}
