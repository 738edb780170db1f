// The Parameters panel: how large the ring must be, what a set gives, and what is refused.

import { playground, type Playground } from "../playground";
import { messageOf } from "../errors";
import { bytes, count, milliseconds } from "../format";
import { Chart } from "../view/chart";
import { element, pairs } from "../view/element";
import { sliderField, type SliderField } from "../view/field";
import { saveButtons } from "../view/figure";
import { check, measure, type Facts, type Verdict } from "./check";
import { Gauge } from "./gauge";
import { DEGREES, PRESETS, readBits, rememberSet, same, SCALE, wantedSet, type Wanted } from "./set";

/** Tables are built for every set that is looked at: not for every letter that is typed. */
const PATIENCE_MS = 200;

export class ParametersPanel {
  readonly #playground: Playground;
  #set = wantedSet();
  readonly #gauge = new Gauge();
  readonly #verdict = element("div", "set-verdict");
  readonly #facts = element("div", "set-facts");
  readonly #precision = new Chart();
  readonly #figure: HTMLElement;
  readonly #measure = element("button", "", "Measure here");
  readonly #times = element("div", "set-times");
  readonly #about = element("p", "set-about");
  readonly #degrees: HTMLInputElement[] = [];
  readonly #q = element("textarea");
  readonly #special = element("textarea");
  readonly #scale: SliderField;
  readonly #presets: HTMLButtonElement[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes: what was measured of an older set is not shown. */
  #version = 0;

  static async fill(body: HTMLElement): Promise<void> {
    new ParametersPanel(body, await playground());
  }

