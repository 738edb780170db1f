// Step 5: blind evaluation.

import { element, pairs } from "../../dom/element";
import type { Operations, Report } from "../../evaluator/protocol";
import { count, counted, milliseconds } from "../../util/format";
import { measured, paragraph } from "./parts";
import type { Step } from "./step";

export const evaluation: Step = {
  name: "Blind evaluation",
  followsDrawing: true,
  async fill(scene, page) {
    const { report } = scene.answer.recognition;
    const { threads, totalMs, prepared, layers } = report;
    const slowest = Math.max(...layers.map(({ ms }) => ms), Number.MIN_VALUE);
    const rows = layers.map(({ name, ms }) => {
      const bar = element("span", "bar");
      bar.style.setProperty("--share", (ms / slowest).toFixed(4));
      const time = element("span", "time", milliseconds(ms));
      return element("li", "", element("span", "name", name), bar, time);
    });
    page.append(
      paragraph(
        "Now the evaluator computes the network on noise. It multiplies ciphertexts by its " +
          "weights, adds them, rotates their slots and squares them. The results are noise " +
          "again, but they decrypt to what the network computes from your drawing. Your last " +
          "drawing took ",
        measured(milliseconds(totalMs)),
        ` on ${counted(threads, "thread")}.`,
      ),
      ...(prepared
        ? [
            paragraph(
              "Before you drew it, the evaluator had prepared for ",
              measured(milliseconds(prepared.ms)),
              ". Half of each encryption is random and does not depend on the drawing. The " +
                "page sends that half in advance, so the evaluator can do all work that needs " +
                "nothing else. The times below are for the rest:",
            ),
          ]
        : []),
      element("ol", "timings", ...rows),
      pairs("facts", [
        ["number-theoretic transforms", operationsOf(report, ({ ntt }) => ntt)],
        ["key switches", operationsOf(report, ({ keySwitch }) => keySwitch)],
        [
          "products with encoded weights",
          operationsOf(report, ({ plaintextProduct }) => plaintextProduct),
        ],
        ["secret keys", "none: its program has no type for one"],
      ]),
      paragraph(
        "Each multiplication makes the error larger and uses up one prime of the modulus. The " +
          "network must end before all primes are used up. A ReLU needs a comparison, which is " +
          "not possible on ciphertexts, so a polynomial replaces it. The panel “X-ray” shows the " +
          "values between the layers.",
      ),
    );
  },
};

/** Returns the count of an operation, and how many of them were done in advance. */
function operationsOf(
  { operations, prepared }: Report,
  select: (operations: Operations) => number,
): string {
  const before = prepared ? `, and ${count(select(prepared.operations))} in advance` : "";
  return `${count(select(operations))}${before}`;
}
