// The page's state: what the engine, the pad and the recogniser publish, and the views follow.
// Settings that the address keeps are in settings.ts.

import type { Phase } from "../evaluator/phase";
import type { EvaluatorLocation, Report } from "../evaluator/protocol";
import type { Recognition } from "../evaluator/recognition";
import type { LoadedVault } from "../vault/load";
import { batch, signal } from "./signal";

/** How far the engine has come. */
export const phase = signal<Phase | undefined>(undefined);

/** Where the evaluator runs that has started last. */
export const evaluatorLocation = signal<EvaluatorLocation | undefined>(undefined);

/** The vault's module, once it is loaded. */
export const loadedVault = signal<LoadedVault | undefined>(undefined);

/** Whether there is a secret key; undefined before the first one. */
export const hasKey = signal<boolean | undefined>(undefined);

/** The names of the network's classes, in the order of the scores, and the texts that invite. */
export interface Task {
  readonly classes: readonly string[];
  readonly invitation: string;
  readonly hint: string;
}

/** The task of the network that reads; the page itself names that of the first network. */
export const task = signal<Task | undefined>(undefined);

/** An image that is read instead of the drawing: 28 x 28 pixels from 0 to 1, row by row. */
export interface TestImage {
  readonly pixels: Float32Array;
  readonly name: string;
}

export const testImage = signal<TestImage | undefined>(undefined);

/** Whether there is nothing on the pad. */
export const isPadBlank = signal(true);

/** Whether a sample digit is being written. */
export const isWriting = signal(false);

/** Counts changes of the image that is to be read. */
export const imageVersion = signal(0);

/** How far the reading of that image is. */
export const reading = signal<"idle" | "working" | "ready" | "error">("idle");

/** Scores that have been decrypted; `final`: of the drawing as it is, with the pen lifted. */
export interface ShownScores {
  readonly scores: Float32Array;
  readonly final: boolean;
}

export const shownScores = signal<ShownScores | undefined>(undefined);

/**
 * The last evaluation that was shown: the evaluator's report, and the time from pixels to scores.
 */
export interface Evaluation {
  readonly report: Report;
  readonly totalMs: number;
}

export const evaluation = signal<Evaluation | undefined>(undefined);

/** The class that was read last, and the test image that it was read in, if it was one. */
export interface LastRead {
  readonly testImage?: string;
  readonly class: string;
}

export const lastRead = signal<LastRead | undefined>(undefined);

/** The recognition whose scores may be copied and saved. */
export const exportable = signal<Recognition | undefined>(undefined);

/** The recognition of the image as it is now. */
export interface Answer {
  readonly recognition: Recognition;
  readonly totalMs: number;
}

export const answer = signal<Answer | undefined>(undefined);

/** A message that stands in the status line until the engine's next phase or the next answer. */
export interface Notice {
  readonly text: string;
  /** Whether this drawing could not be read, and the visitor may try again. */
  readonly failed: boolean;
}

export const notice = signal<Notice | undefined>(undefined);

/** Whether the browser has stored the page for use without a network. */
export const isStoredOffline = signal(false);

/** Loads the newer version of the page that is ready. */
export const loadUpdate = signal<(() => void) | undefined>(undefined);

/** Enters a phase: the notice of the one before it is out of date. */
export function enterPhase(next: Phase): void {
  batch(() => {
    notice.value = undefined;
    phase.value = next;
  });
}

/** Reports something that went wrong, while all else goes on. */
export function reportProblem(text: string): void {
  notice.value = { text: `${text}.`, failed: false };
}

/** Reports that this drawing could not be read. */
export function reportUnread(reason: string): void {
  notice.value = { text: `This drawing could not be read (${reason}).`, failed: true };
}
