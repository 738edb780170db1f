// Fields of the panels: a name, an input, and its value.

import { element } from "./element";

/** Returns a choice among `names`. */
export function choiceField(
  label: string,
  testId: string,
  names: readonly string[],
  changed: (name: string) => void,
): { readonly element: HTMLElement; set(name: string): void } {
  const select = element("select", "", ...names.map((name) => new Option(name, name)));
  select.dataset.testid = testId;
  select.autocomplete = "off";
  select.addEventListener("change", () => changed(select.value));
  return {
    element: element("label", "field", element("span", "", label), select),
    set(name) {
      select.value = name;
    },
  };
}

export interface SliderField {
  readonly element: HTMLElement;
  set(value: number): void;
  show(shown: boolean): void;
}

/** Returns a slider within `bounds`; `format` writes its value. */
export function sliderField(
  label: string,
  testId: string,
  bounds: { readonly min: number; readonly max: number; readonly step: number },
  format: (value: number) => string,
  changed: (value: number) => void,
): SliderField {
  const input = element("input");
  Object.assign(input, { type: "range", autocomplete: "off", ...bounds });
  input.dataset.testid = testId;
  const output = element("output");
  const showValue = () => {
    output.textContent = format(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    showValue();
    changed(input.valueAsNumber);
  });
  const field = element("label", "field", element("span", "", label, " ", output), input);
  return {
    element: field,
    set(value) {
      input.valueAsNumber = value;
      showValue();
    },
    show(shown) {
      field.hidden = !shown;
    },
  };
}
