// Fields of the panels: what can be set, with its name and its value in sight.

import { element } from "./element";

/** A choice among names. */
export function choiceField(
  label: string,
  testid: string,
  names: readonly string[],
  changed: (name: string) => void,
): { readonly element: HTMLElement; set(name: string): void } {
  const select = element("select", "", ...names.map((name) => new Option(name, name)));
  select.dataset.testid = testid;
  select.autocomplete = "off";
  select.addEventListener("change", () => changed(select.value));
  return {
    element: element("label", "field", element("span", "", label), select),
    set: (name) => (select.value = name),
  };
}

export interface SliderField {
  readonly element: HTMLElement;
  set(value: number): void;
  show(shown: boolean): void;
}

/** A number within bounds; `words` is how it is written. */
export function sliderField(
  label: string,
  testid: string,
  bounds: { readonly min: number; readonly max: number; readonly step: number },
  words: (value: number) => string,
  changed: (value: number) => void,
): SliderField {
  const input = element("input");
  Object.assign(input, { type: "range", autocomplete: "off", ...bounds });
  input.dataset.testid = testid;
  const output = element("output");
  const tell = () => {
    output.textContent = words(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    tell();
    changed(input.valueAsNumber);
  });
  const field = element("label", "field", element("span", "", label, " ", output), input);
  return {
    element: field,
    set(value) {
      input.valueAsNumber = value;
      tell();
    },
    show: (shown) => (field.hidden = !shown),
  };
}
