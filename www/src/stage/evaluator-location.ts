// The choice of where the evaluator runs: in this page, or at a companion.

import { find, within } from "../dom/find";
import { companion } from "../state/settings";

export function showEvaluatorLocation(): void {
  const choice = find("location", HTMLFieldSetElement);
  const radio = within(choice, "[value=companion]") as HTMLInputElement;
  const address = find("companion-address", HTMLInputElement);
  address.value = companion.value || location.origin;
  radio.checked = companion.value !== null;
  const showAddress = () => {
    address.hidden = address.disabled = !radio.checked;
  };
  showAddress();
  choice.addEventListener("change", () => {
    showAddress();
    if (!address.reportValidity()) return;
    const isCompanion = radio.checked && URL.canParse(address.value);
    companion.value = isCompanion ? originOf(address.value) : null;
  });
}

/** Returns an address as the setting has it: without a path, and empty for the page's own host. */
function originOf(address: string): string {
  const { origin } = new URL(address);
  return origin === location.origin ? "" : origin;
}
