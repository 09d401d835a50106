// The actions of the buttons.
import { createAsking } from "./asking.js";
import { createFilling } from "./filling.js";
import { createFillingAgain } from "./filling-again.js";
import { ROLL, candidatesOf, isNothing } from "./fills.js";
import { createKeeping } from "./keeping.js";
import { barsOf } from "./region.js";
import { NOTHING } from "./messages.js";
import { createStage } from "./stage.js";
import { createVerdict } from "./verdict.js";
import { createWriting } from "./writing.js";

/**
 * @typedef {import("./stage.js").Action} Action
 */

/** @param {import("./stage.js").Parts} parts */
export function createSession(parts) {
  var stage = createStage(parts);
  var asking = createAsking(stage, arrived);
  var writing = createWriting(stage);
  var verdict = createVerdict(stage, asking);
  var filling = createFilling(stage, asking, verdict);

  /** @param {Action} action @param {any} result */
  function arrived(action, result) {
    var fill = action.fill;
    if (fill === null) return;
    fill.result = result;
    stage.last = fill;
    if (candidatesOf(fill) === 0 || (fill.mode !== ROLL && isNothing(fill, 0))) {
      stage.finish(action, "The model found no notes that fit " + barsOf(fill.region, fill.meter) + "." + NOTHING);
      return;
    }
    var view = fill.view;
    if (view.signature() === fill.signature) {
      writing.offer(action, view, fill, 0);
      return;
    }
    fill.isQuestioned = true;
    var hint = '"Fill again" writes into the clip that is selected then.';
    stage.finish(action, "Another clip was selected meanwhile; nothing was written. " + hint);
  }

  function cancel() {
    var action = stage.running();
    if (action === null) {
      stage.say("Nothing is running.");
    } else if (action.isWriting) {
      stage.say("The notes are being written; undo takes them back.");
    } else {
      if (action.fill !== null && action.fill.jobId !== "") {
        asking.tell("fill/cancel", { jobId: action.fill.jobId });
      }
      stage.finish(action, "Cancelled." + NOTHING);
    }
  }

  return {
    fill: filling.fill.bind(null, "fill"),
    continueOn: filling.fill.bind(null, "continue"),
    vary: filling.fill.bind(null, "vary"),
    humanize: filling.fill.bind(null, "humanize"),
    roll: filling.fill.bind(null, ROLL),
    again: createFillingAgain(stage, asking, writing, verdict).again,
    keep: createKeeping(stage, verdict).keep,
    cancel: cancel,
    close: asking.close
  };
}
