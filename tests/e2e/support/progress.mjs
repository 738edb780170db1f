// Records what the page shows of its progress while it loads. The recording starts before the page
// does: on a fast machine loading may be over before a test could ask.

/** Starts the recording. To be called before the page loads. */
export async function recordProgress(page) {
  await page.addInitScript(() => {
    globalThis.progressMessages = new Set();
    addEventListener("DOMContentLoaded", () => {
      const find = (id) => document.getElementById(id);
      const [status, progress] = ["status", "progress-text"].map(find);
      const record = () => progressMessages.add(`${status.textContent} ${progress.textContent}`);
      new MutationObserver(record).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
  });
}

/** Returns all that was shown so far, one message a line: what the page does, and how far it is. */
export function recordedProgress(page) {
  return page.evaluate(() => [...progressMessages].join("\n"));
}
