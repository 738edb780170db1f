// One layer in sight: its values decrypted, its values in the clear, and how far they are apart.

import { indexAt, picture, placeName } from "../../charts/value-image";
import { element, pairs } from "../../dom/element";
import { bytes, count, scientific } from "../../util/format";
import { amplification, bitsOf, type LayerFigures } from "./layer-errors";

export class LayerCard {
  readonly element = element("section", "layer");
  readonly #redraw: () => void;

  constructor(number: number, layer: LayerFigures) {
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
      ["computed in the clear", "plain", plain],
      [`difference, × ${count(times)}`, "difference", difference.map((value) => value * times)],
    ];
    const pictures = columns.map(([caption, kind, values]) => {
      const drawn = picture(shape, `${name}, ${caption}`);
      drawn.element.dataset.kind = kind;
      const figure = element("figure", "", drawn.element, element("figcaption", "", caption));
      return { drawn, figure, values };
    });
    const show = (index: number | undefined): void => {
      if (index === undefined) readout.textContent = HINT;
      else {
        const [e, p] = [encrypted[index] ?? 0, plain[index] ?? 0];
        readout.textContent = `${placeName(shape, index)}: encrypted ${e.toFixed(6)}, plain ${p.toFixed(6)}, difference ${scientific(e - p)}`;
      }
    };
    for (const { drawn } of pictures) {
      drawn.element.addEventListener("pointermove", (event) =>
        show(indexAt(shape, drawn.element, event)),
      );
      drawn.element.addEventListener("pointerleave", () => show(undefined));
    }
    this.element.append(
      heading,
      facts(layer),
      element("div", "pictures", ...pictures.map(({ figure }) => figure)),
      readout,
    );
    this.#redraw = () => {
      for (const { drawn, values } of pictures) drawn.draw(values, full);
    };
  }

  /** Draws, in the page's colours as they are now; the card must be on the page. */
  draw(): void {
    this.#redraw();
  }
}

const HINT = "Point at a value to read it.";

function facts(layer: LayerFigures): HTMLElement {
  const { maxError, rmsError, predicted, range, level, logScale, logModulus, bitsLeft } = layer;
  const list = pairs("facts", [
    [
      "largest error",
      [`${scientific(maxError)} `, soft(`${bitsOf(maxError).toFixed(1)} bits right`)],
    ],
    ["RMS error", [`${scientific(rmsError)} `, soft(`${bitsOf(rmsError).toFixed(1)} bits right`)]],
    [
      "predicted RMS",
      predicted === undefined
        ? ["– ", soft("not for this activation")]
        : [`${scientific(predicted)} `, soft("by the noise model")],
    ],
    [
      "values",
      [
        `${signed(range[0])} to ${signed(range[1])} `,
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

function soft(text: string): HTMLElement {
  return element("span", "soft", text);
}

function signed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}
