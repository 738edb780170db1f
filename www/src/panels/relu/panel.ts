// The ReLU lab: how close a polynomial comes to a function, and what it costs.

import { LineChart } from "../../charts/line-chart";
import { saveButtons } from "../../charts/save-figure";
import { button, element, pairs } from "../../dom/element";
import { choiceField, sliderField } from "../../dom/fields";
import { loadPlayground, type Playground } from "../../playground/load";
import { effect, onChange } from "../../state/signal";
import { messageOf } from "../../util/errors";
import { minus, significant } from "../../util/format";
import { onNextFrame } from "../../util/frame";
import { type Approximation, approximate, type LeastErrors, leastErrors, THESIS } from "./compute";
import {
  BOUNDS,
  DENSITIES,
  FUNCTIONS,
  gapOf,
  METHODS,
  type Settings,
  settings,
  THESIS_SETTINGS,
} from "./settings";
import { polynomialText, thesisText } from "./text";

/**
 * Methods that search through hundreds of compositions. They begin when no slider has moved for a
 * while.
 */
const SLOW: readonly string[] = ["composite minimax"];
const PATIENCE_MS = 200;

export class ReluPanel {
  readonly #playground: Playground;
  readonly #curve = new LineChart();
  readonly #error = new LineChart();
  readonly #depths = new LineChart();
  readonly #results = element("div", "relu-figures");
  readonly #refusal = element("p", "relu-refused");
  readonly #thesis = element("p", "relu-thesis");
  /** The least errors, and the settings that they depend on. */
  #least: { readonly target: string; readonly errors: LeastErrors } | undefined;
  readonly #requestUpdate = onNextFrame(() => this.#update());
  #timer: ReturnType<typeof setTimeout> | undefined;

  static async fill(body: HTMLElement): Promise<void> {
    new ReluPanel(body, await loadPlayground());
  }

  private constructor(body: HTMLElement, playground: Playground) {
    this.#playground = playground;
    this.#results.dataset.testid = "relu-figures";
    this.#refusal.dataset.testid = "relu-refused";
    this.#refusal.setAttribute("role", "status");
    body.replaceChildren(
      element(
        "p",
        "relu-intro",
        "An encrypted network can only add and multiply, so a polynomial replaces the ReLU. " +
          "Each level of multiplication doubles the largest possible degree, and costs modulus, " +
          "time and larger keys.",
      ),
      element(
        "div",
        "relu-desk",
        controls(),
        element(
          "div",
          "relu-charts",
          this.#refusal,
          this.#figure("relu-curve", this.#curve),
          this.#figure("relu-error", this.#error),
        ),
        element(
          "div",
          "relu-results",
          this.#results,
          this.#figure("relu-depths", this.#depths),
          this.#thesis,
        ),
      ),
    );
    onChange([settings], () => this.#updateSoon());
    this.#update();
  }

  /** Returns a chart that can be saved. */
  #figure(name: string, { element: chart }: LineChart): HTMLElement {
    chart.dataset.testid = name;
    const showError = (error: unknown) => {
      this.#refusal.textContent = messageOf(error);
    };
    const buttons = saveButtons(`inkognito-${name}`, () => chart, showError);
    return element("figure", "chart-figure", chart, buttons);
  }

  /** Updates once a frame: a slider moves more often. Slow methods wait. */
  #updateSoon(): void {
    clearTimeout(this.#timer);
    if (SLOW.includes(settings.value.method)) {
      this.#timer = setTimeout(() => this.#update(), PATIENCE_MS);
      return;
    }
    this.#requestUpdate();
  }

  #update(): void {
    const least = this.#leastErrors();
    let found: Approximation | undefined;
    try {
      found = approximate(this.#playground, settings.value);
      this.#refusal.textContent = "";
    } catch (error) {
      this.#refusal.textContent = `There is no such polynomial: ${messageOf(error)}.`;
    }
    for (const chart of [this.#curve, this.#error]) {
      chart.element.closest("figure")?.toggleAttribute("hidden", !found);
    }
    this.#results.replaceChildren(...(found ? [results(found)] : []));
    if (found) this.#drawCurves(found);
    this.#drawDepths(least, found);
  }

  /** Returns the least errors, which do not depend on method and degree. */
  #leastErrors(): LeastErrors {
    const { method: _, degree: __, ...rest } = settings.value;
    const target = JSON.stringify(rest);
    if (this.#least?.target !== target) {
      this.#least = { target, errors: leastErrors(this.#playground, settings.value) };
    }
    return this.#least.errors;
  }

