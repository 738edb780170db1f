// A ciphertext as its holder sees it: of every four bytes, which are about one residue, the first is a dot.

/** From dark to light, as the evaluator's side is coloured. */
const DARK = [11, 20, 30] as const;
const LIGHT = [150, 196, 232] as const;

/** The pixel for each byte, as a canvas has it in memory. */
const PIXELS = ((): Uint32Array => {
  const colour = (byte: number): number[] => {
    const share = (byte / 255) ** 2;
    return [...DARK.map((dark, channel) => dark + ((LIGHT[channel] ?? 0) - dark) * share), 255];
  };
  const colours = Array.from({ length: 256 }, (_, byte) => colour(byte));
  return new Uint32Array(Uint8ClampedArray.from(colours.flat()).buffer);
})();

export class Noise {
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #aspect: number;
  #image: ImageData | undefined;
  /** What is to be painted. */
  #kept: Uint8Array | undefined;

  /** Draws onto `canvas`; `frame` says whether that is blank. `aspect` is the picture's width over its height. */
  constructor(canvas: HTMLCanvasElement, frame: HTMLElement, aspect = 1) {
    this.#canvas = canvas;
    this.#frame = frame;
    this.#aspect = aspect;
  }

  /** How many bytes are kept. */
  get size(): number {
    return this.#kept?.length ?? 0;
  }

  /** Keeps a copy of these bytes. In the place of the last if it has their size: to throw so much away stops the page. */
  keep(bytes: Uint8Array): void {
    if (this.#kept?.length === bytes.length) this.#kept.set(bytes);
    else this.#kept = bytes.slice();
  }

  /** Draws what is kept. */
  paint(): void {
    const bytes = this.#kept ?? new Uint8Array();
    const dots = Math.floor(bytes.length / 4);
    const width = Math.ceil(Math.sqrt(dots * this.#aspect));
    const height = Math.ceil(dots / width);
    const context = this.#canvas.getContext("2d");
    if (!context || dots === 0) return;
    this.#size(width, height);
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = context.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.#image.data.buffer);
    for (let dot = 0; dot < pixels.length; dot += 1)
      pixels[dot] = dot < dots ? (PIXELS[bytes[4 * dot] ?? 0] ?? 0) : 0;
    context.putImageData(this.#image, 0, 0);
    this.#frame.dataset.blank = "false";
  }

  /** Shows what another shows. */
  copy(other: Noise): void {
    const { width, height } = other.#canvas;
    this.#size(width, height);
    const context = this.#canvas.getContext("2d");
    context?.clearRect(0, 0, width, height);
    context?.drawImage(other.#canvas, 0, 0);
    this.#frame.dataset.blank = other.#frame.dataset.blank;
  }

  clear(): void {
    this.#kept = undefined;
    this.#frame.dataset.blank = "true";
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** Gives the canvas this size: to set it makes a new one of it, even where it is the same. */
  #size(width: number, height: number): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }
}
