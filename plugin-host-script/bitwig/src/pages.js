// A clip seen through its grid of steps: read and written page by page, a little at a time, so that Bitwig never
// waits. Bitwig tells no note that changed for certain, so whatever must be right is read anew, cell by cell.
import { PPQ, STEP_BEATS, beatsFromTicks } from "./grid.js";

/** Eight bars of 4/4: most clips need no scrolling, which takes time. */
export var PAGE_STEPS = 32 * PPQ;
var KEYS = 128;
/** Cells that are looked at in one go, and notes that are written. */
var READ_CELLS = 24576;
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

  /** @param {number} channel @param {number} x @param {number} y @returns {Note | null} */
  function noteAt(channel, x, y) {
    var step = clip.getStep(channel, x, y);
    if (String(step.state()) !== "NoteOn") return null;
    return {
      startTick: page * PAGE_STEPS + x,
      durationTicks: Math.max(1, Math.round(step.duration() * PPQ)),
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
      /** @type {{ [page: string]: Array<{ note: Note, isNew: boolean }> }} */
      var work = {};
      /** @type {number[]} */
      var wanted = [];
      /** @param {Note[]} notes @param {boolean} isNew */
      function sort(notes, isNew) {
        for (var i = 0; i < notes.length; i++) {
          var index = Math.floor(notes[i].startTick / PAGE_STEPS);
          if (!work[index]) {
            work[index] = [];
            wanted.push(index);
          }
          work[index].push({ note: notes[i], isNew: isNew });
        }
      }
      sort(removed, false);
      sort(added, true);
      each(
        wanted,
        isGivenUp,
        function (shown, pageDone) {
          var index = 0;
          function slice() {
            if (isGivenUp() || index >= work[shown].length) {
              pageDone();
              return;
            }
            var until = Math.min(work[shown].length, index + WRITE_NOTES);
            for (; index < until; index++) put(work[shown][index].note, work[shown][index].isNew);
            desk.later(1, slice);
          }
          slice();
        },
        function () {
          desk.later(settleMs(), done);
        }
      );
      /** @param {Note} note @param {boolean} isNew */
      function put(note, isNew) {
        var x = note.startTick - page * PAGE_STEPS;
        if (isNew) {
          clip.setStep(note.channel, x, note.pitch, note.velocity, beatsFromTicks(note.durationTicks));
        } else {
          clip.clearStep(note.channel, x, note.pitch);
        }
        if (channels.indexOf(note.channel) < 0) channels.push(note.channel);
      }
    }
  };
}
