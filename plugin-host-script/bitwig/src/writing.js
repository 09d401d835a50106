// Writes a candidate into the clip, or into a copy of it: only if the notes are unchanged, or if the musician was
// warned and continued.
import { ROLL, candidatesOf, inside, isHeard, wantedNotes } from "./fills.js";
import { ticksOfBar } from "./grid.js";
import { textOf, without } from "./notes.js";
import { barsOf, holds, overlap, widened } from "./region.js";
import { NOTHING } from "./messages.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 */

/** @param {import("./stage.js").Stage} stage */
export function createWriting(stage) {
  /**
   * Write a candidate if the region is as it was, or if the musician was warned that it is not and continued.
   * @param {Action} action @param {View} view @param {Fill} fill @param {number} index
   */
  function offer(action, view, fill, index) {
    var isForced = fill.isQuestioned;
    var span = overlap(isForced ? widened(fill.region, ticksOfBar(4, 1)) : fill.region, view.span());
    if (!holds(view.span(), fill.region)) {
      stage.finish(action, "This clip has no " + barsOf(fill.region, fill.meter) + "." + NOTHING);
      return;
    }
    stage.read(action, view, span, function (notes) {
      var text = textOf(inside(notes, fill.region));
      var isKnown = text === fill.sentText || text === fill.writtenText;
      if (!isKnown && !isForced) {
        fill.isQuestioned = true;
        stage.finish(action, 'The clip changed meanwhile; nothing was written. "Fill again" writes anyway.');
        return;
      }
      var locked = isKnown ? null : stage.locks.locked(view.id(), inside(notes, fill.region).filter(isHeard));
      var isOurs = text === fill.writtenText || (fill.isOurs && view.id() === fill.clipId);
      var isCopy = stage.parts.settings().isCopying() && view.kind === "launcher" && !isOurs;
      if (isCopy) copyFirst(action, view, fill, index, notes, locked);
      else write(action, view, fill, index, notes, locked);
    });
  }

  /**
   * @param {Action} action @param {View} view @param {Fill} fill @param {number} index @param {Note[]} notes
   * @param {Note[] | null} locked
   */
  function copyFirst(action, view, fill, index, notes, locked) {
    var from = view.id();
    stage.parts.copy(
      view,
      function () {
        return action.isOver;
      },
      function (problem) {
        if (problem !== null) {
          stage.finish(action, problem + NOTHING);
          return;
        }
        stage.locks.copy(from, view.id());
        stage.read(action, view, fill.region, function (copied) {
          if (textOf(inside(copied, fill.region)) === textOf(inside(notes, fill.region))) {
            write(action, view, fill, index, notes, locked);
          } else {
            stage.finish(action, "The copy differs from the clip; no note was written.");
          }
        });
      }
    );
  }

  /**
   * @param {Action} action @param {View} view @param {Fill} fill @param {number} index @param {Note[]} notes
   * @param {Note[] | null} locked
   */
  function write(action, view, fill, index, notes, locked) {
    var wanted = wantedNotes(fill, index, notes, locked);
    var standing = inside(notes, fill.region);
    var signature = view.signature();
    action.isWriting = true;
    view.pages.write(
      without(standing.filter(isHeard), wanted),
      without(wanted, standing),
      function () {
        if (view.signature() === signature) return false;
        stage.finish(action, "Another clip was selected while notes were written; undo removes those written so far.");
        return true;
      },
      function () {
        stage.read(action, view, fill.region, function (now) {
          var found = inside(now, fill.region);
          fill.index = index;
          fill.writtenText = textOf(found);
          fill.writtenId = view.id();
          fill.isQuestioned = false;
          // The page itself tells which candidates were kept.
          fill.isSettled = fill.mode === ROLL;
          stage.finish(action, success(fill, without(wanted, found).length));
        });
      }
    );
  }

  /** @param {Fill} fill @param {number} missing */
  function success(fill, missing) {
    var where = barsOf(fill.region, fill.meter);
    if (missing > 0) return "Bitwig did not take " + missing + " notes of " + where + "; undo takes back the others.";
    if (fill.mode === ROLL) return "Written from the piano roll: " + where + ".";
    var text = "Filled " + where + ", candidate " + (fill.index + 1) + " of " + candidatesOf(fill) + ".";
    var warning = fill.index === 0 && fill.result.warnings[0];
    return warning ? text + " " + warning.message : text;
  }

  return { offer: offer };
}
