// The button that keeps notes: they stay in later fills, until it is pressed for them again.
import { isHeard } from "./fills.js";
import { isEmpty } from "./region.js";

/**
 * @typedef {import("./stage.js").Run} Run
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof import("./verdict.js").createVerdict>} Verdict
 */

/** @param {Stage} stage @param {Verdict} verdict */
export function createKeeping(stage, verdict) {
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
      verdict.accept(view, notes);
      var isKept = stage.locks.toggle(view.id(), selected);
      var count = selected.length === 1 ? "1 note is " : selected.length + " notes are ";
      stage.finish(run, count + (isKept ? "kept in later fills." : "no longer kept."));
    });
  }

  return { keep: keep };
}
