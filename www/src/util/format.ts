// Numbers as the page writes them, with their units.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** "49,152". */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** "1 thread", "8 threads". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** "196.6 KB": in thousands, not in multiples of 1024. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} KB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

/** "8.2 ms", "48 ms", "1,204 ms". */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : WHOLE.format(ms)} ms`;
}

/** "0.5 s", "2 s". */
export function seconds(ms: number): string {
  return `${TENTHS.format(ms / 1e3)} s`;
}

/** "14:03:59". */
export function clockTime(time: Date): string {
  return time.toLocaleTimeString("en-GB");
}

/** "99.50 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** "−1.25", with a fixed number of decimals. */
export function decimal(value: number, decimals: number): string {
  return minus(value.toFixed(decimals));
}

/** "0.00521", "5.65 · 10⁻⁶", "2.70 · 10¹¹": three significant digits. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return String(Number(value.toPrecision(3)));
  const exponent = Math.floor(Math.log10(size));
  return `${(value / 10 ** exponent).toFixed(2)} · ${power(10, exponent)}`;
}

/** "1.2 × 10⁻⁵". */
export function scientific(value: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = value.toExponential(1).split("e");
  return `${minus(mantissa)} × ${power(10, Number(exponent))}`;
}

/** "−0.25", "10⁻⁵": as short as it can be, for the ticks of an axis. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5))
    return minus(String(Number(value.toPrecision(6))));
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  const factor = size / 10 ** exponent;
  const digits = Math.abs(factor - 1) < 1e-9 ? "" : `${Number(factor.toPrecision(3))} · `;
  return `${value < 0 ? "−" : ""}${digits}${power(10, exponent)}`;
}

/** "2²⁶", "10⁻⁵". */
export function power(base: number, exponent: number): string {
  const superscript = (sign: string) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]);
  return `${base}${Array.from(String(exponent), superscript).join("")}`;
}

/** Writes a number's hyphen as a minus sign. */
export function minus(number: string): string {
  return number.replace("-", "−");
}
