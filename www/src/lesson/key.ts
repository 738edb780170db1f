// Step 1: the key.

import { bytes, count } from "../format";
import { element, pairs } from "../view/element";
import type { Step } from "./panel";
import { live, text } from "./pictures";

/** What the module offers beside its memory: the names are `vault_…` and the like. */
function offers(module: WebAssembly.Module): string[] {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return names.filter((name) => name.startsWith("vault_")).map((name) => name.slice("vault_".length));
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
      pairs("facts", [
        ["ring degree N", count(n)],
        ["possible keys", `3 to the power of ${count(n)}: ${count(Math.floor(n * Math.log2(3)))} bits`],
        ["each of −1, 0, 1", `expected ${count(Math.round(n * share))} times, give or take ${count(Math.round(deviation))}`],
        ["where it is", `in ${bytes(buffer.byteLength)} of memory, ${isShared(buffer) ? "shared" : "shared with nobody"}`],
      ]),
      text(
        "You would like to see it? So would others. How often this key has each coefficient is not shown either: even a count is something about the key, and nothing about it leaves the vault. This is all that the vault offers to the page; no entry hands out a key:",
      ),
      element("p", "offers", ...offers(loaded.module).flatMap((name) => [element("code", "", name), " "])),
      text(
        "Whoever has evaluation keys and ciphertexts and not this polynomial faces ",
        element("em", "", "learning with errors"),
        ", a problem for which the best known attacks need some 2¹²⁸ steps at this size.",
      ),
    );
  },
};

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
