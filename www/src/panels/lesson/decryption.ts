// Step 6: decryption.

import { element, pairs, tableOf } from "../../dom/element";
import { milliseconds, scientific } from "../../util/format";
import type { Step } from "./panel";
import { live, text } from "./pictures";

export const decryption: Step = {
  name: "Decryption",
  live: true,
  async fill(scene, page) {
    const { answer, pixels } = scene;
    const { network, scheme } = await scene.clear();
    const { classes } = scheme;
    const { scores } = answer.recognition;
    const plain = network.trace(pixels).at(-1) ?? new Float64Array();
    const errors = Array.from(scores, (score, i) => score - (plain[i] ?? 0));
    const largest = Math.max(...errors.map(Math.abs));
    const best = scores.indexOf(Math.max(...scores));
    const chosen = plain.indexOf(Math.max(...plain));
    page.append(
      text(
        "Only the key turns the answer back: c₀ + c₁·s is the encoded result and a small error, and out of it come the scores. The largest is the answer, ",
        live(classes[best] ?? String(best), "lesson-read"),
        `, ${milliseconds(answer.totalMs)} after your pixels went in.`,
      ),
      tableOf("Scores", [
        ["class", "computed encrypted", "computed in the clear", "error"],
        ...Array.from(scores, (score, i) => [
          `${i === best ? "▸ " : ""}${classes[i] ?? i}`,
          signed(score),
          signed(plain[i] ?? 0),
          scientific(errors[i] ?? 0),
        ]),
      ]),
      pairs("facts", [
        [
          "largest error",
          [scientific(largest), ` or ${(-Math.log2(largest)).toFixed(1)} bits behind the point`],
        ],
        [
          "the plain network says",
          `${classes[chosen] ?? chosen}: ${chosen === best ? "the same" : "something else; that is rare, and worth a look"}`,
        ],
      ]),
      text(
        "The error is no flaw in the program. It is the noise that hides your drawing, grown by the network, and it depends on the key: so exact scores stay on this screen, and those that you copy or save have more noise added first.",
      ),
      element("p", "aside", "Each answer is decrypted once. The vault counts."),
    );
  },
};

function signed(value: number): string {
  return value.toFixed(5).replace("-", "−");
}
