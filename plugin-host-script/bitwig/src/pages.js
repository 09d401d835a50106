// A clip read and written page by page: the grid shows a part of it, and is scrolled to the next.
import { PAGE_STEPS, createCells } from "./cells.js";
import { PPQ, STEP_BEATS, beatsFromTicks } from "./grid.js";

/** A step where no clip has notes. */
var AWAY = 1000000;
/** How far a length may be from a whole number of ticks, as decimals are. */
var ON_GRID = 0.001;
/** Notes that are looked at in one go, and that are written. */
var READ_NOTES = 1000;
var WRITE_NOTES = 100;
/** Of the wait for a page: how long Bitwig reports nothing any more, and the most that is waited for that. */
var QUIET_SHARE = 1 / 3;
var MOST_WAITS = 10;

/**
 * @param {Clip} clip
 * @param {Desk} desk
 * @param {() => number} settleMs how long Bitwig takes to show another page, or what was written
 * @param {() => string} signature of the clip that is selected
 * @param {() => void} reported called when something of the clip was reported
 * @returns {Pages}
 */
export function createPages(clip, desk, settleMs, signature, reported) {
  var page = 0;
  /** The clip that was selected when the page was scrolled to. @type {string | null} */
  var shownOf = null;
  var turns = 0;
  var busy = 0;

  clip.setStepSize(STEP_BEATS);
  clip.scrollToKey(0);
  clip.scrollToStep(0);
  var cells = createCells(clip, reported);

  /** Until what was scrolled to has been reported. @param {() => void} done */
  function settle(done) {
    var left = MOST_WAITS;
    function look() {
      left -= 1;
      if (left > 0 && cells.quietMs() < settleMs() * QUIET_SHARE) desk.later(settleMs() * QUIET_SHARE, look);
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

  /**
   * A note off the grid starts up to a step after where it is seen, so it gets that step more: nothing shall be
   * written over its end.
   * @param {number} beats
   */
  function ticksOfDuration(beats) {
    var ticks = Math.max(1, Math.round(beats * PPQ));
    return Math.abs(ticks - beats * PPQ) < ON_GRID ? ticks : Math.ceil(beats * PPQ) + 1;
  }

  /** @param {import("./cells.js").Cell} cell @returns {Note | null} */
  function noteAt(cell) {
    var step = cells.look(cell);
    if (step === null) return null;
    return {
      startTick: page * PAGE_STEPS + cell.x,
      durationTicks: ticksOfDuration(step.duration()),
      pitch: cell.y,
      velocity: Math.min(127, Math.max(1, Math.round(step.velocity() * 127))),
      channel: cell.channel,
      isMuted: step.isMuted(),
      isSelected: step.isIsSelected()
    };
  }

  /**
   * Do something with each of a list, so many in one go that Bitwig does not wait.
   * @template Item
   * @param {Item[]} items @param {number} most @param {() => boolean} isGivenUp
   * @param {(item: Item) => void} work @param {() => void} done called in the end in any case
   */
  function inSlices(items, most, isGivenUp, work, done) {
    var index = 0;
    function slice() {
      var until = Math.min(items.length, index + most);
      for (; index < until && !isGivenUp(); index++) work(items[index]);
      if (isGivenUp() || index >= items.length) done();
      else desk.later(1, slice);
    }
    slice();
  }

  /**
   * One page after the other.
   * @param {number[]} wanted
   * @param {() => boolean} isGivenUp
   * @param {(page: number, done: () => void) => void} work
   * @param {() => void} done
   */
  function each(wanted, isGivenUp, work, done) {
    busy += 1;
    var index = 0;
    function next() {
      if (isGivenUp() || index >= wanted.length) {
        busy -= 1;
        if (!isGivenUp()) done();
        return;
      }
      show(wanted[index], function () {
        work(wanted[index], function () {
          index += 1;
          // Not from within itself, however many pages there are.
          desk.later(1, next);
        });
      });
    }
    next();
  }

  return {
    isBusy: function () {
      return busy > 0;
    },
    read: function (span, isGivenUp, progressed, done) {
      /** @type {Note[]} */
      var found = [];
      /** @type {number[]} */
      var wanted = [];
      var last = Math.floor((span.endTick - 1) / PAGE_STEPS);
      for (var index = Math.floor(span.startTick / PAGE_STEPS); index <= last; index++) wanted.push(index);
      each(
        wanted,
        isGivenUp,
        function (shown, pageDone) {
          var first = shown * PAGE_STEPS;
          var end = Math.min(PAGE_STEPS, span.endTick - first);
          inSlices(
            cells.between(Math.max(0, span.startTick - first), end),
            READ_NOTES,
            isGivenUp,
            function (cell) {
              var note = noteAt(cell);
              if (note !== null) found.push(note);
            },
            function () {
              progressed((first + end - span.startTick) / (span.endTick - span.startTick));
              pageDone();
            }
          );
        },
        function () {
          done(found);
        }
      );
    },
    write: function (removed, added, isGivenUp, done) {
      // All of what goes before any of what comes: a new note may sound into the next page.
      put(
        removed,
        function (note, x) {
          clip.clearStep(note.channel, x, note.pitch);
        },
        isGivenUp,
        function () {
          put(
            added,
            function (note, x) {
              clip.setStep(note.channel, x, note.pitch, note.velocity, beatsFromTicks(note.durationTicks));
              cells.add(note.channel, x, note.pitch);
            },
            isGivenUp,
            function () {
              settle(done);
            }
          );
        }
      );
    }
  };

  /**
   * @param {Note[]} notes
   * @param {(note: Note, x: number) => void} write one of them
   * @param {() => boolean} isGivenUp
   * @param {() => void} done
   */
  function put(notes, write, isGivenUp, done) {
    /** @type {{ [page: string]: Note[] }} */
    var byPage = {};
    /** @type {number[]} */
    var wanted = [];
    notes.forEach(function (note) {
      var index = Math.floor(note.startTick / PAGE_STEPS);
      if (!byPage[index]) {
        byPage[index] = [];
        wanted.push(index);
      }
      byPage[index].push(note);
    });
    each(
      wanted,
      isGivenUp,
      function (shown, pageDone) {
        inSlices(
          byPage[shown],
          WRITE_NOTES,
          isGivenUp,
          function (note) {
            write(note, note.startTick - shown * PAGE_STEPS);
          },
          pageDone
        );
      },
      done
    );
  }
}