  #drawCurves({ curve, maxError }: Approximation): void {
    const { low, high, function: name, method, degree } = settings.value;
    const { x, function: wanted, approximation } = curve;
    const values = [...wanted, ...approximation];
    const xAxis = { low, high, label: "input x" };
    this.#curve.show({
      label: `${name} and the polynomial of degree ${degree} by ${method}, from ${low} to ${high}`,
      x: xAxis,
      y: { low: Math.min(...values), high: Math.max(...values), label: "" },
      lines: [
        { kind: "wanted", name, x, y: wanted },
        { kind: "found", name: "polynomial", x, y: approximation },
      ],
    });
    const gap = gapOf(settings.value);
    const error = approximation.map((value, i) =>
      Math.abs(x[i] ?? 0) >= gap ? value - (wanted[i] ?? 0) : 0,
    );
    const most = Math.max(maxError, Number.MIN_VALUE) * 1.08;
    this.#error.show({
      label: `The error, at most ${significant(maxError)}`,
      x: xAxis,
      y: { low: -most, high: most, label: "" },
      lines: [{ kind: "error", name: "error: polynomial − function", x, y: error }],
    });
  }

  #drawDepths(least: LeastErrors, found: Approximation | undefined): void {
    const { levels, given } = least;
    const leastDepths = levels.map(({ depth }) => depth);
    const leastValues = levels.map(({ meanSquareError }) => meanSquareError);
    const mine = found && found.depth > 0 && found.meanSquareError > 0 ? [found] : [];
    const mineDepths = mine.map(({ depth }) => depth);
    const mineValues = mine.map(({ meanSquareError }) => meanSquareError);
    const isRelu = settings.value.function === "ReLU";
    const values = [...leastValues, ...mineValues, ...(isRelu ? [THESIS.meanSquareError] : [])];
    const depths = [...leastDepths, ...mineDepths];
    const inWords = levels.map(
      ({ depth, meanSquareError }) => `${depth}: ${significant(meanSquareError)}`,
    );
    this.#depths.show({
      label: `The least mean square error at each number of levels: ${inWords.join(", ")}`,
      x: {
        low: 0.7,
        high: Math.max(...depths) + 0.3,
        label: "levels",
        ticks: [...new Set(depths)].sort((a, b) => a - b),
      },
      y: {
        low: Math.min(...values.filter((value) => value > 0)) / 2,
        high: Math.max(...values) * 2,
        label: "mean square error",
        logarithmic: true,
      },
      lines: [
        {
          kind: "least",
          name: "least possible",
          x: leastDepths,
          y: leastValues,
          marker: "line and dots",
        },
        {
          kind: "mine",
          name: mine.length > 0 ? "this one" : "",
          x: mineDepths,
          y: mineValues,
          marker: "dots",
        },
      ],
      marks: isRelu
        ? [{ y: THESIS.meanSquareError, name: `the thesis: ${THESIS.meanSquareError}` }]
        : [],
    });
    this.#thesis.textContent = isRelu ? thesisText(settings.value, least) : "";
    this.#thesis.dataset.given = String(given);
  }
}

function controls(): HTMLFormElement {
  const set =
    <K extends keyof Settings>(key: K) =>
    (value: Settings[K]) => {
      settings.value = { ...settings.value, [key]: value };
    };
  const plain = (value: number) => minus(String(value));
  const { reach, deviation, gap, degree } = BOUNDS;
  const negative = { min: -reach.max, max: -reach.min, step: reach.step };
  const choices = {
    function: choiceField("function", "relu-function", FUNCTIONS, set("function")),
    method: choiceField("method", "relu-method", METHODS, set("method")),
    density: choiceField("distribution of inputs", "relu-density", DENSITIES, set("density")),
  };
  const sliders = {
    degree: sliderField("degree", "relu-degree", degree, plain, set("degree")),
    low: sliderField("from", "relu-low", negative, plain, set("low")),
    high: sliderField("to", "relu-high", reach, plain, set("high")),
    deviation: sliderField(
      "standard deviation",
      "relu-deviation",
      deviation,
      plain,
      set("deviation"),
    ),
    gap: sliderField("ignore inputs nearer to the jump than", "relu-gap", gap, plain, set("gap")),
  };
  effect(() => {
    const { value } = settings;
    for (const key of ["function", "method", "density"] as const) choices[key].set(value[key]);
    for (const key of ["degree", "low", "high", "deviation", "gap"] as const)
      sliders[key].set(value[key]);
    sliders.deviation.show(value.density === "Gaussian");
    sliders.gap.show(value.function === "sign");
  });
  const reset = button(
    "As in the thesis",
    () => {
      settings.value = THESIS_SETTINGS;
    },
    { testId: "relu-back" },
  );
  return element(
    "form",
    "relu-controls",
    choices.function.element,
    choices.method.element,
    sliders.degree.element,
    sliders.low.element,
    sliders.high.element,
    choices.density.element,
    sliders.deviation.element,
    sliders.gap.element,
    reset,
  );
}

function results(found: Approximation): HTMLElement {
  const { meanSquareError, maxError, depth, products, stages, degree, coefficients } = found;
  const list = pairs("relu-list", [
    ["mean square error", significant(meanSquareError)],
    ["largest error", significant(maxError)],
    ["levels", String(depth)],
    ["products of two ciphertexts", String(products)],
    ["polynomial", polynomialText(found)],
    ...(stages.length > 1 ? [["multiplied out", `degree ${degree}`] as const] : []),
  ]);
  list.dataset.mse = String(meanSquareError);
  list.dataset.maxError = String(maxError);
  list.dataset.depth = String(depth);
  list.dataset.products = String(products);
  list.dataset.coefficients = JSON.stringify(coefficients);
  return list;
}
