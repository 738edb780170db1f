// Step 6: decryption.

import { element, pairs, scrollingTable } from "../../dom/element";
import { argmax } from "../../util/argmax";
import { decimal, milliseconds, scientific } from "../../util/format";
import { measured, paragraph } from "./parts";
import type { Step } from "./step";

export const decryption: Step = {
  name: "Decryption",
  followsDrawing: true,
  isInTheClear: true,
  async fill(scene, page) {
    const { answer, pixels } = scene;
    const { network, scheme } = await scene.twin();
    const { classes } = scheme;
    const { scores } = answer.recognition;
    const plain = network.trace(pixels).at(-1) ?? new Float64Array();
    const errors = Array.from(scores, (score, i) => score - (plain[i] ?? 0));
    const largest = Math.max(...errors.map(Math.abs));
    const best = argmax(scores);
    const plainBest = argmax(plain);
    const agreement = plainBest === best ? "the same class" : "another class, which is rare";
    page.append(
      paragraph(
        "Only the key can decrypt the answer: c₀ + c₁·s is the encoded result with a small " +
          "error. From it the page decodes the scores. The class with the largest score is the " +
          "answer: ",
        measured(classes[best] ?? String(best), "lesson-read"),
        `. It came ${milliseconds(answer.totalMs)} after the page had your pixels.`,
      ),
      scrollingTable("Scores", [
        ["class", "computed encrypted", "computed without encryption", "error"],
        ...Array.from(scores, (score, i) => [
          `${i === best ? "▸ " : ""}${classes[i] ?? i}`,
          decimal(score, 5),
          decimal(plain[i] ?? 0, 5),
          scientific(errors[i] ?? 0),
        ]),
      ]),
      pairs("facts", [
        [
          "largest error",
          `${scientific(largest)}: ${(-Math.log2(largest)).toFixed(1)} bits after the binary ` +
            "point are correct",
        ],
        [
          "without encryption, the network reads",
          `${classes[plainBest] ?? plainBest}: ${agreement}`,
        ],
      ]),
      paragraph(
        "The error is not a fault of the program. It is the noise that hides your drawing, and " +
          "the network has made it larger. It depends on the key. So exact scores stay on this " +
          "screen, and more noise is added to the scores that you copy or save.",
      ),
      element("p", "aside", "The vault decrypts each answer once. It keeps count."),
    );
  },
};
