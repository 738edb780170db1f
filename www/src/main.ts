// The page: joins the pad, the engine, and what is seen of them.

import { AuditPanel } from "./audit/panel";
import { VaultFacts } from "./audit/vault";
import { Engine, type Remedy } from "./engine";
import { Ink } from "./ink";
import { KeyboardPen } from "./keyboard-pen";
import { keepOffline } from "./offline";
import { Pad, type Stroke } from "./pad";
import { Recogniser } from "./recogniser";
import { brush } from "./settings";
import { AnswerView } from "./view/answer";
import { offerBrushes } from "./view/brushes";
import { listenToKeys, offerControls } from "./view/controls";
import { find } from "./view/dom";
import { EvaluatorView } from "./view/evaluator";
import { PastView } from "./view/past";
import { PlaceView } from "./view/place";
import { Preview } from "./view/preview";
import { SamplesView } from "./view/samples";
import { StatusView } from "./view/status";
import { TakeView } from "./view/take";
import { TheirsView } from "./view/theirs";
import { applySettings } from "./view/theme";
import { UpdateView } from "./view/update";
import { WireView } from "./view/wire";
import { Writer } from "./writer";

applySettings();
const answer = new AnswerView();
const preview = new Preview();
const wire = new WireView();
const evaluator = new EvaluatorView();
const theirs = new TheirsView(evaluator.noise);
const status = new StatusView(tryAgain);
const take = new TakeView((error) => status.untaken(error));
const audit = new AuditPanel();
const facts = new VaultFacts();
const update = new UpdateView();
const past = new PastView(bringBack);
const ink = new Ink();
/** Whether nothing can be read until the visitor tries again. */
let failed = false;
/** Whether the page has been able to read at all. */
let begun = false;

const engine = new Engine({
  phase(phase) {
    failed = phase.name === "failed";
    status.phase(phase);
    if (phase.name === "ready") {
      facts.refresh();
      recogniser.retry();
      if (!begun) void keepOffline(update);
      begun = true;
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
    theirs.note(crossing);
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
      theirs.clear();
      answer.idle();
      take.offer(undefined);
    },
    waiting: () => (failed ? answer.error() : answer.working()),
    image: (pixels) => preview.show(pixels),
    recognised(recognition, totalMs, final) {
      const { scores, report } = recognition;
      status.phase({ name: "ready" });
      const digit = answer.show(scores, final);
      const pixels = ink.pixels();
      if (final && pixels) past.read(pad.strokes, pixels, digit);
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
const padCanvas = find("pad", HTMLCanvasElement);
const pad = new Pad(padCanvas, {
  touched: () => writer.finish(),
  begin(point, width) {
    padFrame.dataset.blank = "false";
    ink.begin(point, width);
    recogniser.grown();
  },
  extend(points) {
    ink.extend(points);
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

function undo(): void {
  writer.stop();
  pad.undo();
  ink.undo();
  takenBack();
  if (pad.strokes.length === 0) past.takenBack();
}

function clear(): void {
  writer.stop();
  pad.clear();
  ink.clear();
  takenBack();
  past.next();
}

function takenBack(): void {
  keyboardPen.lost();
  padFrame.dataset.blank = String(pad.strokes.length === 0);
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
  nextBrush: () => brush.set(brush.value === "thin" ? "normal" : brush.value === "normal" ? "thick" : "thin"),
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

const place = new PlaceView((companion) => void engine.use(companion));
void engine.use(place.companion);
