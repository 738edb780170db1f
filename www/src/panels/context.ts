// The parts of the page that panels use.

import type { Engine } from "../evaluator/engine";
import type { MessageLog } from "../evaluator/message-log";
import type { ModelChoice } from "../models/model-choice";

export interface PanelContext {
  readonly engine: Engine;
  readonly log: MessageLog;
  readonly models: ModelChoice;
  /** Returns the image to read, or nothing where there is none. */
  pixels(): Float32Array | undefined;
}
