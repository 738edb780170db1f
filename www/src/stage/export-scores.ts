// Copies and saves the scores. The vault adds noise and rounds them first: exact ones would reveal
// something about the key to anybody who also has the ciphertexts.

import { find } from "../dom/find";
import { saveFile } from "../dom/save-file";
import type { Recognition, ReleasedScores } from "../evaluator/recognition";
import { effect } from "../state/signal";
import { exportable, hasKey, reportProblem, task } from "../state/store";
import { argmax } from "../util/argmax";
import { messageOf } from "../util/errors";

export function offerExport(): void {
  const offer = find("export", HTMLElement);
  effect(() => {
    offer.dataset.offered = String(exportable.value !== undefined);
  });
  const copy = find("copy", HTMLButtonElement);
  // Browsers have a clipboard only for pages that came over a secure connection.
  copy.hidden = !("clipboard" in navigator);
  const save = find("save", HTMLButtonElement);
  // They belong to a key, which is wiped when the evaluator changes. A button that is disabled by
  // its attribute could not say that.
  let wiped: Recognition | undefined;
  effect(() => {
    if (hasKey.value === false) wiped = exportable.peek();
    const isWiped = exportable.value !== undefined && exportable.value === wiped;
    for (const each of [copy, save]) each.setAttribute("aria-disabled", String(isWiped));
  });
  const label = copy.textContent;
  copy.addEventListener("click", () =>
    release(async (scores) => {
      await navigator.clipboard.writeText(toText(scores, classNames()));
      copy.textContent = "Copied";
      setTimeout(() => {
        copy.textContent = label;
      }, 1500);
    }),
  );
  save.addEventListener("click", () =>
    release((scores) => saveFile("inkognito-scores.json", toJson(scores, classNames()))),
  );
}

async function release(use: (scores: ReleasedScores) => void | Promise<void>): Promise<void> {
  if (!exportable.value) return;
  try {
    await use(exportable.value.release());
  } catch (error) {
    reportProblem(`The scores cannot be exported: ${messageOf(error)}`);
  }
}

/** Returns the classes' names; the ten digits need none. */
function classNames(): readonly string[] {
  const classes = task.value?.classes ?? [];
  return classes.some((name) => name.length > 1) ? classes : [];
}

/** Returns the best class by the released scores, so that it reveals nothing more. */
function best({ scores }: ReleasedScores): number {
  return argmax(scores);
}

function toText(released: ReleasedScores, names: readonly string[]): string {
  const { scores, deviation, grid } = released;
  const nameOf = (index: number) => names[index] ?? String(index);
  const list = Array.from(scores, (score, index) => `${nameOf(index)}: ${score}`).join(", ");
  return (
    `Inkognito reads ${nameOf(best(released))}. Scores ${list} ` +
    `(rounded to ${grid}, with noise of standard deviation ${deviation.toFixed(2)} added)`
  );
}

function toJson(released: ReleasedScores, names: readonly string[]): string {
  const { scores, deviation, grid } = released;
  const index = best(released);
  const read = names.length > 0 ? { class: names[index], classes: names } : { digit: index };
  return JSON.stringify({ ...read, scores: [...scores], noiseDeviation: deviation, grid });
}