  private constructor(body: HTMLElement, playground: Playground) {
    this.#playground = playground;
    this.#scale = sliderField("scale, in bits", "set-scale", SCALE, String, (logScale) => this.#take({ logScale }));
    this.#verdict.dataset.testid = "set-verdict";
    this.#verdict.setAttribute("role", "status");
    this.#facts.dataset.testid = "set-facts";
    this.#times.dataset.testid = "set-times";
    this.#times.setAttribute("role", "status");
    this.#measure.type = "button";
    this.#measure.dataset.testid = "set-measure";
    this.#measure.addEventListener("click", () => void this.#measureNow());
    this.#precision.element.dataset.testid = "set-precision";
    const complain = (error: unknown) => this.#times.replaceChildren(messageOf(error));
    const save = saveButtons("inkognito-precision", () => this.#precision.element, complain);
    this.#figure = element("figure", "chart-figure", this.#precision.element, save);
    body.replaceChildren(
      element(
        "p",
        "set-intro",
        "Every multiplication uses up a modulus, and all moduli together must stay small beside the ring, or the key can " +
          "be computed from what is public. How small is in table 5.2 of the Security Guidelines for Implementing " +
          "Homomorphic Encryption (2024), here for classical attacks on a uniform ternary secret. The library refuses " +
          "to build what lies beyond.",
      ),
      element("div", "set-presets", ...this.#presetButtons()),
      this.#about,
      element(
        "div",
        "set-desk",
        element("form", "set-controls", this.#degreeField(), ...this.#bitsFields(), this.#scale.element),
        element("div", "set-result", this.#gauge.element, this.#verdict, this.#facts),
        element("div", "set-more", this.#figure, element("div", "set-measure", this.#measure, this.#times)),
      ),
    );
    body.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
    this.#show();
    this.#check();
  }

  #presetButtons(): HTMLButtonElement[] {
    for (const { name, set } of PRESETS) {
      const button = element("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => {
        this.#take(set, 0);
        this.#show();
      });
      this.#presets.push(button);
    }
    return this.#presets;
  }

  #degreeField(): HTMLElement {
    const field = element("fieldset", "set-degrees", element("legend", "", "ring degree N"));
    for (const logN of DEGREES) {
      const input = element("input");
      Object.assign(input, { type: "radio", name: "degree", value: String(logN), autocomplete: "off" });
      input.dataset.testid = `set-degree-${logN}`;
      input.addEventListener("change", () => this.#take({ logN }, 0));
      this.#degrees.push(input);
      field.append(element("label", "", input, element("span", "", count(2 ** logN))));
    }
    return field;
  }

  #bitsFields(): HTMLElement[] {
    const field = (input: HTMLTextAreaElement, key: "q" | "special", label: string, testid: string) => {
      Object.assign(input, { rows: 1, autocomplete: "off", spellcheck: false });
      input.dataset.testid = testid;
      input.addEventListener("input", () => {
        const bits = readBits(input.value);
        input.setAttribute("aria-invalid", String(!bits));
        if (bits) this.#take({ [key]: bits });
        else this.#complain("Bits are whole numbers from 1 to 64, with commas between them.");
      });
      return element("label", "field", element("span", "", label), input);
    };
    return [
      field(this.#q, "q", "bits of the moduli, q₀ first: one more than there are levels", "set-q"),
      field(this.#special, "special", "bits of the special moduli, for key switching", "set-special"),
    ];
  }

  /** Changes what is asked for, and looks at it once no more follows. */
  #take(change: Partial<Wanted>, patience = PATIENCE_MS): void {
    this.#set = { ...this.#set, ...change };
    this.#version += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), patience);
  }

  /** The fields as the set is: not while somebody types in them. */
  #show(): void {
    const { logN, q, special, logScale } = this.#set;
    for (const input of this.#degrees) input.checked = input.value === String(logN);
    for (const [input, bits] of [[this.#q, q], [this.#special, special]] as const) {
      input.value = bits.join(", ");
      input.setAttribute("aria-invalid", "false");
    }
    this.#scale.set(logScale);
  }

  #check(): void {
    const set = this.#set;
    rememberSet(set);
    const preset = PRESETS.find((each) => same(each.set, set));
    this.#about.textContent = preset?.about ?? "A set of your own.";
    for (const [index, button] of this.#presets.entries()) {
      button.setAttribute("aria-pressed", String(PRESETS[index] === preset));
    }
    this.#times.replaceChildren();
    try {
      this.#tell(check(this.#playground, set));
    } catch (error) {
      this.#complain(messageOf(error));
    }
  }

  #complain(reason: string): void {
    clearTimeout(this.#timer);
    this.#judge("refused", [reason]);
    this.#withhold();
  }

  #withhold(): void {
    this.#facts.replaceChildren();
    this.#figure.hidden = true;
    this.#measure.disabled = true;
  }

  #judge(state: "fine" | "refused" | "doubtful", sentences: readonly string[]): void {
    this.#verdict.dataset.state = state;
    this.#verdict.replaceChildren(...sentences.map((sentence) => element("p", "", sentence)));
  }

  #tell(verdict: Verdict): void {
    this.#gauge.show(this.#set, verdict);
    const { refusals, set } = verdict;
    if (!set) {
      const names = { security: "Refused, not secure: ", unworkable: "Refused, cannot work: " };
      this.#judge("refused", refusals.map(({ kind, reason }) => `${names[kind]}${reason}.`));
      this.#withhold();
      return;
    }
    const lost = set.layers.find(({ bits, headroom }) => bits <= 0 || headroom <= 0);
    if (lost) {
      const why = lost.headroom <= 0 ? "does not fit its modulus any more" : "is lost in the noise";
      this.#judge("doubtful", [`Secure, but a value of one ${why} at level ${lost.level}: scale and moduli do not go together.`]);
    } else {
      this.#judge("fine", ["Secure at 128 bits, and it works."]);
    }
    this.#facts.replaceChildren(facts(set));
    this.#figure.hidden = false;
    this.#measure.disabled = false;
    this.#drawPrecision(set);
  }

  #drawPrecision({ layers, levels }: Facts): void {
    const bits = layers.map((each) => Math.max(each.bits, 0));
    this.#precision.show({
      label: `Right bits of a value of one, level by level: ${bits.map((each) => each.toFixed(1)).join(", ")}`,
      x: {
        low: 0,
        high: Math.max(levels, 1),
        label: "levels used, by weights and squares in turn",
        ticks: Array.from({ length: levels + 1 }, (_, i) => i),
      },
      y: { low: 0, high: Math.max(...bits, 1) * 1.1, label: "bits after the binary point that are right" },
      lines: [{ kind: "found", name: "", x: bits.map((_, i) => i), y: bits, dots: true }],
    });
  }

  async #measureNow(): Promise<void> {
    const version = this.#version;
    this.#measure.disabled = true;
    this.#times.replaceChildren("Measuring.");
    try {
      const { tables, transform, encode, rotate } = await measure(this.#playground, this.#set);
      if (version !== this.#version) return;
      const list = pairs("set-list", [
        ["building its tables", milliseconds(tables)],
        ["one transform (NTT)", `${(1000 * transform).toFixed(0)} µs`],
        ["encoding a vector", milliseconds(encode)],
        ["one rotation, key switching included", milliseconds(rotate)],
      ]);
      this.#times.replaceChildren(list, element("p", "", "Measured in this browser just now, on one thread, at the highest level; medians of nine."));
    } catch (error) {
      this.#times.replaceChildren(messageOf(error));
    } finally {
      if (version === this.#version) this.#measure.disabled = false;
    }
  }
}

function facts(set: Facts): HTMLElement {
  const last = set.layers.at(-1);
  return pairs("set-list", [
    ["levels", count(set.levels)],
    ["values in a ciphertext", `${count(set.slots)} complex`],
    ["log₂ QP of the primes found", set.logQp.toFixed(1)],
    ["digits of key switching", count(set.digits)],
    ["one evaluation key", bytes(set.keyBytes)],
    ["a fresh ciphertext", bytes(set.drawingBytes)],
    ["ten scores, encrypted", bytes(set.scoresBytes)],
    ["right bits, fresh", (set.layers[0]?.bits ?? 0).toFixed(1)],
    [`after ${set.levels} levels`, (last?.bits ?? 0).toFixed(1)],
    ["primes", set.moduli.join(", ")],
    ["special primes", set.specialModuli.join(", ")],
  ]);
}
