// The status line: what the page is doing, and what the visitor can do where something failed.

import { find, setText } from "../dom/find";
import type { Phase, Remedy } from "../evaluator/phase";
import { effect } from "../state/signal";
import { hasKey, notice, phase, task } from "../state/store";
import { bytes, seconds } from "../util/format";

/** What trying again does: start the engine, load the page, or recognise this drawing. */
export type Retry = Remedy | "recognise";

/** Until the network is known. */
const INVITATION = "Draw a digit. It stays encrypted while it is read.";

type State = "loading" | "keys" | "ready" | "error";

export class StatusView {
  readonly #text = find("status", HTMLElement);
  readonly #progress = find("progress", HTMLProgressElement);
  readonly #progressText = find("progress-text", HTMLElement);
  readonly #retry = find("retry", HTMLButtonElement);
  #remedy: Retry = "start";

  /** `retry` is called when the visitor wants to try again. */
  constructor(retry: (remedy: Retry) => void) {
    this.#retry.addEventListener("click", () => retry(this.#remedy));
    effect(() => {
      if (notice.value) {
        const { text, failed } = notice.value;
        if (failed) this.#fail(text, "recognise");
        else this.#say("ready", text);
      } else if (phase.value) this.#showPhase(phase.value);
    });
    const [custody, custodyText] = [
      find("custody", HTMLElement),
      find("custody-text", HTMLElement),
    ];
    effect(() => {
      const isPresent = hasKey.value;
      if (isPresent === undefined) return;
      custody.dataset.state = isPresent ? "present" : "absent";
      custodyText.textContent = `secret key: ${isPresent ? "made here, stays here" : "none"}`;
    });
  }

  #showPhase(phase: Phase): void {
    switch (phase.name) {
      case "loading": {
        const { bytes: loaded, total } = phase.progress;
        this.#say("loading", `Loading the ${phase.what}. You can draw already.`);
        const of = total === undefined ? "" : ` of ${bytes(total)}`;
        this.#showProgress(total && loaded / total, `${bytes(loaded)}${of}`);
        return;
      }
      case "keys": {
        const { made, total, reason } = phase;
        const why =
          reason === undefined ? "" : `The evaluator stopped (${reason}) and was replaced. `;
        this.#say("keys", `${why}Making keys for the evaluator. You can draw already.`);
        this.#showProgress(total > 0 ? made / total : 0, `${made} of ${total}`);
        return;
      }
      case "waiting": {
        const { reason, delayMs } = phase;
        const when = delayMs > 0 ? ` in ${seconds(delayMs)}` : "";
        this.#say(
          "loading",
          `The evaluator stopped (${reason}). Another one starts${when}. Your drawing stays.`,
        );
        return;
      }
      case "upload": {
        const { sent, total } = phase;
        this.#say("keys", "Sending the evaluation keys to the companion. You can draw already.");
        this.#showProgress(sent / total, `${bytes(sent)} of ${bytes(total)}`);
        return;
      }
      case "ready":
        this.#say("ready", `Ready. ${task.peek()?.invitation ?? INVITATION}`);
        return;
      case "failed":
        this.#fail(
          `${phase.reason.charAt(0).toUpperCase()}${phase.reason.slice(1)}.`,
          phase.remedy,
        );
    }
  }

  #fail(text: string, remedy: Retry): void {
    this.#remedy = remedy;
    this.#retry.textContent = remedy === "reload" ? "Reload the page" : "Try again";
    this.#say("error", text);
  }

  #say(state: State, text: string): void {
    this.#text.dataset.state = state;
    // Screen readers announce a text whenever it is set.
    setText(this.#text, text);
    this.#progress.hidden = this.#progressText.hidden = true;
    this.#retry.hidden = state !== "error";
  }

  /** Shows a share from 0 to 1, or without one that something goes on. */
  #showProgress(share: number | undefined, text: string): void {
    if (share === undefined) this.#progress.removeAttribute("value");
    else this.#progress.value = share;
    this.#progressText.textContent = text;
    this.#progress.hidden = this.#progressText.hidden = false;
  }
}
