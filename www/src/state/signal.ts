// Signals: values that others follow. The names and the meaning are those of @preact/signals-core,
// of which this is the part that the page needs.

/** A value. Reading it within an effect makes the effect run again whenever the value changes. */
export interface Signal<T> {
  value: T;
  /** Reads the value without following it. */
  peek(): T;
}

interface Effect {
  readonly run: () => void;
  /** The followers of each signal that the last run read, this effect among them. */
  readonly followed: Set<Set<Effect>>;
}

/** The effect that runs now. */
let running: Effect | undefined;
/** How many batches are open. */
let batches = 0;
const waiting = new Set<Effect>();

export function signal<T>(initial: T): Signal<T> {
  const followers = new Set<Effect>();
  let current = initial;
  return {
    get value() {
      if (running) {
        followers.add(running);
        running.followed.add(followers);
      }
      return current;
    },
    set value(next) {
      if (Object.is(next, current)) return;
      current = next;
      batch(() => {
        for (const effect of followers) waiting.add(effect);
      });
    },
    peek: () => current,
  };
}

/** Runs `work` now, and again whenever a signal that its last run has read has changed. */
export function effect(work: () => void): void {
  const effect: Effect = {
    followed: new Set(),
    run() {
      for (const followers of effect.followed) followers.delete(effect);
      effect.followed.clear();
      runFor(work, effect);
    },
  };
  effect.run();
}

/** Runs `work` whenever one of `signals` has changed, and not before. */
export function onChange(signals: readonly Signal<unknown>[], work: () => void): void {
  let first = true;
  effect(() => {
    for (const each of signals) each.value;
    if (!first) runFor(work);
    first = false;
  });
}

/** Runs `work`; then each effect that follows something which `work` has changed, once. */
export function batch(work: () => void): void {
  batches += 1;
  try {
    work();
    // Effects may change signals in turn: their effects are added to the end.
    if (batches > 1) return;
    for (const each of waiting) {
      waiting.delete(each);
      each.run();
    }
  } finally {
    batches -= 1;
  }
}

/** Runs `work` on behalf of `effect`, or of none. */
function runFor(work: () => void, effect?: Effect): void {
  const outer = running;
  running = effect;
  try {
    work();
  } finally {
    running = outer;
  }
}
