// A bar of the set's moduli, each as wide as it has bits, against the limit of the security table.

import { element } from "../../dom/element";
import { count } from "../../util/format";
import type { Verdict } from "./check";
import type { RequestedSet } from "./set";

/** The bar is longer than the limit and the set by this factor. */
const MARGIN = 1.06;

export class Gauge {
  readonly element: HTMLElement;
  readonly #bar = element("div", "gauge-bar");
  readonly #limit = element("div", "gauge-limit", element("span"));
  readonly #text = element("p", "gauge-text");

  constructor() {
    const legend = element(
      "p",
      "gauge-legend",
      ...(["first", "level", "special"] as const).map((kind) => {
        const names = {
          first: "q₀, which is never dropped",
          level: "one for each level",
          special: "special, for key switching",
        };
        return element("span", "", element("span", `gauge-sign gauge-${kind}`), names[kind]);
      }),
    );
    const scale = element("div", "gauge-scale", this.#bar, this.#limit);
    scale.setAttribute("aria-hidden", "true");
    this.#text.dataset.testid = "gauge";
    this.element = element("div", "gauge", this.#text, scale, legend);
  }

  show({ q, special, logN }: RequestedSet, { asked, limit }: Verdict): void {
    const reach = MARGIN * Math.max(asked, limit ?? 0);
    const part = (kind: string) => (bits: number) => {
      const node = element("span", `gauge-part gauge-${kind}`, String(bits));
      node.style.setProperty("--share", String(bits / reach));
      return node;
    };
    const [first = 0, ...levels] = q;
    this.#bar.replaceChildren(
      part("first")(first),
      ...levels.map(part("level")),
      ...special.map(part("special")),
    );
    const excess = limit === null ? 0 : asked - limit;
    this.element.dataset.beyond = String(excess > 0);
    this.#limit.hidden = limit === null;
    this.#limit.style.setProperty("--at", String((limit ?? 0) / reach));
    this.#limit.querySelector("span")?.replaceChildren(`${limit}`);
    const verdict = excess > 0 ? `${excess} too many` : `${-excess} to spare`;
    this.#text.textContent =
      limit === null
        ? `${asked} bits of moduli; the table has no limit for this degree.`
        : `${asked} bits of moduli; at N = ${count(2 ** logN)} at most ${limit} are secure at ` +
          `128 bits: ${verdict}.`;
  }
}
