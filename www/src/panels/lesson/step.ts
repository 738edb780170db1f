// One step of the lesson.

import type { Scene } from "./scene";

export interface Step {
  readonly name: string;
  /** Whether it shows something of the drawing, and is filled again when that changes. */
  readonly followsDrawing: boolean;
  /** Whether it shows what only the visitor can know. It is hidden in the evaluator's view. */
  readonly isInTheClear?: true;
  /** Fills `page`. Rejects with the reason why the step has to wait. */
  fill(scene: Scene, page: HTMLElement): Promise<void>;
}
