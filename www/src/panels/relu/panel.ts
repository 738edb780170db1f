// The ReLU lab: how close a polynomial comes to a function, and what it costs.

import { Chart } from "../../charts/line-chart";
import { saveButtons } from "../../charts/save-figure";
import { element, pairs } from "../../dom/element";
import { choiceField, sliderField } from "../../dom/fields";
import { type Playground, playground } from "../../playground/load";
import { messageOf } from "../../util/errors";
import { type Approximation, approximate, type Floors, leastErrors, THESIS } from "./compute";
import {
  BOUNDS,
  DENSITIES,
  FUNCTIONS,
  METHODS,
  rememberSettings,
  type Settings,
  settingsFromAddress,
  USUAL,
} from "./settings";
import { coefficients, number, set as written } from "./text";

/** Methods that try hundreds of chains, and how long no slider may have moved before they begin. */
const SLOW: readonly string[] = ["composite minimax"];
const PATIENCE_MS = 200;

export class ReluPanel {
  readonly #playground: Playground;
  readonly #set: Settings = settingsFromAddress();
  readonly #curve = new Chart();
  readonly #error = new Chart();
  readonly #depths = new Chart();
  readonly #figures = element("div", "relu-figures");
  readonly #refused = element("p", "relu-refused");
  readonly #thesis = element("p", "relu-thesis");
  readonly #show: () => void;
  #floors: { readonly of: string; readonly found: Floors } | undefined;
  #requested = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static async fill(body: HTMLElement): Promise<void> {
    new ReluPanel(body, await playground());
  }

  private constructor(body: HTMLElement, playground: Playground) {
    this.#playground = playground;
    const { controls, show } = this.#controls();
    this.#show = show;
    this.#figures.dataset.testid = "relu-figures";
    this.#refused.dataset.testid = "relu-refused";
    this.#refused.setAttribute("role", "status");
    body.replaceChildren(
      element(
        "p",
        "relu-intro",
        "An encrypted circuit only adds and multiplies, so a ReLU has to become a polynomial. Each level of " +
          "multiplication doubles the degree that it may have, and costs modulus, time and key.",
      ),
      element(
        "div",
        "relu-desk",
        element("form", "relu-controls", ...controls),
        element(
          "div",
          "relu-charts",
          this.#refused,
          this.#figure("relu-curve", this.#curve),
          this.#figure("relu-error", this.#error),
        ),
        element(
          "div",
          "relu-results",
          this.#figures,
          this.#figure("relu-depths", this.#depths),
          this.#thesis,
        ),
      ),
    );
    this.#update();
  }

  /** A chart that can be taken along. */
  #figure(name: string, chart: Chart): HTMLElement {
    chart.element.dataset.testid = name;
    const complain = (error: unknown) => (this.#refused.textContent = messageOf(error));
    return element(
      "figure",
      "chart-figure",
      chart.element,
      saveButtons(`inkognito-${name}`, () => chart.element, complain),
    );
  }

  #controls(): { controls: HTMLElement[]; show: () => void } {
    const set = this.#set;
    const change =
      <K extends keyof Settings>(key: K) =>
      (value: Settings[K]) => {
        set[key] = value;
        this.#changed();
      };
    const plain = (value: number) => String(value).replace("-", "−");
    const { reach, deviation, gap, degree } = BOUNDS;
    const fields = {
      function: choiceField("function", "relu-function", FUNCTIONS, change("function")),
      method: choiceField("method", "relu-method", METHODS, change("method")),
      degree: sliderField("degree", "relu-degree", degree, plain, change("degree")),
      low: sliderField(
        "from",
        "relu-low",
        { min: -reach.max, max: -reach.min, step: reach.step },
        plain,
        change("low"),
      ),
      high: sliderField("to", "relu-high", reach, plain, change("high")),
      density: choiceField("inputs are", "relu-density", DENSITIES, change("density")),
      deviation: sliderField(
        "with a standard deviation of",
        "relu-deviation",
        deviation,
        plain,
        change("deviation"),
      ),
      gap: sliderField(
        "without those nearer to the jump than",
        "relu-gap",
        gap,
        plain,
        change("gap"),
      ),
    };
    const back = element("button", "", "As in the thesis");
    back.type = "button";
    back.dataset.testid = "relu-back";
    back.addEventListener("click", () => {
      Object.assign(set, USUAL);
      this.#changed();
    });
    const show = () => {
      fields.function.set(set.function);
      fields.method.set(set.method);
      fields.density.set(set.density);
      for (const key of ["degree", "low", "high", "deviation", "gap"] as const)
        fields[key].set(set[key]);
      fields.deviation.show(set.density === "Gaussian");
      fields.gap.show(set.function === "sign");
    };
    return { controls: [...Object.values(fields).map(({ element }) => element), back], show };
  }

  /** A slider moves more often than the screen shows; and chains are not found within a frame. */
  #changed(): void {
    clearTimeout(this.#timer);
    if (SLOW.includes(this.#set.method)) {
      this.#timer = setTimeout(() => this.#update(), PATIENCE_MS);
      return;
    }
    if (this.#requested) return;
    this.#requested = true;
    requestAnimationFrame(() => {
      this.#requested = false;
      this.#update();
    });
  }

  #update(): void {
    rememberSettings(this.#set);
    this.#show();
    const floors = this.#leastErrors();
    let found: Approximation | undefined;
    try {
      found = approximate(this.#playground, this.#set);
      this.#refused.textContent = "";
    } catch (error) {
      this.#refused.textContent = `There is none: ${messageOf(error)}.`;
    }
    for (const chart of [this.#curve, this.#error]) {
      chart.element.closest("figure")?.toggleAttribute("hidden", !found);
    }
    if (found) this.#draw(found);
    this.#tell(found);
    this.#drawDepths(floors, found);
  }

  /** They are of the target, whatever the method and the degree. */
  #leastErrors(): Floors {
    const { method: _, degree: __, ...target } = this.#set;
    const of = JSON.stringify(target);
    if (this.#floors?.of !== of)
      this.#floors = { of, found: leastErrors(this.#playground, this.#set) };
    return this.#floors.found;
  }

  #draw({ curve, maxError }: Approximation): void {
    const { low, high, function: name, method, degree } = this.#set;
    const { x, function: wanted, approximation } = curve;
    const values = [...wanted, ...approximation];
    const x_axis = { low, high, label: "input x" };
    this.#curve.show({
      label: `${name} and the polynomial of degree ${degree} by ${method}, from ${low} to ${high}`,
      x: x_axis,
      y: { low: Math.min(...values), high: Math.max(...values), label: "" },
      lines: [
        { kind: "wanted", name, x, y: wanted },
        { kind: "found", name: "polynomial", x, y: approximation },
      ],
    });
    // A jump has no error at its foot: only what counts is drawn.
    const gap = name === "sign" ? this.#set.gap : 0;
    const counts = x.map((at) => Math.abs(at) >= gap);
    const error = approximation.map((value, i) => (counts[i] ? value - (wanted[i] ?? 0) : 0));
    const most = Math.max(maxError, Number.MIN_VALUE) * 1.08;
    this.#error.show({
      label: `The error, at most ${number(maxError)}`,
      x: x_axis,
      y: { low: -most, high: most, label: "" },
      lines: [{ kind: "error", name: "polynomial less function", x, y: error }],
    });
  }

  #tell(found: Approximation | undefined): void {
    if (!found) {
      this.#figures.replaceChildren();
      return;
    }
    const { meanSquareError, maxError, depth, products, stages, degree } = found;
    const list = pairs("relu-list", [
      ["mean square error", number(meanSquareError)],
      ["largest error", number(maxError)],
      ["levels", String(depth)],
      ["products of two ciphertexts", String(products)],
      ["polynomial", coefficients(found)],
    ]);
    list.dataset.mse = String(meanSquareError);
    list.dataset.maxError = String(maxError);
    list.dataset.depth = String(depth);
    list.dataset.products = String(products);
    list.dataset.coefficients = JSON.stringify(found.coefficients);
    if (stages.length > 1)
      list.append(...pairs("", [["multiplied out", `degree ${degree}`]]).children);
    this.#figures.replaceChildren(list);
  }

  #drawDepths({ levels, given }: Floors, found: Approximation | undefined): void {
    const least = levels.map(({ meanSquareError }) => meanSquareError);
    const mine = found && found.depth > 0 && found.meanSquareError > 0 ? [found] : [];
    const relu = this.#set.function === "ReLU";
    const values = [
      ...least,
      ...mine.map(({ meanSquareError }) => meanSquareError),
      ...(relu ? [THESIS.meanSquareError] : []),
    ];
    const depths = [...levels.map(({ depth }) => depth), ...mine.map(({ depth }) => depth)];
    this.#depths.show({
      label: `The least mean square error at each number of levels: ${levels.map(({ depth, meanSquareError }) => `${depth}: ${number(meanSquareError)}`).join(", ")}`,
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
          name: "the least",
          x: levels.map(({ depth }) => depth),
          y: least,
          dots: true,
        },
        {
          kind: "mine",
          name: mine.length > 0 ? "this one" : "",
          x: mine.map(({ depth }) => depth),
          y: mine.map(({ meanSquareError }) => meanSquareError),
          apart: true,
        },
      ],
      marks: relu
        ? [{ y: THESIS.meanSquareError, name: `the thesis: ${THESIS.meanSquareError}` }]
        : [],
    });
    this.#thesis.replaceChildren(...(relu ? written(this.#set, levels, given) : []));
    this.#thesis.dataset.given = String(given);
  }
}
