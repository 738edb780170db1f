// The ReLU lab's results as text.

import { element } from "../../dom/element";
import { significant } from "../../util/format";
import { type Approximation, type LeastErrors, THESIS } from "./compute";
import { type Settings, THESIS_SETTINGS } from "./settings";

/** More coefficients than this are not written out. */
const MAX_TERMS = 12;

/** "0.1875 + 0.5 x + 0.2344 x²". */
export function polynomialText({ coefficients, stages }: Approximation): HTMLElement {
  const text = element("span", "relu-polynomial");
  if (stages.length > 1) {
    const degrees = stages.join(", ");
    text.textContent =
      `a composition of polynomials of degrees ${degrees}, ` +
      "times x unless the function is sign";
    return text;
  }
  const largest = Math.max(...coefficients.map(Math.abs));
  const terms = coefficients
    .map((value, exponent) => ({ value, exponent }))
    .filter(({ value }) => Math.abs(value) > 1e-9 * largest);
  for (const [index, { value, exponent }] of terms.slice(0, MAX_TERMS).entries()) {
    const sign = value < 0 ? "−" : "+";
    const size = String(Number(Math.abs(value).toPrecision(4)));
    text.append(index === 0 ? (value < 0 ? "−" : "") : ` ${sign} `, size);
    if (exponent > 0) text.append(" x");
    if (exponent > 1) text.append(element("sup", "", String(exponent)));
  }
  if (terms.length > MAX_TERMS) text.append(` + … (${terms.length} terms)`);
  return text;
}

/** Compares the thesis's polynomial with the best ones for these settings. */
export function thesisText(settings: Settings, { levels, given }: LeastErrors): string {
  const [one, two] = [1, 2].map((level) => levels.find(({ depth }) => depth === level));
  const isSame = (["low", "high", "density"] as const).every(
    (key) => settings[key] === THESIS_SETTINGS[key],
  );
  const where = isSame ? "Here" : "With these inputs, for which it was not made,";
  const least = one
    ? ` The least error of any polynomial of one level is ${significant(one.meanSquareError)}.`
    : "";
  const more = one && two ? ` With a second level it is ${significant(two.meanSquareError)}.` : "";
  return (
    "This project began with a thesis. For its improved ReLU, 0.1875 + 0.5 x + 0.2344 x² on " +
    "[−2, 2] with uniform inputs and one level, the thesis gives a mean square error of " +
    `${THESIS.meanSquareError}. ${where} that polynomial has ${significant(given)}.${least}${more}`
  );
}
