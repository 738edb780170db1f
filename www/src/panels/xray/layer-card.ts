// One layer: its decrypted values, its plaintext values, and their difference.

import { positionOf, ValueImage } from "../../charts/value-image";
import { element, pairs } from "../../dom/element";
import { bytes, count, decimal, scientific } from "../../util/format";
import { amplification, correctBits, type LayerErrors } from "./layer-errors";

export class LayerCard {
  readonly element = element("section", "layer");
  readonly #redraw: () => void;

  constructor(number: number, layer: LayerErrors) {
    const { name, shape, encrypted, plain, maxError, range } = layer;
    const full = Math.max(Math.abs(range[0]), Math.abs(range[1]), Number.MIN_VALUE);
    const times = amplification(maxError, full);
    const difference = encrypted.map((value, index) => value - (plain[index] ?? 0));
    const heading = element("h3", "", element("span", "number", String(number)), ` ${name}`);
    heading.id = `xray-layer-${number}`;
    this.element.setAttribute("aria-labelledby", heading.id);
    const readout = element("p", "readout", HINT);
    const columns: [string, string, Float64Array][] = [
      ["computed encrypted, decrypted here", "decrypted", encrypted],
      ["computed without encryption", "plain", plain],
      [`difference, × ${count(times)}`, "difference", difference.map((value) => value * times)],
    ];
    const images = columns.map(([caption, kind, values]) => {
      const image = new ValueImage(shape, `${name}, ${caption}`);
      image.element.dataset.kind = kind;
      const figure = element("figure", "", image.element, element("figcaption", "", caption));
      return { image, figure, values };
    });
    const show = (index: number | undefined): void => {
      if (index === undefined) readout.textContent = HINT;
      else {
        const [e, p] = [encrypted[index] ?? 0, plain[index] ?? 0];
        readout.textContent =
          `${positionOf(shape, index)}: encrypted ${e.toFixed(6)}, plain ${p.toFixed(6)}, ` +
          `difference ${scientific(e - p)}`;
      }
    };
    for (const { image } of images) {
      image.element.addEventListener("pointermove", (event) => show(image.indexAt(event)));
      image.element.addEventListener("pointerleave", () => show(undefined));
    }
    this.element.append(
      heading,
      facts(layer),
      element("div", "pictures", ...images.map(({ figure }) => figure)),
      readout,
    );
    this.#redraw = () => {
      for (const { image, values } of images) image.draw(values, full);
    };
  }

  /** Draws the images in the page's colours as they are now. The card must be on the page. */
  draw(): void {
    this.#redraw();
  }
}

const HINT = "Point at a value to see its number.";

function facts(layer: LayerErrors): HTMLElement {
  const { maxError, rmsError, predictedError, range, level, logScale, logModulus, bitsLeft } =
    layer;
  const list = pairs("facts", [
    ["largest error", withBits(maxError)],
    ["RMS error", withBits(rmsError)],
    [
      "predicted RMS",
      predictedError === undefined
        ? ["– ", soft("not for this activation")]
        : [`${scientific(predictedError)} `, soft("by the noise model")],
    ],
    [
      "values",
      [
        `${decimal(range[0], 2)} to ${decimal(range[1], 2)} `,
        soft(`${count(layer.encrypted.length)} of them`),
      ],
    ],
    ["level", [`${level} `, soft(`modulus of ${logModulus.toFixed(0)} bits`)]],
    ["bits left", [`${bitsLeft.toFixed(1)} `, soft(`above a scale of ${logScale.toFixed(1)}`)]],
    ["ciphertext", [`${bytes(layer.bytes)} `, soft("sent back for this")]],
  ]);
  Object.assign(list.dataset, { maxError, rmsError, level, bitsLeft, bytes: layer.bytes });
  return list;
}

function withBits(error: number): (Node | string)[] {
  return [`${scientific(error)} `, soft(`${correctBits(error).toFixed(1)} correct bits`)];
}

function soft(text: string): HTMLElement {
  return element("span", "soft", text);
}
