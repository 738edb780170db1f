// The choice of brush.

import { find } from "../dom/find";
import { brush } from "../state/settings";
import { effect } from "../state/signal";

/**
 * The brushes in the order of their shortcut, and their widths as multiples of the normal pen's.
 */
const WIDTHS = { thin: 0.65, normal: 1, thick: 1.5 } as const;
const NEXT = { thin: "normal", normal: "thick", thick: "thin" } as const;

/** `setWidth` is called with the brush's width, at once and whenever another one is chosen. */
export function showBrushes(setWidth: (width: number) => void): void {
  const choice = find("brush", HTMLFieldSetElement);
  const radios = [...choice.querySelectorAll<HTMLInputElement>("[type=radio]")];
  choice.addEventListener("change", () => {
    const value = radios.find(({ checked }) => checked)?.value;
    if (value === "thin" || value === "normal" || value === "thick") brush.value = value;
  });
  effect(() => {
    for (const radio of radios) radio.checked = radio.value === brush.value;
    setWidth(WIDTHS[brush.value]);
  });
}

export function nextBrush(): void {
  brush.value = NEXT[brush.value];
}
