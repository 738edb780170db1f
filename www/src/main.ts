// The page: joins the pad, the engine, and what is seen of them.

import { AuditPanel } from "./audit/panel";
import { VaultFacts } from "./audit/vault";
import { Engine, type Remedy } from "./engine";
import { Ink } from "./ink";
import { ModelChoice } from "./models/choice";
import { Pad } from "./pad";
import { joinPanels } from "./panels";
import { Recogniser } from "./recogniser";
import { Teaching } from "./teaching";
import { AnswerView } from "./view/answer";
import { find } from "./view/dom";
import { EvaluatorView } from "./view/evaluator";
import { PlaceView } from "./view/place";
import { Preview } from "./view/preview";
import { StatusView } from "./view/status";
import { TakeView } from "./view/take";
import { WireView } from "./view/wire";

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

const padFrame = find("pad-frame", HTMLElement);
const models = new ModelChoice(padFrame, {
  read: (model) => void engine.read(model),
  named(classes, invitation) {
    answer.name(classes);
    take.name(classes);
    status.invite(invitation);
  },
  taken() {
    pad.clear();
    ink.clear();
  },
  outdated: takenBack,
  failed: (error) => status.unchosen(error),
});

const engine = new Engine(models.chosen, {
  phase(phase) {
    failed = phase.name === "failed";
    status.phase(phase);
    models.phase(phase);
    if (phase.name === "ready") {
      facts.refresh();
      recogniser.retry();
      teaching.ready();
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
  evaluatorStarted(place) {
    evaluator.started(place);
    models.started(place);
  },
  crossing(crossing) {
    wire.note(crossing);
    evaluator.note(crossing);
    audit.note(crossing);
  },
});

const recogniser = new Recogniser(
  {
    pixels: () => models.sample.pixels ?? ink.pixels(),
    ready: () => engine.ready,
    recognise: (pixels) => engine.recognise(pixels),
  },
  {
    blank() {
      preview.show(undefined);
      evaluator.clear();
      answer.idle();
      take.offer(undefined);
      teaching.changed();
    },
    waiting: () => (failed ? answer.error() : answer.working()),
    image(pixels) {
      preview.show(pixels);
      teaching.changed();
    },
    recognised(recognition, totalMs, final) {
      const { scores, report } = recognition;
      if (final) teaching.recognised(recognition, totalMs);
      status.phase({ name: "ready" });
      answer.show(scores, final);
      take.offer(final ? recognition : undefined);
      evaluator.report(report, totalMs);
      models.recognised(scores, report, totalMs);
    },
    failed(error) {
      status.unread(error);
      answer.error();
    },
  },
);

const teaching = new Teaching({
  engine,
  log: audit.log,
  pixels: () => models.sample.pixels ?? ink.pixels(),
});

const pad = new Pad(find("pad", HTMLCanvasElement), {
  begin(point) {
    models.sample.clear();
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
  models.sample.clear();
  pad.undo();
  ink.undo();
  takenBack();
}

function clear(): void {
  models.sample.clear();
  pad.clear();
  ink.clear();
  takenBack();
}

function takenBack(): void {
  padFrame.dataset.blank = String(pad.strokes.length === 0 && !models.sample.pixels);
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
joinPanels();
void models.named.then(() => engine.use(place.companion));
