// Says that a newer version of the page is there, and loads it when the visitor wants it.

import { find } from "../dom/find";
import type { OfflineEvents } from "../offline";

export class UpdateView implements OfflineEvents {
  readonly #bar = find("update", HTMLElement);
  readonly #kept = find("kept", HTMLElement);

  kept(): void {
    this.#kept.textContent =
      "This page is kept in your browser: it opens and reads without a network.";
  }

  newer(use: () => void): void {
    const text = document.createElement("span");
    text.textContent = "A new version is ready.";
    // What is on the pad would be lost: it is for the visitor to say when.
    this.#bar.replaceChildren(
      text,
      button("Reload", use),
      button("Later", () => this.#bar.replaceChildren()),
    );
  }
}

function button(label: string, press: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", press);
  return element;
}
