// Step 1: the key.

import { linear, vertical } from "../../charts/chart";
import { element, pairs } from "../../dom/element";
import { svg } from "../../dom/svg";
import { bytes, count } from "../../util/format";
import { isShared } from "../../vault/load";
import { measured, paragraph, row } from "./parts";
import type { Step } from "./step";

export const key: Step = {
  name: "The key",
  followsDrawing: false,
  async fill(scene, page) {
    const { loaded } = scene.running;
    const { scheme } = await scene.twin();
    const n = 2 ** scheme.logN;
    const share = 1 / 3;
    // A count is binomial, and within two standard deviations in 95 of 100 keys.
    const spread = 2 * Math.sqrt(n * share * (1 - share));
    const { buffer } = loaded.memory;
    const sharing = isShared(buffer) ? "shared" : "shared with nobody";
    page.append(
      paragraph(
        "This page has made a secret key. The key is a polynomial of ",
        measured(`${count(n)} coefficients`),
        ". Each coefficient is −1, 0 or 1, chosen at random with equal probability. The key " +
          "exists once, in the vault’s memory, and it is wiped when you leave.",
      ),
      row(distribution(n * share, spread)),
      pairs("facts", [
        ["ring degree N", count(n)],
        [
          "possible keys",
          `3 to the power of ${count(n)}: ${count(Math.floor(n * Math.log2(3)))} bits`,
        ],
        ["each of −1, 0, 1", `${times(n * share, spread)} times in 95 of 100 keys`],
        ["where it is", `in ${bytes(buffer.byteLength)} of memory, ${sharing}`],
      ]),
      paragraph(
        "The page cannot show you the key. It does not even show how often each coefficient " +
          "occurs, because that would reveal something about the key. These are all functions " +
          "that the vault offers to the page, and none of them returns a key:",
      ),
      element(
        "p",
        "offers",
        ...exportsOf(loaded.module).flatMap((name) => [element("code", "", name), " "]),
      ),
      paragraph(
        "An attacker has the evaluation keys and the ciphertexts, but not this polynomial. To " +
          "find it, the attacker must solve a problem that is called ",
        element("em", "", "learning with errors"),
        ". At this size, the best known attacks need about 2¹²⁸ steps.",
      ),
    );
  },
};

/** Returns the names of the vault's functions; the exports are called `vault_…`. */
function exportsOf(module: WebAssembly.Module): string[] {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return names
    .filter((name) => name.startsWith("vault_"))
    .map((name) => name.slice("vault_".length));
}

/** "2,731 ± 85". */
function times(expected: number, spread: number): string {
  return `${count(expected)} ± ${count(spread)}`;
}

/** Draws how often each coefficient is expected, and its range in 95 of 100 keys. */
function distribution(expected: number, spread: number): HTMLElement {
  const [top, bottom] = [20, 150];
  const toY = linear(0, expected + 1.5 * spread, bottom, top);
  const label = times(expected, spread);
  const drawing = svg("svg", {
    viewBox: "0 0 320 176",
    role: "img",
    "aria-label": `−1, 0 and 1 are expected ${label} times each`,
  });
  for (const [index, name] of ["−1", "0", "1"].entries()) {
    const x = 60 + 100 * index;
    const y = toY(expected);
    drawing.append(
      svg("rect", { x: x - 32, y, width: 64, height: bottom - y }),
      vertical("range", x, toY(expected - spread), toY(expected + spread)),
      svg("text", { x, y: bottom + 20 }, name),
      svg("text", { x, y: top - 6 }, label),
    );
  }
  const caption = "how often each coefficient occurs in 95 of 100 keys; not the counts of your key";
  return element("figure", "distribution", drawing, element("figcaption", "", caption));
}
