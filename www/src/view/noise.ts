// A ciphertext as its holder sees it: of every four bytes, which are about one residue, the first is a dot.

/** From dark to light, as the evaluator's side is coloured. */
const DARK = [11, 20, 30] as const;
const LIGHT = [150, 196, 232] as const;

export class Noise {
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #aspect: number;

  /** Draws onto `canvas`; `frame` says whether that is blank. `aspect` is the picture's width over its height. */
  constructor(canvas: HTMLCanvasElement, frame: HTMLElement, aspect = 1) {
    this.#canvas = canvas;
    this.#frame = frame;
    this.#aspect = aspect;
  }

  /** Draws these bytes. */
  show(bytes: Uint8Array): void {
    const dots = Math.floor(bytes.length / 4);
    const width = Math.ceil(Math.sqrt(dots * this.#aspect));
    const height = Math.ceil(dots / width);
    const context = this.#canvas.getContext("2d");
    if (!context || dots === 0) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    const image = context.createImageData(width, height);
    for (let dot = 0; dot < dots; dot += 1) {
      const share = (bytes[4 * dot] ?? 0) / 255;
      for (let channel = 0; channel < 3; channel += 1) {
        const dark = DARK[channel] ?? 0;
        image.data[4 * dot + channel] = dark + ((LIGHT[channel] ?? 0) - dark) * share * share;
      }
      image.data[4 * dot + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    this.#frame.dataset.blank = "false";
  }

  /** Shows what another shows. */
  copy(other: Noise): void {
    const { width, height } = other.#canvas;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#canvas.getContext("2d")?.drawImage(other.#canvas, 0, 0);
    this.#frame.dataset.blank = other.#frame.dataset.blank;
  }

  clear(): void {
    this.#frame.dataset.blank = "true";
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}
