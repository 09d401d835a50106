// The clip that an action works on: finds it, and reads its notes.
import { ticksOfBar } from "./grid.js";
import { NOTHING } from "./messages.js";
import { CONTEXT_BARS, SEARCHED_BARS, overlap, widened } from "./region.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 */

/**
 * @param {import("./stage.js").Parts} parts
 * @param {(action: Action, message: string) => void} finish
 * @param {(text: string) => void} sayNowAndThen
 */
export function createAccess(parts, finish, sayNowAndThen) {
  /**
   * The clip that is meant: where it is still selected, that of a fill, else the musician's.
   * @param {Action} action @param {Fill | null} fill @returns {View | null}
   */
  function viewFor(action, fill) {
    var view = fill !== null && fill.view.exists() && isOf(fill, fill.view) ? fill.view : null;
    if (view === null) view = parts.clips.current(parts.settings().kind());
    if (view === null) finish(action, "Select a note clip first.");
    return view;
  }

  /** @param {Fill} fill @param {View} view */
  function isOf(fill, view) {
    return view.id() === fill.clipId || view.id() === fill.writtenId;
  }

  /** @returns {Meter} */
  function meter() {
    var signature = parts.transport.timeSignature();
    return { numerator: signature.numerator().get(), denominator: signature.denominator().get() };
  }

  /** @param {Action} action @param {View} view @param {Span} span @param {(notes: Note[]) => void} done */
  function read(action, view, span, done) {
    var signature = view.signature();
    view.pages.read(
      span,
      function () {
        return action.isOver;
      },
      function (fraction) {
        sayNowAndThen("Reading the clip: " + Math.round(100 * fraction) + " %");
      },
      function (notes) {
        if (view.signature() === signature) done(notes);
        else finish(action, "Another clip was selected meanwhile." + NOTHING);
      }
    );
  }

  /** Around a region that is known, or all. @param {View} view @param {Span | null} region */
  function spanToRead(view, region) {
    var bar = ticksOfBar(meter().numerator, meter().denominator);
    var whole = view.span();
    if (region !== null) return overlap(widened(region, CONTEXT_BARS * bar), whole);
    return whole.endTick - whole.startTick > SEARCHED_BARS * bar ? null : whole;
  }

  return { viewFor: viewFor, isOf: isOf, meter: meter, read: read, spanToRead: spanToRead };
}
