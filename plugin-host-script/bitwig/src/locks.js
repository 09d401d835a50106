// The notes that the musician keeps, by clip and position, as long as Bitwig runs.
import { positionKey } from "./notes.js";

export function createLocks() {
  /** @type {{ [clip: string]: { [position: string]: boolean } }} */
  var all = {};

  /** @param {string} clip */
  function of(clip) {
    if (!all[clip]) all[clip] = {};
    return all[clip];
  }

  /** @param {string} clip @param {Note[]} notes */
  function locked(clip, notes) {
    var kept = of(clip);
    return notes.filter(function (note) {
      return kept[positionKey(note)] === true;
    });
  }

  return {
    locked: locked,
    /**
     * Keep these notes; or no longer, where all of them were kept already.
     * @param {string} clip @param {Note[]} notes
     * @returns {boolean} whether they are kept now
     */
    toggle: function (clip, notes) {
      var isKept = locked(clip, notes).length < notes.length;
      var kept = of(clip);
      notes.forEach(function (note) {
        if (isKept) kept[positionKey(note)] = true;
        else delete kept[positionKey(note)];
      });
      return isKept;
    },
    /** A copy keeps what its original keeps. @param {string} from @param {string} to */
    copy: function (from, to) {
      all[to] = {};
      Object.keys(of(from)).forEach(function (position) {
        all[to][position] = true;
      });
    }
  };
}
