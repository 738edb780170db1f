// Step 5: blind evaluation.

import { count, milliseconds } from "../format";
import { element, pairs } from "../view/element";
import type { Step } from "./panel";
import { live, text } from "./pictures";

export const evaluation: Step = {
  name: "Blind evaluation",
  live: true,
  async fill(scene, page) {
    const { report } = scene.answer.recognition;
    const { threads, totalMs, layers, operations } = report;
    const slowest = Math.max(...layers.map(({ ms }) => ms), Number.MIN_VALUE);
    const rows = layers.map(({ name, ms }) => {
      const bar = element("span", "bar");
      bar.style.setProperty("--share", (ms / slowest).toFixed(4));
      return element("li", "", element("span", "name", name), bar, element("span", "time", milliseconds(ms)));
    });
    page.append(
      text(
        "Now the evaluator works, on noise. It multiplies by its weights and adds, rotates slots and squares; what it gets is noise again, and decrypts to just what the network would have computed. Your last drawing took ",
        live(milliseconds(totalMs)),
        ` on ${threads} ${threads === 1 ? "thread" : "threads"}:`,
      ),
      element("ol", "timings", ...rows),
      pairs("facts", [
        ["number-theoretic transforms", count(operations.ntt)],
        ["key switches", count(operations.keySwitch)],
        ["products with encoded weights", count(operations.plaintextProduct)],
        ["keys that decrypt", "none: its program has no word for one"],
      ]),
      text(
        "Each multiplication leaves a larger error and takes one prime of the modulus with it: when none is left, the network must be at its end. The ReLU of other networks is a polynomial here, since a comparison is nothing that one can do blind. The X-ray looks between the layers.",
      ),
    );
  },
};
