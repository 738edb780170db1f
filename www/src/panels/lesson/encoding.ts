// Step 2: encoding.

import { histogram, histogramFigure } from "../../charts/histogram";
import { pairs } from "../../dom/element";
import { count, power } from "../../util/format";
import { measured, paragraph, row, squareShape, valueMap } from "./parts";
import type { Step } from "./step";

export const encoding: Step = {
  name: "Encoding",
  followsDrawing: true,
  isInTheClear: true,
  async fill(scene, page) {
    const { pixels } = scene;
    const { scheme } = await scene.twin();
    const slots = scheme.slots(pixels);
    const encoded = scheme.encoded(pixels);
    const largest = encoded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const squares = encoded.reduce((sum, value) => sum + value * value, 0);
    const deviation = Math.sqrt(squares / encoded.length);
    const image = Float64Array.from(pixels);
    const side = Math.sqrt(pixels.length);
    const square = { channels: 1, height: side, width: side };
    const slotCount = count(slots.length / 2);
    page.append(
      paragraph(
        "The scheme computes with polynomials, so your drawing becomes a polynomial. First its " +
          "pixels are placed in ",
        measured(`${slotCount} slots`),
        ", in the order in which the first layer reads them. Slots are complex numbers, so " +
          "each holds two pixels. Then the page computes a polynomial that has these values at " +
          "as many points of the complex plane. It multiplies the polynomial by the scale ",
        measured(power(2, scheme.logScale)),
        " and rounds the coefficients to integers.",
      ),
      row(
        valueMap(page, image, square, 1, `${side} × ${side} pixels`),
        valueMap(
          page,
          slots,
          squareShape(slots.length),
          1,
          `${slotCount} slots of two numbers: the same pixels, copied to every window of the ` +
            "first layer that reads them",
        ),
        valueMap(
          page,
          encoded,
          squareShape(encoded.length),
          3 * deviation,
          `${count(encoded.length)} coefficients`,
        ),
        histogramFigure(
          histogram(encoded, -4 * deviation, 4 * deviation),
          `sizes of the coefficients, from −${count(4 * deviation)} to ` +
            `${count(4 * deviation)}: most are small`,
        ),
      ),
      pairs("facts", [
        ["scale", `${power(2, scheme.logScale)} = ${count(2 ** scheme.logScale)}`],
        ["largest coefficient", count(largest)],
        [
          "rounding error",
          `at most 1/2 in each coefficient, where ${count(2 ** scheme.logScale)} stands for 1`,
        ],
      ]),
      paragraph(
        "You cannot see the digit in the coefficients, but this is not encryption: anybody can " +
          "decode them. Adding or multiplying two such polynomials adds or multiplies all their " +
          "slots at once. The evaluator computes the network in this way.",
      ),
    );
  },
};
