// Pauses long work of the main thread.

/**
 * Lets the browser handle input and paint before the work goes on. The rest is background work:
 * with `scheduler.yield` it would delay the next frame by up to a tenth of a second.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    if ("scheduler" in globalThis) void scheduler.postTask(resolve, { priority: "background" });
    else setTimeout(resolve);
  });
}
