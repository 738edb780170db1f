// The Parameters panel: how large the ring must be, what a parameter set gives, and which are
// refused.

import { LineChart } from "../../charts/line-chart";
import { saveButtons } from "../../charts/save-figure";
import { button, element, pairs } from "../../dom/element";
import { type SliderField, sliderField } from "../../dom/fields";
import { loadPlayground, type Playground } from "../../playground/load";
import { messageOf } from "../../util/errors";
import { bytes, count, milliseconds } from "../../util/format";
import { check, type Facts, measure, type Times, type Verdict } from "./check";
import { Gauge } from "./gauge";
import { DEGREES, isSame, PRESETS, parseBits, type RequestedSet, requestedSet, SCALE } from "./set";

/**
 * A set is checked when the visitor has not typed for so long: its tables take a while to build.
 */
const PATIENCE_MS = 200;

export class ParametersPanel {
  readonly #playground: Playground;
  readonly #gauge = new Gauge();
  readonly #verdict = element("div", "set-verdict");
  readonly #facts = element("div", "set-facts");
  readonly #precision = new LineChart();
  readonly #figure: HTMLElement;
  readonly #measure = button("Measure here", () => void this.#measureNow(), {
    testId: "set-measure",
  });
  readonly #times = element("div", "set-times");
  readonly #about = element("p", "set-about");
  readonly #degrees: HTMLInputElement[] = [];
  readonly #q = element("textarea");
  readonly #special = element("textarea");
  readonly #scale: SliderField;
  readonly #presets: HTMLButtonElement[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes: measurements of an older set are not shown. */
  #version = 0;

  static async fill(body: HTMLElement): Promise<void> {
    new ParametersPanel(body, await loadPlayground());
  }

  private constructor(body: HTMLElement, playground: Playground) {
    this.#playground = playground;
    this.#scale = sliderField("scale, in bits", "set-scale", SCALE, String, (logScale) =>
      this.#change({ logScale }),
    );
    this.#verdict.dataset.testid = "set-verdict";
    this.#verdict.setAttribute("role", "status");
    this.#facts.dataset.testid = "set-facts";
    this.#times.dataset.testid = "set-times";
    this.#times.setAttribute("role", "status");
    this.#precision.element.dataset.testid = "set-precision";
    const showError = (error: unknown) => this.#times.replaceChildren(messageOf(error));
    const save = saveButtons("inkognito-precision", () => this.#precision.element, showError);
    this.#figure = element("figure", "chart-figure", this.#precision.element, save);
    this.#presets = PRESETS.map(({ name, set }) =>
      button(name, () => {
        this.#change(set, 0);
        this.#showFields();
      }),
    );
    const form = element(
      "form",
      "set-controls",
      this.#degreeField(),
      this.#bitsField(
        this.#q,
        "q",
        "bits of the moduli, q₀ first: one more than there are levels",
        "set-q",
      ),
      this.#bitsField(
        this.#special,
        "special",
        "bits of the special moduli, for key switching",
        "set-special",
      ),
      this.#scale.element,
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    body.replaceChildren(
      element(
        "p",
        "set-intro",
        "Each multiplication uses up one modulus. A larger ring allows larger moduli. The larger " +
          "the moduli in a ring, the easier it is to compute the secret key from public data. " +
          "Table 5.2 of the Security Guidelines for Implementing Homomorphic Encryption (2024) " +
          "has the limits, here for classical attacks and a uniform ternary secret. The library " +
          "refuses every set beyond them.",
      ),
      element("div", "set-presets", ...this.#presets),
      this.#about,
      element(
        "div",
        "set-desk",
        form,
        element("div", "set-result", this.#gauge.element, this.#verdict, this.#facts),
        element(
          "div",
          "set-more",
          this.#figure,
          element("div", "set-measure", this.#measure, this.#times),
        ),
      ),
    );
    this.#showFields();
    this.#check();
  }

  #degreeField(): HTMLElement {
    const field = element("fieldset", "set-degrees", element("legend", "", "ring degree N"));
    for (const logN of DEGREES) {
      const input = element("input");
      const value = String(logN);
      Object.assign(input, { type: "radio", name: "degree", value, autocomplete: "off" });
      input.dataset.testid = `set-degree-${logN}`;
      input.addEventListener("change", () => this.#change({ logN }, 0));
      this.#degrees.push(input);
      field.append(element("label", "", input, element("span", "", count(2 ** logN))));
    }
    return field;
  }

  #bitsField(
    input: HTMLTextAreaElement,
    key: "q" | "special",
    label: string,
    testId: string,
  ): HTMLElement {
    Object.assign(input, { rows: 1, autocomplete: "off", spellcheck: false });
    input.dataset.testid = testId;
    input.addEventListener("input", () => {
      const bits = parseBits(input.value);
      input.setAttribute("aria-invalid", String(!bits));
      this.#change(bits ? { [key]: bits } : {});
    });
    return element("label", "field", element("span", "", label), input);
  }

  /**
   * Changes the set, and checks it once no other change follows. Until then nothing is shown of the
   * set before it.
   */
  #change(change: Partial<RequestedSet>, patienceMs = PATIENCE_MS): void {
    requestedSet.value = { ...requestedSet.value, ...change };
    this.#version += 1;
    this.#say("checking", ["Checking."]);
    this.#measure.disabled = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), patienceMs);
  }

  /** Writes the set into the fields. Not done while the visitor types in them. */
  #showFields(): void {
    const { logN, q, special, logScale } = requestedSet.value;
    for (const input of this.#degrees) input.checked = input.value === String(logN);
    for (const [input, bits] of [
      [this.#q, q],
      [this.#special, special],
    ] as const) {
      input.value = bits.join(", ");
      input.setAttribute("aria-invalid", "false");
    }
    this.#scale.set(logScale);
  }

  /** Whether a field holds what is no part of a set. */
  get #isInvalid(): boolean {
    return [this.#q, this.#special].some((input) => input.getAttribute("aria-invalid") === "true");
  }

  #check(): void {
    const isInvalid = this.#isInvalid;
    const preset = PRESETS.find(({ set }) => !isInvalid && isSame(set, requestedSet.value));
    this.#about.textContent = preset?.about ?? "A set of your own.";
    for (const [index, button] of this.#presets.entries()) {
      button.setAttribute("aria-pressed", String(PRESETS[index] === preset));
    }
    this.#times.replaceChildren();
    this.#gauge.element.hidden = isInvalid;
    if (isInvalid) {
      this.#refuse("Bits are whole numbers from 1 to 64, with commas between them.");
      return;
    }
    try {
      this.#showVerdict(check(this.#playground, requestedSet.value));
    } catch (error) {
      this.#refuse(messageOf(error));
    }
  }

  #refuse(reason: string): void {
    this.#say("refused", [reason]);
    this.#hideResults();
  }

  #hideResults(): void {
    this.#facts.replaceChildren();
    this.#figure.hidden = true;
    this.#measure.disabled = true;
  }

  #say(state: "checking" | "fine" | "refused" | "doubtful", sentences: readonly string[]): void {
    this.#verdict.dataset.state = state;
    this.#verdict.replaceChildren(...sentences.map((sentence) => element("p", "", sentence)));
  }

  #showVerdict(verdict: Verdict): void {
    this.#gauge.show(requestedSet.value, verdict);
    const { refusals, set } = verdict;
    if (!set) {
      const names = { security: "Refused, not secure: ", unworkable: "Refused, cannot work: " };
      this.#say(
        "refused",
        refusals.map(({ kind, reason }) => `${names[kind]}${reason}.`),
      );
      this.#hideResults();
      return;
    }
    const lost = set.layers.find(({ bits, headroom }) => bits <= 0 || headroom <= 0);
    if (lost) {
      const why = lost.headroom <= 0 ? "does not fit its modulus" : "is lost in the noise";
      this.#say("doubtful", [
        `Secure, but a value of one ${why} at level ${lost.level}: the scale does not suit the ` +
          "moduli.",
      ]);
    } else {
      this.#say("fine", ["Secure at 128 bits, and it works."]);
    }
    this.#facts.replaceChildren(factList(set));
    this.#figure.hidden = false;
    this.#measure.disabled = false;
    this.#drawPrecision(set);
  }

  #drawPrecision({ layers, levels }: Facts): void {
    const bits = layers.map((each) => Math.max(each.bits, 0));
    const inWords = bits.map((each) => each.toFixed(1)).join(", ");
    this.#precision.show({
      label: `Correct bits of a value of one, level by level: ${inWords}`,
      x: {
        low: 0,
        high: Math.max(levels, 1),
        label: "levels used, by weights and squares in turn",
        ticks: Array.from({ length: levels + 1 }, (_, i) => i),
      },
      y: { low: 0, high: Math.max(...bits, 1) * 1.1, label: "correct bits after the binary point" },
      lines: [
        { kind: "found", name: "", x: bits.map((_, i) => i), y: bits, marker: "line and dots" },
      ],
    });
  }

  async #measureNow(): Promise<void> {
    const version = this.#version;
    this.#measure.disabled = true;
    this.#times.replaceChildren("Measuring.");
    try {
      const times = await measure(this.#playground, requestedSet.value);
      if (version === this.#version) this.#times.replaceChildren(...timeList(times));
    } catch (error) {
      if (version === this.#version) this.#times.replaceChildren(messageOf(error));
    } finally {
      if (version === this.#version) this.#measure.disabled = false;
    }
  }
}

function factList(set: Facts): HTMLElement {
  const last = set.layers.at(-1);
  return pairs("set-list", [
    ["levels", count(set.levels)],
    ["values in a ciphertext", `${count(set.slots)} complex`],
    ["log₂ QP of the primes found", set.logQp.toFixed(1)],
    ["digits of key switching", count(set.digits)],
    ["one evaluation key", bytes(set.keyBytes)],
    ["a fresh ciphertext", bytes(set.drawingBytes)],
    ["ten scores, encrypted", bytes(set.scoresBytes)],
    ["correct bits, fresh", (set.layers[0]?.bits ?? 0).toFixed(1)],
    [`correct bits after ${set.levels} levels`, (last?.bits ?? 0).toFixed(1)],
    ["primes", set.moduli.join(", ")],
    ["special primes", set.specialModuli.join(", ")],
  ]);
}

function timeList({ tables, transform, encode, rotate }: Times): HTMLElement[] {
  return [
    pairs("set-list", [
      ["building its tables", milliseconds(tables)],
      ["one transform (NTT)", `${(1000 * transform).toFixed(0)} µs`],
      ["encoding a vector", milliseconds(encode)],
      ["one rotation, key switching included", milliseconds(rotate)],
    ]),
    element(
      "p",
      "",
      "Measured in this browser just now, on one thread, at the highest level. Medians of nine " +
        "measurements.",
    ),
  ];
}
