// Step 1: the key.

import { element, pairs } from "../../dom/element";
import { svg } from "../../dom/svg";
import { bytes, count } from "../../util/format";
import type { Step } from "./panel";
import { live, row, text } from "./pictures";

/** What the module offers beside its memory: the names are `vault_…` and the like. */
function offers(module: WebAssembly.Module): string[] {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return names
    .filter((name) => name.startsWith("vault_"))
    .map((name) => name.slice("vault_".length));
}

export const key: Step = {
  name: "The key",
  live: false,
  async fill(scene, page) {
    const { loaded } = scene.running;
    const { scheme } = await scene.clear();
    const n = 2 ** scheme.logN;
    const share = 1 / 3;
    const deviation = Math.sqrt(n * share * (1 - share));
    const { buffer } = loaded.memory;
    page.append(
      text(
        "A moment ago this page drew a secret key: a polynomial of ",
        live(`${count(n)} coefficients`),
        ", each −1, 0 or 1 by the throw of a fair three-sided die. It exists once, in the vault’s memory, and is wiped when you leave.",
      ),
      row(law(n * share, deviation)),
      pairs("facts", [
        ["ring degree N", count(n)],
        [
          "possible keys",
          `3 to the power of ${count(n)}: ${count(Math.floor(n * Math.log2(3)))} bits`,
        ],
        [
          "each of −1, 0, 1",
          `expected ${count(Math.round(n * share))} times, give or take ${count(Math.round(deviation))}`,
        ],
        [
          "where it is",
          `in ${bytes(buffer.byteLength)} of memory, ${isShared(buffer) ? "shared" : "shared with nobody"}`,
        ],
      ]),
      text(
        "You would like to see it? So would others. How often this key has each coefficient is not shown either: even a count is something about the key, and nothing about it leaves the vault. This is all that the vault offers to the page; no entry hands out a key:",
      ),
      element(
        "p",
        "offers",
        ...offers(loaded.module).flatMap((name) => [element("code", "", name), " "]),
      ),
      text(
        "Whoever has evaluation keys and ciphertexts and not this polynomial faces ",
        element("em", "", "learning with errors"),
        ", a problem for which the best known attacks need some 2¹²⁸ steps at this size.",
      ),
    );
  },
};

/** How often each coefficient is to be expected, with two standard deviations either way: the law, not the key. */
function law(expected: number, deviation: number): HTMLElement {
  const [top, bottom] = [20, 150];
  const y = (times: number): number =>
    bottom - (times / (expected + 3 * deviation)) * (bottom - top);
  const drawing = svg("svg", {
    viewBox: "0 0 320 176",
    role: "img",
    "aria-label": `−1, 0 and 1 are expected ${count(Math.round(expected))} times each`,
  });
  for (const [index, name] of ["−1", "0", "1"].entries()) {
    const x = 60 + 100 * index;
    drawing.append(
      svg("rect", { x: x - 32, y: y(expected), width: 64, height: bottom - y(expected) }),
      svg("line", {
        class: "range",
        x1: x,
        x2: x,
        y1: y(expected - 2 * deviation),
        y2: y(expected + 2 * deviation),
      }),
      svg("text", { x, y: bottom + 20 }, name),
      svg(
        "text",
        { x, y: top - 6 },
        `${count(Math.round(expected))} ± ${count(Math.round(2 * deviation))}`,
      ),
    );
  }
  return element(
    "figure",
    "law",
    drawing,
    element("figcaption", "", "the law by which every key is drawn; not the counts of yours"),
  );
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
