// Signals: values that effects follow.

import { effect, type Signal, untracked } from "@preact/signals-core";

export { batch, effect, type Signal, signal } from "@preact/signals-core";

/** Runs `work` whenever one of `signals` has changed, and not before. */
export function onChange(signals: readonly Signal<unknown>[], work: () => void): void {
  let first = true;
  effect(() => {
    for (const each of signals) each.value;
    if (!first) untracked(work);
    first = false;
  });
}
