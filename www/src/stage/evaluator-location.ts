// Where the evaluator is to run: in this page, or at a companion. The page's address may say so:
// `?companion` is one at the page's own host, `?companion=https://…` another.

import { find } from "../dom/find";
import { remember, setting } from "../state/address";

export class LocationView {
  readonly #choice = find("place", HTMLFieldSetElement);
  readonly #address = find("companion-address", HTMLInputElement);

  /** `choose` is called with the companion's address, or with nothing for this page. */
  constructor(choose: (companion: URL | undefined) => void) {
    const wanted = setting("companion");
    this.#address.value = wanted || location.origin;
    if (wanted !== null) this.#choice.querySelector<HTMLInputElement>("[value=companion]")?.click();
    this.#show();
    this.#choice.addEventListener("change", () => {
      this.#show();
      if (!this.#address.reportValidity()) return;
      remember("companion", this.#word);
      choose(this.companion);
    });
  }

  /** The address that is chosen, or nothing for this page. */
  get companion(): URL | undefined {
    if (!this.#isCompanion || !URL.canParse(this.#address.value)) return undefined;
    return new URL("/", this.#address.value);
  }

  /** What the page's address says of it. */
  get #word(): string | null {
    if (!this.companion) return null;
    return this.companion.origin === location.origin ? "" : this.companion.origin;
  }

  get #isCompanion(): boolean {
    return this.#choice.querySelector<HTMLInputElement>(":checked")?.value === "companion";
  }

  #show(): void {
    this.#address.hidden = this.#address.disabled = !this.#isCompanion;
  }
}
