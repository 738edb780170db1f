// The choice of where the evaluator runs: in this page, or at a companion. In the page's address,
// `?companion` is one at the page's own host, and `?companion=https://…` another.

import { find } from "../dom/find";
import { fromAddress, toAddress } from "../state/address";

const NAME = "companion";

export class EvaluatorLocationView {
  readonly #choice = find("place", HTMLFieldSetElement);
  readonly #address = find("companion-address", HTMLInputElement);

  /** `choose` is called with the companion's address, or with nothing for this page. */
  constructor(choose: (companion: URL | undefined) => void) {
    const wanted = fromAddress(NAME);
    this.#address.value = wanted || location.origin;
    if (wanted !== null) {
      this.#choice.querySelector<HTMLInputElement>("[value=companion]")?.click();
    }
    this.#showAddress();
    this.#choice.addEventListener("change", () => {
      this.#showAddress();
      if (!this.#address.reportValidity()) return;
      const { companion } = this;
      const isHere = companion?.origin === location.origin;
      toAddress(NAME, companion ? (isHere ? "" : companion.origin) : null);
      choose(companion);
    });
  }

  /** The companion's address, or nothing for this page. */
  get companion(): URL | undefined {
    if (!this.#isCompanion || !URL.canParse(this.#address.value)) return undefined;
    return new URL("/", this.#address.value);
  }

  get #isCompanion(): boolean {
    return this.#choice.querySelector<HTMLInputElement>(":checked")?.value === "companion";
  }

  #showAddress(): void {
    this.#address.hidden = this.#address.disabled = !this.#isCompanion;
  }
}
