// Work that is done at most once a frame.

/** Returns a function that has `work` run in the next frame: once, however often it is called. */
export function onNextFrame(work: () => void): () => void {
  let isRequested = false;
  return () => {
    if (isRequested) return;
    isRequested = true;
    requestAnimationFrame(() => {
      isRequested = false;
      work();
    });
  };
}
