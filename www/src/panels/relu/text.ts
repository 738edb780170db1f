// The ReLU lab's numbers in words.

import { element } from "../../dom/element";
import { type Approximation, type Floor, THESIS } from "./compute";
import { type Settings, USUAL } from "./settings";

/** Coefficients that are written out; those of a longer polynomial would fill the page. */
const MOST_TERMS = 12;

/** "0.00521", "5.65 · 10⁻⁶": three figures that say something. */
export function number(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-3) return String(Number(value.toPrecision(3)));
  const power = Math.floor(Math.log10(Math.abs(value)));
  const raised = [...String(-power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return `${(value / 10 ** power).toFixed(2)} · 10⁻${raised}`;
}

/** "0.1875 + 0.5 x + 0.2344 x²". */
export function coefficients({ coefficients: all, stages }: Approximation): HTMLElement {
  const text = element("span", "relu-polynomial");
  if (stages.length > 1) {
    text.textContent = `a chain of polynomials of degrees ${stages.join(", ")}, times x where the function is not sign`;
    return text;
  }
  const largest = Math.max(...all.map(Math.abs));
  const terms = all
    .map((value, power) => ({ value, power }))
    .filter(({ value }) => Math.abs(value) > 1e-9 * largest);
  for (const [place, { value, power }] of terms.slice(0, MOST_TERMS).entries()) {
    const sign = value < 0 ? "−" : "+";
    const size = String(Number(Math.abs(value).toPrecision(4)));
    text.append(place === 0 ? (value < 0 ? "−" : "") : ` ${sign} `, size);
    if (power > 0) text.append(" x");
    if (power > 1) text.append(element("sup", "", String(power)));
  }
  if (terms.length > MOST_TERMS) text.append(` + … (${terms.length} terms)`);
  return text;
}

/** What the thesis's polynomial is worth for this target, and what more could be had. */
export function set(target: Settings, [one, two]: readonly Floor[], given: number): string[] {
  const usual =
    target.low === USUAL.low && target.high === USUAL.high && target.density === USUAL.density;
  const where = usual ? "Here" : "With these inputs, for which it was not made,";
  const least = one
    ? ` The least of any polynomial of one level is ${number(one.meanSquareError)}`
    : "";
  const more = one && two ? `; a second level makes it ${number(two.meanSquareError)}.` : ".";
  return [
    `The thesis that this project comes from gives a mean square error of ${THESIS.meanSquareError} for its improved ` +
      `ReLU 0.1875 + 0.5 x + 0.2344 x² on [−2, 2], inputs uniform, one level. ${where} that polynomial has ` +
      `${number(given)}.${least}${more}`,
  ];
}
