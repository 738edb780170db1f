// How much of what is secure a set takes: its moduli side by side, as wide as they have bits, against
// the table's limit.

import { element } from "../../dom/element";
import type { Verdict } from "./check";
import type { Wanted } from "./set";

/** Room behind whatever reaches further: the limit or the set. */
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
          first: "q₀, which stays",
          level: "a level each",
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

  show({ q, special, logN }: Wanted, { asked, limit }: Verdict): void {
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
    const beyond = limit !== null && asked > limit;
    this.element.dataset.beyond = String(beyond);
    this.#limit.hidden = limit === null;
    this.#limit.style.setProperty("--at", String((limit ?? 0) / reach));
    this.#limit.querySelector("span")?.replaceChildren(`${limit}`);
    this.#text.textContent =
      limit === null
        ? `${asked} bits of moduli; the table has no limit for this degree.`
        : `${asked} bits of moduli; at N = ${(2 ** logN).toLocaleString("en")} at most ${limit} leave 128 bits of security` +
          (beyond
            ? `: ${asked - limit} too ${asked - limit === 1 ? "much" : "many"}.`
            : `: ${limit - asked} to spare.`);
  }
}
