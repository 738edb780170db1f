// The drawing in the vault's memory. Strokes that are drawn before the vault is loaded are passed
// on once it is.

import type { Point, Stroke } from "../drawing/pad";
import type { Drawing, VaultModule } from "./load";

export class Ink {
  #drawing: Drawing | undefined;

  /** Passes on the strokes so far. */
  attach(vault: VaultModule, strokes: readonly Stroke[]): void {
    this.#drawing = new vault.Drawing();
    for (const { points, width } of strokes) {
      const [first, ...others] = points;
      if (!first) continue;
      this.begin(first, width);
      this.extend(others);
    }
  }

  begin(point: Point, width: number): void {
    this.#drawing?.setBrush(width);
    this.#drawing?.begin(point.x, point.y);
  }

  extend(points: readonly Point[]): void {
    for (const { x, y } of points) this.#drawing?.extend(x, y);
  }

  undo(): void {
    this.#drawing?.undo();
  }

  clear(): void {
    this.#drawing?.clear();
  }

  /** Returns the drawing as an image, or nothing where it is blank. */
  pixels(): Float32Array | undefined {
    return this.#drawing && !this.#drawing.isBlank() ? this.#drawing.pixels() : undefined;
  }
}
