// Step 3: encryption.

import { histogram, histogramFigure } from "../../charts/histogram";
import { pairs } from "../../dom/element";
import { bytes, count } from "../../util/format";
import { pause } from "../../util/pause";
import { column, measured, paragraph, row, squareShape, valueMap } from "./parts";
import type { Step } from "./step";

export const encryption: Step = {
  name: "Encryption",
  followsDrawing: true,
  async fill(scene, page) {
    const { pixels, running } = scene;
    const { scheme } = await scene.twin();
    // These are encrypted for this step alone and sent to nobody. The visitor can draw in the
    // pauses.
    const encrypt = async (): Promise<[Uint8Array, Uint32Array]> => {
      await pause();
      if (scene.running.vault !== running.vault) throw new Error("the key has changed meanwhile");
      const message = running.vault.encrypt(pixels).intoMessage();
      await pause();
      return [message, scheme.coefficients(message, 0)];
    };
    const q = scheme.moduli[0] ?? 1;
    const [message, first] = await encrypt();
    const [, second] = await encrypt();
    const difference = first.map((value, i) => (value + q - (second[i] ?? 0)) % q);
    const same = first.reduce((sum, value, i) => sum + Number(value === second[i]), 0);
    const shape = squareShape(first.length);
    const figures = (values: Uint32Array, name: string): HTMLElement => {
      const sizes = histogram(values, 0, q);
      const deviation = sizes.largestDeviation.toFixed(1);
      const caption =
        "sizes of the coefficients: all bars are equal, within " +
        `${deviation} standard deviations`;
      return column(
        valueMap(page, Float64Array.from(values), shape, q, name),
        histogramFigure(sizes, caption),
      );
    };
    page.append(
      paragraph(
        "To encrypt your encoded drawing m, the vault draws a random polynomial a and a small " +
          "error e. It sends ",
        measured("a\u00a0and\u00a0m − a·s + e"),
        ", where s is the secret key. Without s, the second part looks as random as the first: " +
          "both are noise.",
      ),
      row(
        figures(first, "your drawing, encrypted"),
        figures(second, "the same drawing, encrypted again"),
        figures(difference, "the first minus the second"),
      ),
      pairs("facts", [
        ["coefficients that agree", `${count(same)} of ${count(first.length)}`],
        ["shown", `modulo ${count(q)}, the first of ${scheme.moduli.length} primes`],
        [
          "one encryption",
          `${bytes(message.length)}: 32 bytes stand for a, because they generate it`,
        ],
      ]),
      paragraph(
        "Both are encryptions of the same drawing, but nobody can see that without the key. " +
          "So you can send the same drawing as often as you like. Their difference is noise, " +
          "too, because each encryption has a random polynomial and an error of its own.",
      ),
    );
  },
};
