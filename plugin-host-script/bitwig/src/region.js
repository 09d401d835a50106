// Finds the region of a clip, and the surroundings to send.
import { ticksOfBar } from "./grid.js";
import { endOf, soundsIn } from "./notes.js";

/** More is not listened to. */
export var CONTEXT_BARS = 64;
/** A longer clip takes too long to look through for a selection. */
export var SEARCHED_BARS = 256;

/** @param {Span} a @param {Span} b @returns {Span} */
export function overlap(a, b) {
  return { startTick: Math.max(a.startTick, b.startTick), endTick: Math.min(a.endTick, b.endTick) };
}

/** @param {Span} span */
export function isEmpty(span) {
  return span.endTick <= span.startTick;
}

/** @param {Span} outer @param {Span} inner */
export function holds(outer, inner) {
  return inner.startTick >= outer.startTick && inner.endTick <= outer.endTick;
}

/** @param {Span} span @param {number} ticks on both sides @returns {Span} */
export function widened(span, ticks) {
  return { startTick: Math.max(0, span.startTick - ticks), endTick: span.endTick + ticks };
}

/** Bars counted from 1 at the clip's beat 0. @param {{ first: number, last: number }} bars @param {Meter} meter */
export function spanOfBars(bars, meter) {
  var bar = ticksOfBar(meter.numerator, meter.denominator);
  return { startTick: (bars.first - 1) * bar, endTick: bars.last * bar };
}

/** @param {Note[]} notes @returns {Span | null} null if there are none */
export function spanOfNotes(notes) {
  if (notes.length === 0) return null;
  var span = { startTick: notes[0].startTick, endTick: endOf(notes[0]) };
  for (var i = 1; i < notes.length; i++) {
    span.startTick = Math.min(span.startTick, notes[i].startTick);
    span.endTick = Math.max(span.endTick, endOf(notes[i]));
  }
  return span;
}

/**
 * From the bar line after the last note to the end. @param {Note[]} notes @param {Span} whole @param {Meter} meter
 * @returns {Span}
 */
export function spanAfter(notes, whole, meter) {
  var heard = notes.filter(function (note) {
    return soundsIn(note, whole);
  });
  var span = spanOfNotes(heard);
  if (span === null) return whole;
  var bar = ticksOfBar(meter.numerator, meter.denominator);
  return { startTick: Math.ceil(span.endTick / bar) * bar, endTick: whole.endTick };
}

/** As people say it. @param {Span} span @param {Meter} meter */
export function barsOf(span, meter) {
  var bar = ticksOfBar(meter.numerator, meter.denominator);
  var first = Math.floor(span.startTick / bar) + 1;
  var last = Math.max(first, Math.ceil(span.endTick / bar));
  return first === last ? "bar " + first : "bars " + first + "-" + last;
}
