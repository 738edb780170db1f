// The page: joins the pad, the engine, the recogniser and the views.

import { find } from "./dom/find";
import { nextBrush, showBrushes } from "./drawing/brush-picker";
import { HistoryView } from "./drawing/history";
import { KeyboardPen } from "./drawing/keyboard-pen";
import { Pad, type Stroke } from "./drawing/pad";
import { showPreview } from "./drawing/preview";
import { SamplePicker } from "./drawing/sample-picker";
import { SampleWriter } from "./drawing/sample-writer";
import { showTestImage } from "./drawing/test-image";
import { Engine } from "./evaluator/engine";
import { Recogniser } from "./evaluator/recogniser";
import type { Recognition } from "./evaluator/recognition";
import { ModelChoice } from "./models/model-choice";
import { storeOffline } from "./offline";
import { AuditPanel } from "./panels/audit/panel";
import { showVaultFacts } from "./panels/audit/vault-facts";
import { registerPanels } from "./panels/register";
import { AnswerView } from "./stage/answer";
import { listenToKeys, showControls } from "./stage/controls";
import { EvaluatorView } from "./stage/evaluator";
import { showEvaluatorLocation } from "./stage/evaluator-location";
import { EvaluatorsView } from "./stage/evaluators-view";
import { offerExport } from "./stage/export-scores";
import { applySettings } from "./stage/page-settings";
import { type Retry, StatusView } from "./stage/status";
import { showUpdates } from "./stage/update";
import { WireView } from "./stage/wire";
import { companion, companionUrl, model } from "./state/settings";
import { batch, effect, onChange } from "./state/signal";
import {
  answer,
  evaluation,
  exportable,
  imageVersion,
  isPadBlank,
  isWriting,
  lastRead,
  loadedVault,
  notice,
  phase,
  reading,
  reportUnread,
  shownScores,
  testImage,
} from "./state/store";
import { messageOf } from "./util/errors";
import { Ink } from "./vault/ink";

// Views, in the order in which they follow a change.
applySettings();
new StatusView(retry);
new AnswerView();
const evaluator = new EvaluatorView();
const evaluatorsView = new EvaluatorsView(evaluator.image);
const wire = new WireView();
const audit = new AuditPanel();
showVaultFacts();
showUpdates();
offerExport();
showControls();
showEvaluatorLocation();
showPreview(pixels);
const history = new HistoryView(restore);

const padFrame = find("pad-frame", HTMLElement);
const padCanvas = find("pad", HTMLCanvasElement);
showTestImage(padFrame);
effect(() => {
  padFrame.dataset.blank = String(isPadBlank.value);
});
effect(() => {
  padFrame.dataset.writing = String(isWriting.value);
});

const ink = new Ink();

const engine = new Engine(model.value, (message) => {
  wire.show(message);
  evaluator.show(message);
  evaluatorsView.show(message);
  audit.log.add(message);
});

const models = new ModelChoice({
  read: (model) => void engine.read(model),
  clearDrawing() {
    pad.clear();
    ink.clear();
  },
  outdated: imageReplaced,
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
      batch(() => {
        reading.value = "idle";
        shownScores.value = undefined;
        evaluation.value = undefined;
        exportable.value = undefined;
      });
    },
    waiting() {
      if (phase.value?.name === "failed") showNoAnswer();
      else reading.value = "working";
    },
    recognised: showRecognition,
    failed(error) {
      reportUnread(messageOf(error));
      showNoAnswer();
    },
  },
);

const pad = new Pad(padCanvas, {
  touched: () => writer.finish(),
  begin(point, width) {
    testImage.value = undefined;
    isPadBlank.value = false;
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
  unmeant: undo,
});
const writer = new SampleWriter(pad);
const keyboardPen = new KeyboardPen(padCanvas, pad, () => writer.finish());
const samples = new SamplePicker((strokes) => {
  clear();
  writer.write(strokes);
});
showBrushes((width) => {
  pad.width = width;
});

registerPanels({ engine, log: audit.log, models, pixels });

onChange([loadedVault], () => {
  if (loadedVault.value) ink.attach(loadedVault.value.script, pad.strokes);
  imageChanged();
  recogniser.retry();
});
onChange([phase], () => {
  if (phase.value?.name === "failed") showNoAnswer();
  if (phase.value?.name !== "ready") return;
  recogniser.retry();
  void storeOffline();
});

/** Returns the image to read, or nothing where there is none. */
function pixels(): Float32Array | undefined {
  return testImage.peek()?.pixels ?? ink.pixels();
}

function imageChanged(): void {
  batch(() => {
    answer.value = undefined;
    imageVersion.value += 1;
  });
}

/** The image is another one, or has less ink. */
function imageReplaced(): void {
  keyboardPen.cancel();
  isPadBlank.value = pad.strokes.length === 0 && !testImage.value;
  imageChanged();
  recogniser.takenBack();
}

function showRecognition(recognition: Recognition, totalMs: number, final: boolean): void {
  const { scores, report } = recognition;
  batch(() => {
    if (final) answer.value = { recognition, totalMs };
    notice.value = undefined;
    shownScores.value = { scores, final };
    reading.value = final ? "ready" : "working";
    exportable.value = final ? recognition : undefined;
    evaluation.value = { report, totalMs };
    models.recognised(recognition, totalMs);
  });
  if (!final) return;
  const drawing = ink.pixels();
  if (drawing) history.record(pad.strokes, drawing, lastRead.value?.class ?? "");
  wire.flyAnswer();
}

function showNoAnswer(): void {
  batch(() => {
    shownScores.value = undefined;
    reading.value = "error";
  });
}

function undo(): void {
  testImage.value = undefined;
  writer.stop();
  pad.undo();
  ink.undo();
  imageReplaced();
  if (pad.strokes.length === 0) history.removeCurrent();
}

function clear(): void {
  testImage.value = undefined;
  writer.stop();
  pad.clear();
  ink.clear();
  imageReplaced();
  history.finishCurrent();
}

/** Lays strokes onto the pad as they were drawn. */
function restore(strokes: readonly Stroke[]): void {
  clear();
  for (const { points, width } of strokes) {
    const [first, ...others] = points;
    if (!first) continue;
    pad.begin(first, width);
    pad.extend(others);
  }
  pad.end();
}

function retry(remedy: Retry): void {
  if (remedy === "reload") location.reload();
  else if (remedy === "start") void engine.start();
  else recogniser.retry();
}

find("undo", HTMLButtonElement).addEventListener("click", undo);
find("clear", HTMLButtonElement).addEventListener("click", clear);
listenToKeys({ undo, clear, nextBrush, writeSample: (digit) => samples.choose(digit) });

// When the visitor leaves, the key and the drawings that are done are wiped. When the browser
// brings the page back from its cache, it makes another key.
addEventListener("pagehide", () => {
  engine.stop();
  history.wipe();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) void engine.start();
});

onChange([companion], () => void engine.use(companionUrl()));
void models.named.then(() => engine.use(companionUrl()));
