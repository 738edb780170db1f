// The page: joins the pad, the engine, and what is seen of them.

import { find } from "./dom/find";
import { offerBrushes } from "./drawing/brush-picker";
import { HistoryView } from "./drawing/history";
import { KeyboardPen } from "./drawing/keyboard-pen";
import { Pad, type Stroke } from "./drawing/pad";
import { Preview } from "./drawing/preview";
import { SamplesView } from "./drawing/sample-picker";
import { Writer } from "./drawing/sample-writer";
import { Engine, type Remedy } from "./evaluator/engine";
import { Recogniser } from "./evaluator/recogniser";
import { ModelChoice } from "./models/choice";
import { keepOffline } from "./offline";
import { AuditPanel } from "./panels/audit/panel";
import { VaultFacts } from "./panels/audit/vault-facts";
import { joinPanels } from "./panels/clear-panels";
import { Teaching } from "./panels/teaching";
import { AnswerView } from "./stage/answer";
import { listenToKeys, offerControls } from "./stage/controls";
import { EvaluatorView } from "./stage/evaluator";
import { LocationView } from "./stage/evaluator-location";
import { TheirsView } from "./stage/evaluators-view";
import { ExportScoresView } from "./stage/export-scores";
import { applySettings } from "./stage/page-settings";
import { StatusView } from "./stage/status";
import { UpdateView } from "./stage/update";
import { WireView } from "./stage/wire";
import { brush } from "./state/settings";
import { Ink } from "./vault/ink";

applySettings();
const answer = new AnswerView();
const preview = new Preview(pixels);
const wire = new WireView();
const evaluator = new EvaluatorView();
const theirs = new TheirsView(evaluator.noise);
const status = new StatusView(tryAgain);
const take = new ExportScoresView((error) => status.untaken(error));
const audit = new AuditPanel();
const facts = new VaultFacts();
const update = new UpdateView();
const past = new HistoryView(bringBack);
const ink = new Ink();
/** Whether nothing can be read until the visitor tries again. */
let failed = false;
/** Whether the page has been able to read at all. */
let begun = false;

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
      if (!begun) void keepOffline(update);
      begun = true;
    }
    if (failed || phase.name === "resting") evaluator.stopped();
    if (failed) answer.error();
  },
  loaded(vault) {
    facts.loaded(vault);
    ink.attach(vault.script, pad.strokes);
    imageChanged();
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
    theirs.note(crossing);
    audit.note(crossing);
  },
});

const recogniser = new Recogniser(
  {
    pixels,
    ready: () => engine.ready,
    free: () => engine.free(),
    recognise: (pixels) => engine.recognise(pixels),
  },
  {
    blank() {
      evaluator.clear();
      theirs.clear();
      answer.idle();
      take.offer(undefined);
    },
    waiting: () => (failed ? answer.error() : answer.working()),
    recognised(recognition, totalMs, final) {
      const { scores, report } = recognition;
      if (final) teaching.recognised(recognition, totalMs);
      status.phase({ name: "ready" });
      const digit = answer.show(scores, final);
      const drawn = final ? ink.pixels() : undefined;
      if (drawn) past.read(pad.strokes, drawn, digit);
      take.offer(final ? recognition : undefined);
      evaluator.report(report, totalMs);
      theirs.show();
      if (final) wire.answered();
      models.recognised(scores, report, totalMs);
    },
    failed(error) {
      status.unread(error);
      answer.error();
    },
  },
);

const teaching = new Teaching({ engine, log: audit.log, pixels });

const padCanvas = find("pad", HTMLCanvasElement);
const pad = new Pad(padCanvas, {
  touched: () => writer.finish(),
  begin(point, width) {
    models.sample.clear();
    if (padFrame.dataset.blank !== "false") padFrame.dataset.blank = "false";
    ink.begin(point, width);
    imageChanged();
    recogniser.grown();
  },
  extend(points) {
    ink.extend(points);
    imageChanged();
    recogniser.grown();
  },
  end: () => recogniser.lifted(),
});
const writer = new Writer(pad, (writing) => (padFrame.dataset.writing = String(writing)));
const keyboardPen = new KeyboardPen(padCanvas, pad, () => writer.finish());
const samples = new SamplesView((strokes) => {
  clear();
  writer.write(strokes);
});
offerBrushes((width) => (pad.width = width));
offerControls();

/** What is to be read, or nothing where there is no ink. */
function pixels(): Float32Array | undefined {
  return models.sample.pixels ?? ink.pixels();
}

function imageChanged(): void {
  preview.changed();
  teaching.changed();
}

function undo(): void {
  models.sample.clear();
  writer.stop();
  pad.undo();
  ink.undo();
  takenBack();
  if (pad.strokes.length === 0) past.takenBack();
}

function clear(): void {
  models.sample.clear();
  writer.stop();
  pad.clear();
  ink.clear();
  takenBack();
  past.next();
}

function takenBack(): void {
  keyboardPen.lost();
  padFrame.dataset.blank = String(pad.strokes.length === 0 && !models.sample.pixels);
  imageChanged();
  recogniser.takenBack();
}

/** Lays strokes onto the pad as they were drawn. */
function bringBack(strokes: readonly Stroke[]): void {
  clear();
  for (const { points, width } of strokes) {
    const [first, ...others] = points;
    if (!first) continue;
    pad.begin(first, width);
    pad.extend(others);
  }
  pad.end();
}

function tryAgain(remedy: Remedy | "recognise"): void {
  if (remedy === "reload") location.reload();
  else if (remedy === "start") void engine.start();
  else recogniser.retry();
}

find("undo", HTMLButtonElement).addEventListener("click", undo);
find("clear", HTMLButtonElement).addEventListener("click", clear);
listenToKeys({
  undo,
  clear,
  nextBrush: () =>
    brush.set(brush.value === "thin" ? "normal" : brush.value === "normal" ? "thick" : "thin"),
  sample: (digit) => samples.choose(digit),
});

// Whoever leaves takes no key along, and leaves no drawing that is done with; who comes back to the page as it was gets
// another key.
addEventListener("pagehide", () => {
  engine.stop();
  past.forget();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) void engine.start();
});

const place = new LocationView((companion) => void engine.use(companion));
joinPanels();
void models.named.then(() => engine.use(place.companion));
