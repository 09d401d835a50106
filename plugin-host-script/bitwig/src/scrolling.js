// Scrolls the grid to a page of a clip, and waits until Bitwig has reported it.
import { PAGE_STEPS } from "./cells.js";

/** A step where no clip has notes. */
var AWAY = 1000000;
/** Of the wait for a page: how long Bitwig reports nothing any more, and the most that is waited for that. */
var QUIET_SHARE = 1 / 3;
var MOST_WAITS = 10;

/**
 * @param {Clip} clip
 * @param {Desk} desk
 * @param {() => number} settleMs how long Bitwig takes to show another page, or what was written
 * @param {() => number} quietMs how long nothing of the clip was reported
 * @param {() => string} signature of the clip that is selected
 */
export function createScrolling(clip, desk, settleMs, quietMs, signature) {
  var page = 0;
  /** The clip that was selected when the page was scrolled to. @type {string | null} */
  var shownOf = null;
  var turns = 0;

  /** Until what was scrolled to has been reported. @param {() => void} done */
  function settle(done) {
    var left = MOST_WAITS;
    function look() {
      left -= 1;
      if (left > 0 && quietMs() < settleMs() * QUIET_SHARE) desk.later(settleMs() * QUIET_SHARE, look);
      else done();
    }
    desk.later(settleMs(), look);
  }

  /**
   * Scroll, and go on in `there`; in `elsewhere` where it was scrolled again meanwhile.
   * @param {number} step @param {() => void} there @param {() => void} elsewhere
   */
  function scroll(step, there, elsewhere) {
    turns += 1;
    var turn = turns;
    shownOf = null;
    clip.scrollToStep(step);
    settle(function () {
      if (turn === turns) there();
      else elsewhere();
    });
  }

  /** @param {number} wanted @param {() => void} done called in any case: who scrolls elsewhere has given this up */
  function show(wanted, done) {
    var clipShown = signature();
    var isKnown = shownOf === clipShown;
    if (isKnown && wanted === page) {
      done();
      return;
    }
    function toPage() {
      page = wanted;
      scroll(
        wanted * PAGE_STEPS,
        function () {
          shownOf = clipShown;
          done();
        },
        done
      );
    }
    if (isKnown) toPage();
    else scroll(AWAY, toPage, done);
  }

  return { settle: settle, show: show };
}
