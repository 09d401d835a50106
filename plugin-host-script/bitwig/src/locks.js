// The notes that the musician keeps, by clip and place, as long as Bitwig runs.
import { placeOf } from "./notes.js";

export function createLocks() {
  /** @type {{ [clip: string]: { [place: string]: boolean } }} */
  var all = {};

  /** @param {string} clip */
  function of(clip) {
    if (!all[clip]) all[clip] = {};
    return all[clip];
  }

  /** @param {string} clip @param {Note[]} notes */
  function locked(clip, notes) {
    var places = of(clip);
    return notes.filter(function (note) {
      return places[placeOf(note)] === true;
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
      var places = of(clip);
      notes.forEach(function (note) {
        if (isKept) places[placeOf(note)] = true;
        else delete places[placeOf(note)];
      });
      return isKept;
    },
    /** A copy keeps what its original keeps. @param {string} from @param {string} to */
    copy: function (from, to) {
      all[to] = {};
      Object.keys(of(from)).forEach(function (place) {
        all[to][place] = true;
      });
    }
  };
}
