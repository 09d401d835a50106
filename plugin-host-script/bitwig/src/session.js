// What the buttons do.
import { createAsking } from "./asking.js";
import { createFilling } from "./filling.js";
import { createFillingAgain } from "./filling-again.js";
import { ROLL, candidatesOf, isNothing } from "./fills.js";
import { createKeeping } from "./keeping.js";
import { barsOf } from "./region.js";
import { NOTHING, createStage } from "./stage.js";
import { createVerdict } from "./verdict.js";
import { createWriting } from "./writing.js";

/**
 * @typedef {import("./stage.js").Run} Run
 */

/** @param {import("./stage.js").Parts} parts */
export function createSession(parts) {
  var stage = createStage(parts);
  var asking = createAsking(stage, arrived);
  var writing = createWriting(stage);
  var verdict = createVerdict(stage, asking);
  var filling = createFilling(stage, asking, verdict);

  /** @param {Run} run @param {any} result */
  function arrived(run, result) {
    var fill = run.fill;
    if (fill === null) return;
    fill.result = result;
    stage.last = fill;
    if (candidatesOf(fill) === 0 || (fill.mode !== ROLL && isNothing(fill, 0))) {
      stage.finish(run, "The model found no notes that fit " + barsOf(fill.region, fill.meter) + "." + NOTHING);
      return;
    }
    var view = fill.view;
    if (view.signature() === fill.signature) {
      writing.offer(run, view, fill, 0);
      return;
    }
    fill.isQuestioned = true;
    var hint = '"Fill again" writes into the clip that is selected then.';
    stage.finish(run, "Another clip was selected meanwhile; nothing was written. " + hint);
  }

  function cancel() {
    var run = stage.running();
    if (run === null) {
      stage.say("Nothing is running.");
    } else if (run.isWriting) {
      stage.say("The notes are being written; undo takes them back.");
    } else {
      if (run.fill !== null && run.fill.jobId !== "") {
        asking.tell("fill/cancel", { jobId: run.fill.jobId });
      }
      stage.finish(run, "Cancelled." + NOTHING);
    }
  }

  return {
    fill: filling.fill.bind(null, "fill"),
    continueOn: filling.fill.bind(null, "continue"),
    vary: filling.fill.bind(null, "vary"),
    roll: filling.fill.bind(null, ROLL),
    again: createFillingAgain(stage, asking, writing, verdict).again,
    keep: createKeeping(stage, verdict).keep,
    cancel: cancel,
    close: asking.close
  };
}
