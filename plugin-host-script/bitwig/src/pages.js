// Reads and writes a clip page by page: the grid shows a part of it, and is scrolled to the next.
import { PAGE_STEPS, createCells } from "./cells.js";
import { PPQ, STEP_BEATS, beatsFromTicks } from "./grid.js";
import { createScrolling } from "./scrolling.js";
import { inSlices } from "./slices.js";

/** How far a length may be from a whole number of ticks, as decimals are. */
var ON_GRID = 0.001;
/** Notes that are looked at in one go, and that are written. */
var READ_NOTES = 1000;
var WRITE_NOTES = 100;

/**
 * @param {Clip} clip
 * @param {Desk} desk
 * @param {() => number} settleMs how long Bitwig takes to show another page, or what was written
 * @param {() => string} signature of the clip that is selected
 * @param {() => void} reported called when something of the clip was reported
 * @returns {Pages}
 */
export function createPages(clip, desk, settleMs, signature, reported) {
  clip.setStepSize(STEP_BEATS);
  clip.scrollToKey(0);
  clip.scrollToStep(0);
  var cells = createCells(clip, reported);
  var scrolling = createScrolling(clip, desk, settleMs, cells.quietMs, signature);
  var turning = createTurning(desk, scrolling.show);
  return {
    isBusy: turning.isBusy,
    read: createReading(desk, cells, turning.each).read,
    write: createWriter(clip, desk, cells, scrolling.settle, turning.each).write
  };
}

/**
 * @typedef {ReturnType<typeof createCells>} Cells
 * @typedef {(
 *   wanted: number[], isGivenUp: () => boolean, work: (page: number, done: () => void) => void, done: () => void
 * ) => void} EachPage
 */

/**
 * Pages one after the other.
 * @param {Desk} desk @param {(page: number, done: () => void) => void} show
 */
function createTurning(desk, show) {
  var busy = 0;

  /** @type {EachPage} */
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
    each: each,
    isBusy: function () {
      return busy > 0;
    }
  };
}

/** @param {Desk} desk @param {Cells} cells @param {EachPage} each */
function createReading(desk, cells, each) {
  /** @type {Pages["read"]} */
  function read(span, isGivenUp, progressed, done) {
    /** @type {Note[]} */
    var found = [];

    /** @param {number} page @param {() => void} pageDone */
    function readPage(page, pageDone) {
      var first = page * PAGE_STEPS;
      var end = Math.min(PAGE_STEPS, span.endTick - first);

      /** @param {import("./cells.js").Cell} cell */
      function readCell(cell) {
        var note = noteAt(cells, page, cell);
        if (note !== null) found.push(note);
      }
      inSlices(desk, cells.between(Math.max(0, span.startTick - first), end), READ_NOTES, isGivenUp, readCell, function () {
        progressed((first + end - span.startTick) / (span.endTick - span.startTick));
        pageDone();
      });
    }
    each(pagesOf(span), isGivenUp, readPage, function () {
      done(found);
    });
  }
  return { read: read };
}

/** @param {Clip} clip @param {Desk} desk @param {Cells} cells @param {(done: () => void) => void} settle @param {EachPage} each */
function createWriter(clip, desk, cells, settle, each) {
  /** @param {Note} note @param {number} x */
  function clear(note, x) {
    clip.clearStep(note.channel, x, note.pitch);
  }

  /** @param {Note} note @param {number} x */
  function set(note, x) {
    clip.setStep(note.channel, x, note.pitch, note.velocity, beatsFromTicks(note.durationTicks));
    cells.add(note.channel, x, note.pitch);
  }

  /**
   * @param {Note[]} notes
   * @param {(note: Note, x: number) => void} write one of them
   * @param {() => boolean} isGivenUp
   * @param {() => void} done
   */
  function put(notes, write, isGivenUp, done) {
    var pages = byPage(notes);

    /** @param {number} page @param {() => void} pageDone */
    function putPage(page, pageDone) {
      /** @param {Note} note */
      function putNote(note) {
        write(note, note.startTick - page * PAGE_STEPS);
      }
      inSlices(desk, pages.notes[page], WRITE_NOTES, isGivenUp, putNote, pageDone);
    }
    each(pages.wanted, isGivenUp, putPage, done);
  }

  return {
    /** @type {Pages["write"]} */
    write: function (removed, added, isGivenUp, done) {
      // All of what goes before any of what comes: a new note may sound into the next page.
      put(removed, clear, isGivenUp, function () {
        put(added, set, isGivenUp, function () {
          settle(done);
        });
      });
    }
  };
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

/** @param {Cells} cells @param {number} page @param {import("./cells.js").Cell} cell @returns {Note | null} */
function noteAt(cells, page, cell) {
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

/** The pages that hold a span. @param {Span} span */
function pagesOf(span) {
  /** @type {number[]} */
  var wanted = [];
  var last = Math.floor((span.endTick - 1) / PAGE_STEPS);
  for (var index = Math.floor(span.startTick / PAGE_STEPS); index <= last; index++) wanted.push(index);
  return wanted;
}

/** @param {Note[]} notes */
function byPage(notes) {
  /** @type {{ [page: string]: Note[] }} */
  var found = {};
  /** @type {number[]} */
  var wanted = [];
  notes.forEach(function (note) {
    var index = Math.floor(note.startTick / PAGE_STEPS);
    if (!found[index]) {
      found[index] = [];
      wanted.push(index);
    }
    found[index].push(note);
  });
  return { notes: found, wanted: wanted };
}
