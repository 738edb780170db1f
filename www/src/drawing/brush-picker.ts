// The choice of brush.

import { find } from "../dom/find";
import { brush } from "../state/settings";

/** Widths, as multiples of the usual pen's. */
const WIDTHS = { thin: 0.65, normal: 1, thick: 1.5 } as const;

/** `take` is called with the width of the brush, at once and whenever another is taken. */
export function offerBrushes(take: (width: number) => void): void {
  const choice = find("brush", HTMLFieldSetElement);
  const radios = [...choice.querySelectorAll<HTMLInputElement>("[type=radio]")];
  choice.addEventListener("change", () => {
    const value = radios.find(({ checked }) => checked)?.value;
    if (value === "thin" || value === "normal" || value === "thick") brush.set(value);
  });
  brush.watch((value) => {
    for (const radio of radios) radio.checked = radio.value === value;
    take(WIDTHS[value]);
  });
}
