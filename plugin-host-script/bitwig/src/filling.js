// The buttons that fill: in a region found in the clip, or set in bars.
import { isEmpty, overlap, spanAfter, spanOfBars, spanOfNotes } from "./region.js";
import { NOTHING } from "./messages.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof import("./asking.js").createAsking>} Asking
 * @typedef {ReturnType<typeof import("./verdict.js").createVerdict>} Verdict
 */

/** @param {Stage} stage @param {Asking} asking @param {Verdict} verdict */
export function createFilling(stage, asking, verdict) {
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
    var action = stage.begin();
    if (action === null) return;
    if (stage.last !== null) stage.last.isQuestioned = false;
    var view = stage.viewFor(action, null);
    if (view === null) return;
    var bars = stage.parts.settings().bars();
    var set = bars === null ? null : overlap(spanOfBars(bars, stage.meter()), view.span());
    var span = set !== null && isEmpty(set) ? set : stage.spanToRead(view, set);
    if (span === null) {
      stage.finish(action, 'The clip is too long to look for selected notes: set "Region" to bars.' + NOTHING);
      return;
    }
    if (isEmpty(span)) {
      stage.finish(action, "The clip has no such bars." + NOTHING);
      return;
    }
    fillIn(action, view, span, set, mode);
  }

  /** @param {Action} action @param {View} view @param {Span} span @param {Span | null} set @param {string} mode */
  function fillIn(action, view, span, set, mode) {
    stage.read(action, view, span, function (notes) {
      var region = set !== null ? set : regionOf(view, notes, mode);
      if (isEmpty(region)) {
        stage.finish(action, "There is no room after the last note: make the clip longer, or set bars." + NOTHING);
        return;
      }
      if (!isOfLast(view, region)) verdict.accept(view, notes);
      asking.ask(action, view, mode, region, notes, null);
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

  return { fill: fill };
}
