// Numbers as the page writes them: always with a unit.

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const NUMBER_1 = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** "196.6 KB": thousands, not 1024s. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} KB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

/** "8.2 ms", "48 ms", "1,204 ms". */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : NUMBER.format(ms)} ms`;
}

/** "0.5 s", "2 s". */
export function seconds(ms: number): string {
  return `${NUMBER_1.format(ms / 1e3)} s`;
}

/** "49,152". */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** "1.2 × 10⁻⁵". */
export function scientific(value: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = value.toExponential(1).split("e");
  return `${mantissa.replace("-", "−")} × ${power(10, Number(exponent))}`;
}

/** "2²⁶", "10⁻⁵". */
export function power(base: number, exponent: number): string {
  const raised = [...String(exponent)]
    .map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]))
    .join("");
  return `${base}${raised}`;
}
