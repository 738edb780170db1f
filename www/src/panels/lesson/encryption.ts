// Step 3: encryption.

import { pairs } from "../../dom/element";
import { bytes, count } from "../../util/format";
import { pause } from "../../vault/load";
import type { Step } from "./panel";
import { bars, column, histogram, live, map, row, sheet, text } from "./pictures";

export const encryption: Step = {
  name: "Encryption",
  live: true,
  async fill(scene, page) {
    const { pixels, running } = scene;
    const { scheme } = await scene.clear();
    // Encrypted now, for this page alone: they are sent to nobody. In between, one can draw.
    const encrypted = async (): Promise<[Uint8Array, Uint32Array]> => {
      await pause();
      if (scene.running.vault !== running.vault) throw new Error("the key has changed meanwhile");
      const message = running.vault.encrypt(pixels).intoMessage();
      await pause();
      return [message, scheme.coefficients(message, 0)];
    };
    const q = scheme.moduli[0] ?? 1;
    const [one, first] = await encrypted();
    const [, second] = await encrypted();
    const difference = first.map((value, i) => (value + q - (second[i] ?? 0)) % q);
    const same = first.reduce((sum, value, i) => sum + Number(value === second[i]), 0);
    const shape = sheet(first.length);
    const figures = (values: Uint32Array, name: string): HTMLElement => {
      const counted = histogram(values, 0, q);
      const picture = map(page, Float64Array.from(values), shape, q, name);
      const caption = `how large they are: as good as all alike, within ${counted.largestDeviation.toFixed(1)} standard deviations`;
      return column(picture, bars(counted, caption));
    };
    page.append(
      text(
        "A random polynomial a is drawn, and a small error e; what is sent is ",
        live("a\u00a0and\u00a0m − a·s + e"),
        ", where m is your encoded drawing and s the key. Without s, that sum looks as random as a does: noise.",
      ),
      row(
        figures(first, "your drawing, encrypted"),
        figures(second, "the same drawing, encrypted again"),
        figures(difference, "the one minus the other"),
      ),
      pairs("facts", [
        ["coefficients that agree", `${count(same)} of ${count(first.length)}`],
        ["shown", `modulo ${count(q)}, the first of ${scheme.moduli.length} primes`],
        ["one encryption", `${bytes(one.length)}: a is sent as the 32 bytes it was drawn from`],
      ]),
      text(
        "Both are your drawing, and nobody who has them can tell that they are of the same one. That is why one may ask again and again. Their difference is noise as well: the noise does not cancel, for each has its own.",
      ),
    );
  },
};
