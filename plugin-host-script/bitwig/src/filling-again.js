// The button that fills again: the next candidate, or another fill of the same region.
import { ROLL, candidatesOf, inside, isHeard } from "./fills.js";
import { textOf } from "./notes.js";
import { barsOf, holds } from "./region.js";
import { NOTHING } from "./messages.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof import("./asking.js").createAsking>} Asking
 * @typedef {ReturnType<typeof import("./verdict.js").createVerdict>} Verdict
 * @typedef {ReturnType<typeof import("./writing.js").createWriting>} Writing
 */

/** @param {Stage} stage @param {Asking} asking @param {Writing} writing @param {Verdict} verdict */
export function createFillingAgain(stage, asking, writing, verdict) {
  function again() {
    if (stage.last === null) {
      stage.say('There is no fill yet: press "Fill".');
      return;
    }
    var action = stage.begin();
    if (action === null) return;
    var fill = stage.last;
    var view = stage.viewFor(action, fill);
    if (view === null) return;
    if (fill.isQuestioned) {
      writing.offer(action, view, fill, fill.index + 1 < candidatesOf(fill) ? fill.index + 1 : 0);
      return;
    }
    nextOf(action, view, fill);
  }

  /** @param {Action} action @param {View} view @param {Fill} fill */
  function nextOf(action, view, fill) {
    if (!holds(view.span(), fill.region)) {
      stage.finish(action, "This clip has no " + barsOf(fill.region, fill.meter) + "." + NOTHING);
      return;
    }
    stage.read(action, view, fill.region, function (notes) {
      var standing = inside(notes, fill.region);
      var text = textOf(standing);
      var areLocksOld = textOf(stage.locks.locked(view.id(), standing.filter(isHeard))) === fill.lockedText;
      if (areLocksOld && fill.index + 1 < candidatesOf(fill)) {
        writing.offer(action, view, fill, fill.index + 1);
      } else if (text !== fill.sentText && text !== fill.writtenText) {
        stage.finish(action, 'The clip changed since the last fill: press "Fill" for another.' + NOTHING);
      } else {
        askAnew(action, view, fill, areLocksOld);
      }
    });
  }

  /**
   * @param {Action} action @param {View} view @param {Fill} fill
   * @param {boolean} isRejected none of its candidates was right
   */
  function askAnew(action, view, fill, isRejected) {
    var span = stage.spanToRead(view, fill.region);
    if (span === null) return;
    if (isRejected) verdict.reject(fill);
    fill.isSettled = true;
    stage.read(action, view, span, function (notes) {
      // What came from the roll is the musician's own: another fill starts from it.
      asking.ask(action, view, fill.mode === ROLL ? "fill" : fill.mode, fill.region, notes, fill);
    });
  }

  return { again: again };
}
