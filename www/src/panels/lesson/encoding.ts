// Step 2: encoding.

import type { Shape } from "../../charts/value-image";
import { pairs } from "../../dom/element";
import { count, power } from "../../util/format";
import type { Step } from "./panel";
import { bars, histogram, live, map, row, sheet, text } from "./pictures";

export const encoding: Step = {
  name: "Encoding",
  live: true,
  async fill(scene, page) {
    const { pixels } = scene;
    const { scheme } = await scene.clear();
    const slots = scheme.slots(pixels);
    const encoded = scheme.encoded(pixels);
    const largest = encoded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const usual = Math.sqrt(
      encoded.reduce((sum, value) => sum + value * value, 0) / encoded.length,
    );
    const image = Float64Array.from(pixels);
    const side = Math.sqrt(pixels.length);
    const square: Shape = { channels: 1, height: side, width: side };
    page.append(
      text(
        "The scheme computes with polynomials, so your drawing becomes one. Its pixels are laid out in ",
        live(`${count(slots.length / 2)} slots`),
        ", in the order in which the first layer reads them, two to a slot, because slots are complex numbers; then a polynomial is found that takes these values at that many points of the complex plane, times ",
        live(power(2, scheme.logScale)),
        " and rounded, because coefficients are whole numbers.",
      ),
      row(
        map(page, image, square, 1, `${side} × ${side} pixels`),
        map(
          page,
          slots,
          sheet(slots.length),
          1,
          `${count(slots.length / 2)} slots of two numbers: the same pixels, as each window of the first layer sees them`,
        ),
        map(
          page,
          encoded,
          sheet(encoded.length),
          3 * usual,
          `${count(encoded.length)} coefficients`,
        ),
        bars(
          histogram(encoded, -4 * usual, 4 * usual),
          `how large they are, from −${count(4 * usual)} to ${count(4 * usual)}: small ones are many`,
        ),
      ),
      pairs("facts", [
        ["scale", `${power(2, scheme.logScale)} = ${count(2 ** scheme.logScale)}`],
        ["largest coefficient", count(largest)],
        [
          "lost by rounding",
          `at most half a unit a coefficient, of ${count(2 ** scheme.logScale)} that make 1`,
        ],
      ]),
      text(
        "One cannot see the digit in the coefficients, but this is no encryption: anybody can go back the same way. The multiplication and addition of such polynomials is that of the slots, all at once. That is what the network will use.",
      ),
    );
  },
};
