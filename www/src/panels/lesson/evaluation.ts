// Step 5: blind evaluation.

import { element, pairs } from "../../dom/element";
import type { Operations, Report } from "../../evaluator/protocol";
import { count, milliseconds } from "../../util/format";
import type { Step } from "./panel";
import { live, text } from "./pictures";

export const evaluation: Step = {
  name: "Blind evaluation",
  live: true,
  async fill(scene, page) {
    const { report } = scene.answer.recognition;
    const { threads, totalMs, prepared, layers } = report;
    const slowest = Math.max(...layers.map(({ ms }) => ms), Number.MIN_VALUE);
    const rows = layers.map(({ name, ms }) => {
      const bar = element("span", "bar");
      bar.style.setProperty("--share", (ms / slowest).toFixed(4));
      return element(
        "li",
        "",
        element("span", "name", name),
        bar,
        element("span", "time", milliseconds(ms)),
      );
    });
    page.append(
      text(
        "Now the evaluator works, on noise. It multiplies by its weights and adds, rotates slots and squares; what it gets is noise again, and decrypts to just what the network would have computed. Your last drawing took ",
        live(milliseconds(totalMs)),
        ` on ${threads} ${threads === 1 ? "thread" : "threads"}${prepared ? ", after " : ":"}`,
        ...(prepared
          ? [
              live(milliseconds(prepared.ms)),
              " before you drew it. Half of an encryption is random, and does not depend on what is encrypted: the page tells it beforehand, and all that depends on it alone is done by the time that the other half comes. What was left:",
            ]
          : []),
      ),
      element("ol", "timings", ...rows),
      pairs("facts", [
        ["number-theoretic transforms", counted(report, ({ ntt }) => ntt)],
        ["key switches", counted(report, ({ keySwitch }) => keySwitch)],
        [
          "products with encoded weights",
          counted(report, ({ plaintextProduct }) => plaintextProduct),
        ],
        ["keys that decrypt", "none: its program has no word for one"],
      ]),
      text(
        "Each multiplication leaves a larger error and takes one prime of the modulus with it: when none is left, the network must be at its end. The ReLU of other networks is a polynomial here, since a comparison is nothing that one can do blind. The X-ray looks between the layers.",
      ),
    );
  },
};

/** How often something was done, and how often before. */
function counted({ operations, prepared }: Report, of: (operations: Operations) => number): string {
  const before = prepared ? `, and ${count(of(prepared.operations))} before` : "";
  return `${count(of(operations))}${before}`;
}
