// The button that keeps notes in later fills, until it is pressed for them again.
import { isHeard } from "./fills.js";
import { isEmpty } from "./region.js";

/**
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof import("./verdict.js").createVerdict>} Verdict
 */

/** @param {Stage} stage @param {Verdict} verdict */
export function createKeeping(stage, verdict) {
  function keep() {
    var action = stage.begin();
    if (action === null) return;
    var view = stage.viewFor(action, null);
    if (view === null) return;
    var span = stage.spanToRead(view, null) || stage.spanToRead(view, view.loop());
    if (span === null || isEmpty(span)) stage.finish(action, "The clip has no notes to keep.");
    else keepSelected(action, view, span);
  }

  /** @param {Action} action @param {View} view @param {Span} span */
  function keepSelected(action, view, span) {
    stage.read(action, view, span, function (notes) {
      var selected = notes.filter(function (note) {
        return note.isSelected && isHeard(note);
      });
      if (selected.length === 0) {
        stage.finish(action, "Select the notes to keep first.");
        return;
      }
      verdict.accept(view, notes);
      var isKept = stage.locks.toggle(view.id(), selected);
      var count = selected.length === 1 ? "1 note is " : selected.length + " notes are ";
      stage.finish(action, count + (isKept ? "kept in later fills." : "no longer kept."));
    });
  }

  return { keep: keep };
}
