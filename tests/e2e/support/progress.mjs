// What the page says of its progress while it loads: noted from its first moment on, since on a
// fast machine loading may be over before a test could ask.

/** Given to a visitor to do before the page loads. */
export const noteProgress = (page) =>
  page.addInitScript(() => {
    globalThis.told = new Set();
    addEventListener("DOMContentLoaded", () => {
      const [status, progress] = ["status", "progress-text"].map((id) => document.getElementById(id));
      const note = () => told.add(`${status.textContent} ${progress.textContent}`);
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  });

/** All that was said so far, a line each: what is done, and how far it has come. */
export const progressTold = (page) => page.evaluate(() => [...told].join("\n"));
