// What the buttons do.
import { createAsking } from "./asking.js";
import { ROLL, candidatesOf, inside, isHeard, isNothing } from "./fills.js";
import { textOf } from "./notes.js";
import { barsOf, holds, isEmpty, overlap, spanAfter, spanOfBars, spanOfNotes } from "./region.js";
import { NOTHING, createStage } from "./stage.js";
import { createWriting } from "./writing.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Run} Run
 */

/** @param {import("./stage.js").Parts} parts */
export function createSession(parts) {
  var stage = createStage(parts);
  var asking = createAsking(stage, arrived);
  var writing = createWriting(stage);

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

  /** @param {View} view @param {Note[]} notes @param {string} mode @returns {Span} */
  function regionOf(view, notes, mode) {
    var selected = notes.filter(function (note) {
      return note.isSelected && stage.locks.locked(view.id(), [note]).length === 0;
    });
    // Bitwig has no selection of time: what comes after is where the selected notes, or all, end.
    if (mode === "continue") return spanAfter(selected.length > 0 ? selected : notes, view.span(), stage.meter());
    var span = spanOfNotes(selected);
    return span !== null ? overlap(span, view.span()) : view.loop();
  }

  /** @param {string} mode */
  function fill(mode) {
    var run = stage.begin();
    if (run === null) return;
    if (stage.last !== null) stage.last.isQuestioned = false;
    var view = stage.viewFor(run, null);
    if (view === null) return;
    var bars = stage.parts.settings().bars();
    var set = bars === null ? null : overlap(spanOfBars(bars, stage.meter()), view.span());
    var span = set !== null && isEmpty(set) ? set : stage.spanToRead(view, set);
    if (span === null) {
      stage.finish(run, 'The clip is too long to look for selected notes: set "Region" to bars.' + NOTHING);
      return;
    }
    if (isEmpty(span)) {
      stage.finish(run, "The clip has no such bars." + NOTHING);
      return;
    }
    fillIn(run, view, span, set, mode);
  }

  /** @param {Run} run @param {View} view @param {Span} span @param {Span | null} set @param {string} mode */
  function fillIn(run, view, span, set, mode) {
    stage.read(run, view, span, function (notes) {
      var region = set !== null ? set : regionOf(view, notes, mode);
      if (isEmpty(region)) {
        stage.finish(run, "There is no room after the last note: make the clip longer, or set bars." + NOTHING);
        return;
      }
      if (!isOfLast(view, region)) settle(view, notes);
      asking.ask(run, view, mode, region, notes, null);
    });
  }

  /**
   * Is it the last fill's region? Then another fill there says nothing about the last one's notes.
   * @param {View} view @param {Span} region
   */
  function isOfLast(view, region) {
    if (stage.last === null || !stage.isOf(stage.last, view)) return false;
    return stage.last.region.startTick === region.startTick && stage.last.region.endTick === region.endTick;
  }

  /** Tell the daemon which candidate was kept. @param {View | null} view @param {Note[]} notes that are there now */
  function settle(view, notes) {
    if (stage.last === null || stage.last.isSettled || stage.last.writtenText === null) return;
    stage.last.isSettled = true;
    // From another clip it can't be seen whether the notes still stand.
    var isThere = view !== null && view.id() === stage.last.writtenId;
    if (isThere && textOf(inside(notes, stage.last.region)) !== stage.last.writtenText) return;
    asking.tell("fill/accept", { jobId: stage.last.jobId, candidate: stage.last.index });
  }

  function again() {
    if (stage.last === null) {
      stage.say('There is no fill yet: press "Fill".');
      return;
    }
    var run = stage.begin();
    if (run === null) return;
    var fill = stage.last;
    var view = stage.viewFor(run, fill);
    if (view === null) return;
    if (fill.isQuestioned) {
      writing.offer(run, view, fill, fill.index + 1 < candidatesOf(fill) ? fill.index + 1 : 0);
      return;
    }
    nextOf(run, view, fill);
  }

  /** @param {Run} run @param {View} view @param {Fill} fill */
  function nextOf(run, view, fill) {
    if (!holds(view.span(), fill.region)) {
      stage.finish(run, "This clip has no " + barsOf(fill.region, fill.meter) + "." + NOTHING);
      return;
    }
    stage.read(run, view, fill.region, function (notes) {
      var standing = inside(notes, fill.region);
      var text = textOf(standing);
      var areLocksOld = textOf(stage.locks.locked(view.id(), standing.filter(isHeard))) === fill.lockedText;
      if (areLocksOld && fill.index + 1 < candidatesOf(fill)) {
        writing.offer(run, view, fill, fill.index + 1);
      } else if (text !== fill.sentText && text !== fill.writtenText) {
        stage.finish(run, 'The clip changed since the last fill: press "Fill" for another.' + NOTHING);
      } else {
        askAnew(run, view, fill, areLocksOld);
      }
    });
  }

  /**
   * @param {Run} run @param {View} view @param {Fill} fill
   * @param {boolean} isRejected none of its candidates was right
   */
  function askAnew(run, view, fill, isRejected) {
    var span = stage.spanToRead(view, fill.region);
    if (span === null) return;
    if (isRejected && !fill.isSettled) asking.tell("fill/reject", { jobId: fill.jobId });
    fill.isSettled = true;
    stage.read(run, view, span, function (notes) {
      // What came from the roll is the musician's own: another fill starts from it.
      asking.ask(run, view, fill.mode === ROLL ? "fill" : fill.mode, fill.region, notes, fill);
    });
  }

  function keep() {
    var run = stage.begin();
    if (run === null) return;
    var view = stage.viewFor(run, null);
    if (view === null) return;
    var span = stage.spanToRead(view, null) || stage.spanToRead(view, view.loop());
    if (span === null || isEmpty(span)) stage.finish(run, "The clip has no notes to keep.");
    else keepSelected(run, view, span);
  }

  /** @param {Run} run @param {View} view @param {Span} span */
  function keepSelected(run, view, span) {
    stage.read(run, view, span, function (notes) {
      var selected = notes.filter(function (note) {
        return note.isSelected && isHeard(note);
      });
      if (selected.length === 0) {
        stage.finish(run, "Select the notes to keep first.");
        return;
      }
      settle(view, notes);
      var isKept = stage.locks.toggle(view.id(), selected);
      var count = selected.length === 1 ? "1 note is " : selected.length + " notes are ";
      stage.finish(run, count + (isKept ? "kept in later fills." : "no longer kept."));
    });
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
    fill: fill.bind(null, "fill"),
    continueOn: fill.bind(null, "continue"),
    vary: fill.bind(null, "vary"),
    roll: fill.bind(null, ROLL),
    again: again,
    keep: keep,
    cancel: cancel,
    close: asking.close
  };
}
