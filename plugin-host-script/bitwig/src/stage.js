// The running action, one at a time: started by a button, ended by one message. And the clip access that actions share.
import { ticksOfBar } from "./grid.js";
import { createLocks } from "./locks.js";
import { CONTEXT_BARS, SEARCHED_BARS, overlap, widened } from "./region.js";

export var NOTHING = " Nothing was changed.";
/** Between two words about how far something is. */
var SAY_MS = 700;

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {{ isOver: boolean, isAsking: boolean, isWriting: boolean, fill: Fill | null, quiet: number }} Run
 * @typedef {{
 *   desk: Desk, preferences: Preferences, settings: () => ScriptSettings, transport: Transport,
 *   clips: { current: (kind: string) => View | null },
 *   copy: (view: View, isGivenUp: () => boolean, done: (problem: string | null) => void) => void
 * }} Parts
 * @typedef {ReturnType<typeof createStage>} Stage
 */

/** @param {Parts} parts */
export function createStage(parts) {
  var desk = parts.desk;
  /** @type {Run | null} */
  var current = null;
  var saidAt = 0;

  /** @returns {Run | null} null where one runs already */
  function begin() {
    if (current !== null) {
      desk.say('It is working; "Cancel" stops it.');
      return null;
    }
    current = { isOver: false, isAsking: false, isWriting: false, fill: null, quiet: 0 };
    saidAt = new Date().getTime();
    return current;
  }

  /** @param {Run} run @param {string} message */
  function finish(run, message) {
    if (run.isOver) return;
    run.isOver = true;
    current = null;
    desk.say(message);
  }

  /** @param {string} text */
  function sayNowAndThen(text) {
    var now = new Date().getTime();
    if (now - saidAt < SAY_MS) return;
    saidAt = now;
    desk.say(text);
  }

  /**
   * The clip that is meant: where it is still selected, that of a fill, else the musician's.
   * @param {Run} run @param {Fill | null} fill @returns {View | null}
   */
  function viewFor(run, fill) {
    var view = fill !== null && fill.view.exists() && isOf(fill, fill.view) ? fill.view : null;
    if (view === null) view = parts.clips.current(parts.settings().kind());
    if (view === null) finish(run, "Select a note clip first.");
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

  /** @param {Run} run @param {View} view @param {Span} span @param {(notes: Note[]) => void} done */
  function read(run, view, span, done) {
    var signature = view.signature();
    view.pages.read(
      span,
      function () {
        return run.isOver;
      },
      function (fraction) {
        sayNowAndThen("Reading the clip: " + Math.round(100 * fraction) + " %");
      },
      function (notes) {
        if (view.signature() === signature) done(notes);
        else finish(run, "Another clip was selected meanwhile." + NOTHING);
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

  return {
    parts: parts,
    locks: createLocks(),
    /** The last fill that was answered, written or not. @type {Fill | null} */
    last: null,
    running: function () {
      return current;
    },
    begin: begin,
    finish: finish,
    say: desk.say,
    sayNowAndThen: sayNowAndThen,
    viewFor: viewFor,
    isOf: isOf,
    meter: meter,
    read: read,
    spanToRead: spanToRead
  };
}
