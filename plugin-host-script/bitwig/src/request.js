// The request of a fill: the clip's notes near the region, as one track.
import { PPQ } from "./grid.js";

var MAX_NAME = 200;
var TRACK_ID = "clip";

/** @param {Note} note */
function sent(note) {
  return {
    startTick: note.startTick,
    durationTicks: note.durationTicks,
    pitch: note.pitch,
    velocity: note.velocity,
    channel: note.channel
  };
}

/**
 * @param {{
 *   mode: string, region: Span, notes: Note[], locked: Note[], meter: Meter, tempoQpm: number, trackName: string,
 *   isDrums: boolean | undefined, controls: object, sampling: object, model: string, revision: string
 * }} fill
 */
export function requestOf(fill) {
  /** @type {{ [name: string]: any }} */
  var request = {
    ppq: PPQ,
    tempoMap: [{ tick: 0, qpm: fill.tempoQpm }],
    timeSignatures: [{ tick: 0, numerator: fill.meter.numerator, denominator: fill.meter.denominator }],
    tracks: [
      {
        id: TRACK_ID,
        name: fill.trackName.substring(0, MAX_NAME),
        isDrums: fill.isDrums,
        notes: fill.notes.map(sent)
      }
    ],
    region: { trackId: TRACK_ID, startTick: fill.region.startTick, endTick: fill.region.endTick },
    mode: fill.mode,
    controls: fill.controls,
    sampling: fill.sampling,
    lockedNotes: fill.locked.map(sent),
    revision: fill.revision
  };
  if (fill.model !== "") request.model = fill.model;
  return request;
}
