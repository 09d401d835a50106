// The grid through which a clip is seen: the cells that hold a note, as Bitwig reports it. What is shown when the
// script begins, or when another clip is selected, is reported reliably only after the grid was scrolled away and
// back; and changes of a note's properties, such as its selection, are not always reported. So known notes are read
// again where it matters, and cells reported as empty are not.

/** Public scripts have grids of up to this size. */
export var PAGE_STEPS = 512;
export var KEYS = 128;

/**
 * @typedef {{ channel: number, x: number, y: number }} Cell
 * @typedef {ReturnType<typeof createCells>} Cells
 */

/**
 * @param {Clip} clip
 * @param {() => void} reported called with each report
 */
export function createCells(clip, reported) {
  /** @type {{ [key: string]: Cell }} */
  var cells = {};
  var lastReport = 0;

  /** @param {number} channel @param {number} x @param {number} y */
  function add(channel, x, y) {
    cells[channel + " " + x + " " + y] = { channel: channel, x: x, y: y };
  }

  clip.addNoteStepObserver(function (step) {
    lastReport = new Date().getTime();
    if (isNote(step)) add(step.channel(), step.x(), step.y());
    else delete cells[step.channel() + " " + step.x() + " " + step.y()];
    reported();
  });

  return {
    /** A note that the script put there itself. */
    add: add,
    /** How long Bitwig has reported nothing. */
    quietMs: function () {
      return new Date().getTime() - lastReport;
    },
    /**
     * Cells of columns [from, to) that may hold a note, in any order.
     * @param {number} from @param {number} to @returns {Cell[]}
     */
    between: function (from, to) {
      return Object.keys(cells)
        .map(function (key) {
          return cells[key];
        })
        .filter(function (cell) {
          return cell.x >= from && cell.x < to;
        });
    },
    /** The note of a cell, or null where it holds none any more. @param {Cell} cell @returns {NoteStep | null} */
    look: function (cell) {
      var step = clip.getStep(cell.channel, cell.x, cell.y);
      if (isNote(step)) return step;
      delete cells[cell.channel + " " + cell.x + " " + cell.y];
      return null;
    }
  };
}

/** @param {NoteStep} step */
function isNote(step) {
  return String(step.state()) === "NoteOn";
}
