// The choice of where the evaluator runs: in this page, or at a companion.

import { find, within } from "../dom/find";
import { addressProblem, companion, companionAt, companionUrl } from "../state/settings";

export function showEvaluatorLocation(): void {
  const choice = find("location", HTMLFieldSetElement);
  const radio = within(choice, "[value=companion]") as HTMLInputElement;
  const address = find("companion-address", HTMLInputElement);
  const problem = find("companion-problem", HTMLElement);
  const url = companionUrl();
  address.value = url?.origin ?? location.origin;
  radio.checked = url !== undefined;
  const showAddress = () => {
    address.hidden = address.disabled = !radio.checked;
  };
  const showProblem = (wrong: string | null) => {
    problem.textContent = wrong === null ? "" : addressProblem(wrong);
    address.setAttribute("aria-invalid", String(wrong !== null));
  };
  showAddress();
  showProblem(url ? null : companion.value);
  choice.addEventListener("change", () => {
    showAddress();
    const chosen = radio.checked ? companionAt(address.value) : undefined;
    showProblem(radio.checked && !chosen ? address.value : null);
    companion.value = chosen ? settingOf(chosen) : null;
  });
}

/** Returns an address as the setting has it: empty for the page's own host. */
function settingOf({ origin }: URL): string {
  return origin === location.origin ? "" : origin;
}
