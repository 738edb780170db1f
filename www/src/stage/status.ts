// What the page is doing, in plain words; and where something failed, a way on.

import { find } from "../dom/find";
import type { Phase, Remedy } from "../evaluator/engine";
import { messageOf } from "../util/errors";
import { bytes, seconds } from "../util/format";

type State = "loading" | "keys" | "ready" | "error";

export class StatusView {
  readonly #text = find("status", HTMLElement);
  readonly #progress = find("progress", HTMLProgressElement);
  readonly #progressText = find("progress-text", HTMLElement);
  readonly #retry = find("retry", HTMLButtonElement);
  readonly #custody = find("custody", HTMLElement);
  readonly #custodyText = find("custody-text", HTMLElement);
  #remedy: Remedy | "recognise" = "start";
  /** What the visitor can do once all is ready. */
  #invitation = "Draw a digit: it is encrypted here, and read encrypted.";

  /** `retry` is called when the visitor wants to try again: to start, or to have this one read. */
  constructor(retry: (remedy: Remedy | "recognise") => void) {
    this.#retry.addEventListener("click", () => retry(this.#remedy));
  }

  phase(phase: Phase): void {
    switch (phase.name) {
      case "loading": {
        const { what, arrived } = phase;
        this.#say("loading", `Loading the ${what}. You can draw already.`);
        const { total } = arrived;
        const of = total === undefined ? "" : ` of ${bytes(total)}`;
        return this.#measure(
          total === undefined ? undefined : arrived.bytes / total,
          `${bytes(arrived.bytes)}${of}`,
        );
      }
      case "keys": {
        const { made, total, again } = phase;
        const why =
          again === undefined ? "" : `The evaluator stopped (${again}). Here is another. `;
        this.#say("keys", `${why}Making keys for the evaluator. You can draw already.`);
        return this.#measure(total > 0 ? made / total : 0, `${made} of ${total}`);
      }
      case "resting": {
        const { again, afterMs } = phase;
        const when = afterMs > 0 ? ` in ${seconds(afterMs)}` : "";
        this.#say(
          "loading",
          `The evaluator stopped (${again}). Another one is started${when}; your drawing stays.`,
        );
        return;
      }
      case "upload": {
        const { sent, total } = phase;
        this.#say("keys", "Sending the evaluation keys to the companion. You can draw already.");
        return this.#measure(sent / total, `${bytes(sent)} of ${bytes(total)}`);
      }
      case "ready":
        return this.#say("ready", `Ready. ${this.#invitation}`);
      case "failed":
        return this.#complain(phase.reason, phase.remedy);
    }
  }

  /** What the visitor can do from now on, once all is ready, as a sentence. */
  invite(invitation: string): void {
    this.#invitation = invitation;
  }

  /** There is a secret key, and it is here. */
  secretKeyMade(): void {
    this.#custody.dataset.state = "present";
    this.#custodyText.textContent = "secret key: made here, stays here";
  }

  /** There is none any more. */
  secretKeyWiped(): void {
    this.#custody.dataset.state = "absent";
    this.#custodyText.textContent = "secret key: none";
  }

  /** One drawing could not be read. */
  unread(error: unknown): void {
    this.#complain(`this drawing could not be read (${messageOf(error)})`, "recognise");
  }

  /** The scores could not be taken along. */
  untaken(error: unknown): void {
    this.#say("ready", `The scores cannot be taken along: ${messageOf(error)}.`);
  }

  /** Another network could not be had. */
  unchosen(error: unknown): void {
    this.#say("ready", `The network stays the one it was: ${messageOf(error)}.`);
  }

  #complain(reason: string, remedy: Remedy | "recognise"): void {
    this.#remedy = remedy;
    this.#retry.textContent = remedy === "reload" ? "Load the page again" : "Try again";
    this.#say("error", `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
  }

  #say(state: State, text: string): void {
    this.#text.dataset.state = state;
    // It is read out whenever it is set.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#progress.hidden = this.#progressText.hidden = true;
    this.#retry.hidden = state !== "error";
  }

  /** Without a share: it goes on, and nobody knows how far. */
  #measure(share: number | undefined, text: string): void {
    if (share === undefined) this.#progress.removeAttribute("value");
    else this.#progress.value = share;
    this.#progressText.textContent = text;
    this.#progress.hidden = this.#progressText.hidden = false;
  }
}
