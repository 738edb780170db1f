// A ciphertext as an image: one dot for the first of every four bytes, which is about one residue.

/** From dark to light, in the colours of the evaluator's side. */
const DARK = [11, 20, 30] as const;
const LIGHT = [150, 196, 232] as const;

/** The pixel for each byte, in a canvas's byte order. */
const PIXELS = ((): Uint32Array => {
  const colour = (byte: number): number[] => {
    const share = (byte / 255) ** 2;
    return [...DARK.map((dark, channel) => dark + ((LIGHT[channel] ?? 0) - dark) * share), 255];
  };
  const colours = Array.from({ length: 256 }, (_, byte) => colour(byte));
  return new Uint32Array(Uint8ClampedArray.from(colours.flat()).buffer);
})();

export class CiphertextImage {
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #aspect: number;
  #image: ImageData | undefined;
  /** The bytes to paint. */
  #bytes: Uint8Array | undefined;
  #isBlank = true;

  /** `frame` shows whether the canvas is blank. `aspect` is the image's width over its height. */
  constructor(canvas: HTMLCanvasElement, frame: HTMLElement, aspect = 1) {
    this.#canvas = canvas;
    this.#frame = frame;
    this.#aspect = aspect;
  }

  /** The number of bytes to paint. */
  get size(): number {
    return this.#bytes?.length ?? 0;
  }

  /** Copies these bytes. Memory of the same size is used again: freeing so much stops the page. */
  set(bytes: Uint8Array): void {
    if (this.#bytes?.length === bytes.length) this.#bytes.set(bytes);
    else this.#bytes = bytes.slice();
  }

  /** Paints the bytes. */
  paint(): void {
    const bytes = this.#bytes ?? new Uint8Array();
    const dots = Math.floor(bytes.length / 4);
    const width = Math.ceil(Math.sqrt(dots * this.#aspect));
    const height = Math.ceil(dots / width);
    const context = this.#canvas.getContext("2d");
    if (!context || dots === 0) return;
    this.#resize(width, height);
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = context.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.#image.data.buffer);
    for (let dot = 0; dot < pixels.length; dot += 1)
      pixels[dot] = dot < dots ? (PIXELS[bytes[4 * dot] ?? 0] ?? 0) : 0;
    context.putImageData(this.#image, 0, 0);
    this.#setBlank(false);
  }

  /** Shows the same as another image. */
  copy(other: CiphertextImage): void {
    const { width, height } = other.#canvas;
    this.#resize(width, height);
    const context = this.#canvas.getContext("2d");
    context?.clearRect(0, 0, width, height);
    context?.drawImage(other.#canvas, 0, 0);
    this.#setBlank(other.#isBlank);
  }

  clear(): void {
    this.#bytes = undefined;
    this.#setBlank(true);
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #setBlank(isBlank: boolean): void {
    this.#isBlank = isBlank;
    this.#frame.dataset.blank = String(isBlank);
  }

  /** Gives the canvas this size. Setting the size that it has already would clear it. */
  #resize(width: number, height: number): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }
}
