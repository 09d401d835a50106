// A clip seen through its grid of steps: read and written page by page, a little at a time, so that Bitwig never
// waits. Bitwig tells no note that changed for certain, so whatever must be right is read anew, cell by cell.
import { PPQ, STEP_BEATS, beatsFromTicks } from "./grid.js";

/** Eight bars of 4/4: most clips need no scrolling, which takes time. */
export var PAGE_STEPS = 32 * PPQ;
var KEYS = 128;
/** How far a length may be from a whole number of ticks, as decimals are. */
var ON_GRID = 0.001;
/** Cells that are looked at in one go, and notes that are written. */
var READ_CELLS = 12288;
var WRITE_NOTES = 100;

/**
 * @param {Clip} clip
 * @param {Desk} desk
 * @param {() => number} settleMs how long Bitwig takes to show another page, or what was written
 * @returns {Pages}
 */
export function createPages(clip, desk, settleMs) {
  var page = 0;
  var isSettled = true;
  var turns = 0;
  var busy = 0;
  /** Channels on which a note was ever seen; others are not looked at. */
  var channels = [0];

  clip.setStepSize(STEP_BEATS);
  clip.scrollToKey(0);
  clip.scrollToStep(0);
  clip.addNoteStepObserver(function (step) {
    var channel = step.channel();
    if (channels.indexOf(channel) < 0) channels.push(channel);
  });

  /** @param {number} wanted @param {() => void} done */
  function show(wanted, done) {
    if (wanted === page && isSettled) {
      done();
      return;
    }
    page = wanted;
    isSettled = false;
    turns += 1;
    var turn = turns;
    clip.scrollToStep(page * PAGE_STEPS);
    desk.later(settleMs(), function () {
      if (turn === turns) isSettled = true;
      done();
    });
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

  /** @param {number} channel @param {number} x @param {number} y @returns {Note | null} */
  function noteAt(channel, x, y) {
    var step = clip.getStep(channel, x, y);
    if (String(step.state()) !== "NoteOn") return null;
    return {
      startTick: page * PAGE_STEPS + x,
      durationTicks: ticksOfDuration(step.duration()),
      pitch: y,
      velocity: Math.min(127, Math.max(1, Math.round(step.velocity() * 127))),
      channel: channel,
      isMuted: step.isMuted(),
      isSelected: step.isIsSelected()
    };
  }

  /** Columns [from, to) of the page that is shown. @param {number} from @param {number} to @param {Note[]} found */
  function readColumns(from, to, found) {
    for (var x = from; x < to; x++) {
      for (var i = 0; i < channels.length; i++) {
        for (var y = 0; y < KEYS; y++) {
          var note = noteAt(channels[i], x, y);
          if (note !== null) found.push(note);
        }
      }
    }
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
          next();
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
          var column = Math.max(0, span.startTick - first);
          var end = Math.min(PAGE_STEPS, span.endTick - first);
          function slice() {
            if (isGivenUp() || column >= end) {
              pageDone();
              return;
            }
            var until = Math.min(end, column + Math.ceil(READ_CELLS / (KEYS * channels.length)));
            readColumns(column, until, found);
            column = until;
            progressed((first + column - span.startTick) / (span.endTick - span.startTick));
            desk.later(1, slice);
          }
          slice();
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
              var beats = beatsFromTicks(note.durationTicks);
              clip.setStep(note.channel, x, note.pitch, note.velocity, beats);
              if (channels.indexOf(note.channel) < 0) channels.push(note.channel);
            },
            isGivenUp,
            function () {
              desk.later(settleMs(), done);
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
        var index = 0;
        function slice() {
          if (isGivenUp() || index >= byPage[shown].length) {
            pageDone();
            return;
          }
          var until = Math.min(byPage[shown].length, index + WRITE_NOTES);
          for (; index < until; index++) {
            var note = byPage[shown][index];
            write(note, note.startTick - shown * PAGE_STEPS);
          }
          desk.later(1, slice);
        }
        slice();
      },
      done
    );
  }
}
