// One fill after the other: the request, the answer, and the notes that the clip should hold then. Nothing here
// depends on how Bitwig shows notes; see pages.js for that.
import { ticksOfBar } from "./grid.js";
import { clearOf, shortOf, soundsIn, startsIn, textOf, without } from "./notes.js";
import { CONTEXT_BARS, widened } from "./region.js";
import { requestOf } from "./request.js";

/**
 * @typedef {{
 *   view: View, clipId: string, signature: string, mode: string, region: Span, meter: Meter,
 *   original: Note[], asked: Note[], lockedText: string, sentText: string, request: object,
 *   jobId: string, result: any, index: number, writtenText: string | null, writtenId: string,
 *   isQuestioned: boolean, isSettled: boolean, isOurs: boolean
 * }} Fill
 */

/** The mode in which the musician fills the region by hand, in the browser's piano roll. */
export var ROLL = "roll";

/** @param {Note} note */
export function isHeard(note) {
  return !note.isMuted;
}

/** Those that start in the region. @param {Note[]} notes @param {Span} region */
export function inside(notes, region) {
  return notes.filter(function (note) {
    return startsIn(note, region);
  });
}

/** A note of an answer. @param {Plain} note @returns {Note} */
function fromAnswer(note) {
  return {
    startTick: note.startTick,
    durationTicks: note.durationTicks,
    pitch: note.pitch,
    velocity: note.velocity,
    channel: note.channel,
    isMuted: false,
    isSelected: false
  };
}

/**
 * What to ask. Muted notes are not heard, so they are not sent; those in the region are, as locked ones, so that
 * nothing is laid over them.
 * @param {{
 *   view: View, mode: string, region: Span, meter: Meter, notes: Note[], locked: Note[], original: Note[] | null,
 *   isOurs: boolean, tempoQpm: number, isDrums: boolean | undefined, controls: object, sampling: object, model: string
 * }} from  `isOurs`: the clip is where the fill before was written; `original`: what stood in the region before the first of several fills, or null
 * @returns {Fill}
 */
export function prepareFill(from) {
  var region = from.region;
  var near = widened(region, CONTEXT_BARS * ticksOfBar(from.meter.numerator, from.meter.denominator));
  var standing = inside(from.notes, region);
  var heard = standing.filter(isHeard);
  var asked = heard;
  if (from.original !== null) asked = from.locked.concat(clearOf(from.original, from.locked));
  var muted = from.notes.filter(function (note) {
    // The piano roll would show them as others.
    return note.isMuted && soundsIn(note, region) && from.mode !== ROLL;
  });
  var around = from.notes.filter(function (note) {
    return isHeard(note) && !startsIn(note, region) && soundsIn(note, near);
  });
  var sentText = textOf(standing);
  return {
    view: from.view,
    clipId: from.view.id(),
    signature: from.view.signature(),
    mode: from.mode,
    region: region,
    meter: from.meter,
    original: from.original !== null ? from.original : heard,
    asked: asked,
    lockedText: textOf(from.locked),
    sentText: sentText,
    request: requestOf({
      mode: from.mode === ROLL ? "fill" : from.mode,
      region: region,
      notes: around.concat(asked, muted),
      locked: from.locked.concat(inside(muted, region)),
      meter: from.meter,
      tempoQpm: from.tempoQpm,
      trackName: from.view.trackName(),
      isDrums: from.isDrums,
      controls: from.controls,
      sampling: from.sampling,
      model: from.model,
      revision: shortOf(sentText)
    }),
    jobId: "",
    result: null,
    index: -1,
    writtenText: null,
    writtenId: "",
    isQuestioned: false,
    isSettled: false,
    isOurs: from.isOurs
  };
}

/** @param {Fill} fill */
export function candidatesOf(fill) {
  return fill.result.candidates.length;
}

/** Is there nothing to write at all? @param {Fill} fill @param {number} index */
export function isNothing(fill, index) {
  return fill.result.candidates[index].notes.length === 0 && without(fill.asked, fill.result.removed).length === 0;
}

/**
 * The notes that shall start in the region.
 * @param {Fill} fill
 * @param {number} index of the candidate
 * @param {Note[]} current notes of the clip now
 * @param {Note[] | null} locked what is kept of a region that is not as it was when the fill was asked for; else null
 * @returns {Note[]} none muted: those stay as they are
 */
export function wantedNotes(fill, index, current, locked) {
  var added = inside(fill.result.candidates[index].notes.map(fromAnswer), fill.region);
  var kept = locked !== null ? locked : without(fill.asked, fill.result.removed);
  var staying = current.filter(function (note) {
    return note.isMuted || !startsIn(note, fill.region);
  });
  if (fill.mode === ROLL) {
    // All of the region; what is there already need not make room.
    var fresh = without(added, current);
    return without(added, fresh).concat(clearOf(fresh, staying));
  }
  return kept.concat(clearOf(added, staying.concat(locked !== null ? locked : [])));
}
