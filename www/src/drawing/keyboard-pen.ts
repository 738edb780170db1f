// Drawing by keyboard: the arrow keys move a pen on a grid over the pad, and the space bar puts it
// down and lifts it.

import { find } from "../dom/find";
import type { Pad, Point } from "./pad";

/** Rows and columns of the grid. */
const SIDE = 14;

/** Where keys move the pen, in columns and rows. */
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};

export class KeyboardPen {
  readonly #pad: Pad;
  readonly #frame = find("pad-frame", HTMLElement);
  readonly #cursor = find("pad-cursor", HTMLElement);
  readonly #status = find("pad-says", HTMLElement);
  readonly #touched: () => void;
  #column = SIDE / 2;
  #row = 3;
  #down = false;

  /** `touched` is called before the pen is put down. */
  constructor(canvas: HTMLCanvasElement, pad: Pad, touched: () => void) {
    this.#pad = pad;
    this.#touched = touched;
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => {
      if (canvas.matches(":focus-visible")) this.#show(true);
    });
    canvas.addEventListener("blur", () => this.hide());
    canvas.addEventListener("pointerdown", () => this.hide());
    this.#moveCursor();
  }

  /** Lifts the pen and hides the grid. */
  hide(): void {
    if (this.#down) this.#lift();
    this.#show(false);
  }

  /** Forgets the stroke that it was drawing, because the pad was cleared or a stroke undone. */
  cancel(): void {
    this.#down = false;
    this.#showPen();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) this.#move(...move);
    else if (event.key === " " || event.key === "Enter") this.#toggle();
    else return;
    event.preventDefault();
    this.#show(true);
  }

  #move(right: number, down: number): void {
    const within = (value: number) => Math.min(Math.max(value, 0), SIDE - 1);
    const [column, row] = [within(this.#column + right), within(this.#row + down)];
    const moved = column !== this.#column || row !== this.#row;
    [this.#column, this.#row] = [column, row];
    this.#moveCursor();
    if (moved && this.#down) this.#pad.extend([this.#point]);
    this.#say(`column ${column + 1}, row ${row + 1}${moved ? "" : ", the edge"}`);
  }

  #toggle(): void {
    if (this.#down) this.#lift();
    else {
      this.#touched();
      this.#down = true;
      this.#pad.begin(this.#point);
    }
    this.#showPen();
    this.#say(this.#down ? "pen down" : "pen up");
  }

  #lift(): void {
    this.#down = false;
    this.#showPen();
    this.#pad.end();
  }

  get #point(): Point {
    return { x: (this.#column + 0.5) / SIDE, y: (this.#row + 0.5) / SIDE };
  }

  #moveCursor(): void {
    this.#cursor.style.setProperty("--x", String(this.#point.x));
    this.#cursor.style.setProperty("--y", String(this.#point.y));
  }

  #showPen(): void {
    this.#cursor.dataset.down = String(this.#down);
  }

  #show(visible: boolean): void {
    this.#frame.dataset.grid = String(visible);
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}
