// The page: joins the pad, the engine, and what is seen of them.

import { AuditPanel } from "./audit/panel";
import { VaultFacts } from "./audit/vault";
import { Engine, type Remedy } from "./engine";
import { Ink } from "./ink";
import { Pad } from "./pad";
import { Recogniser } from "./recogniser";
import { AnswerView } from "./view/answer";
import { find } from "./view/dom";
import { EvaluatorView } from "./view/evaluator";
import { PlaceView } from "./view/place";
import { Preview } from "./view/preview";
import { StatusView } from "./view/status";
import { TakeView } from "./view/take";
import { applySettings } from "./view/theme";
import { WireView } from "./view/wire";

applySettings();
const answer = new AnswerView();
const preview = new Preview();
const wire = new WireView();
const evaluator = new EvaluatorView();
const status = new StatusView(tryAgain);
const take = new TakeView((error) => status.untaken(error));
const audit = new AuditPanel();
const facts = new VaultFacts();
const ink = new Ink();
/** Whether nothing can be read until the visitor tries again. */
let failed = false;

const engine = new Engine({
  phase(phase) {
    failed = phase.name === "failed";
    status.phase(phase);
    if (phase.name === "ready") {
      facts.refresh();
      recogniser.retry();
    }
    if (failed || phase.name === "resting") evaluator.stopped();
    if (failed) answer.error();
  },
  loaded(vault) {
    facts.loaded(vault);
    ink.attach(vault.script, pad.strokes);
    recogniser.retry();
  },
  secretKeyMade() {
    status.secretKeyMade();
    facts.keyMade();
  },
  secretKeyWiped() {
    status.secretKeyWiped();
    facts.keyWiped();
  },
  evaluatorStarted: (place) => evaluator.started(place),
  crossing(crossing) {
    wire.note(crossing);
    evaluator.note(crossing);
    audit.note(crossing);
  },
});

const recogniser = new Recogniser(
  {
    pixels: () => ink.pixels(),
    ready: () => engine.ready,
    recognise: (pixels) => engine.recognise(pixels),
  },
  {
    blank() {
      preview.show(undefined);
      evaluator.clear();
      answer.idle();
      take.offer(undefined);
    },
    waiting: () => (failed ? answer.error() : answer.working()),
    image: (pixels) => preview.show(pixels),
    recognised(recognition, totalMs, final) {
      const { scores, report } = recognition;
      status.phase({ name: "ready" });
      answer.show(scores, final);
      take.offer(final ? recognition : undefined);
      evaluator.report(report, totalMs);
    },
    failed(error) {
      status.unread(error);
      answer.error();
    },
  },
);

const padFrame = find("pad-frame", HTMLElement);
const pad = new Pad(find("pad", HTMLCanvasElement), {
  begin(point) {
    padFrame.dataset.blank = "false";
    ink.begin(point);
    recogniser.grown();
  },
  extend(points) {
    ink.extend(points);
    recogniser.grown();
  },
  end: () => recogniser.lifted(),
});

function undo(): void {
  pad.undo();
  ink.undo();
  takenBack();
}

function clear(): void {
  pad.clear();
  ink.clear();
  takenBack();
}

function takenBack(): void {
  padFrame.dataset.blank = String(pad.strokes.length === 0);
  recogniser.takenBack();
}

function tryAgain(remedy: Remedy | "recognise"): void {
  if (remedy === "reload") location.reload();
  else if (remedy === "start") void engine.start();
  else recogniser.retry();
}

find("undo", HTMLButtonElement).addEventListener("click", undo);
find("clear", HTMLButtonElement).addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) undo();
  else return;
  event.preventDefault();
});

// Whoever leaves takes no key along; who comes back to the page as it was gets another one.
addEventListener("pagehide", () => engine.stop());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) void engine.start();
});

const place = new PlaceView((companion) => void engine.use(companion));
void engine.use(place.companion);
