/**
 * Notes and positions in words, for the status line under the editor, which is also read aloud.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import { pitchName } from "../../bridge/music/pitch.ts";
import { type Quarters, quartersFromTicks, type Tick } from "../../bridge/music/time.ts";
import type { PageNote } from "../document/song.ts";
import { drumName } from "./drum-names.ts";
import { spanOf } from "./note-span.ts";

const LENGTHS: readonly (readonly [quarters: Quarters, name: string])[] = [
  [8, "double whole"],
  [6, "dotted whole"],
  [4, "whole"],
  [3, "dotted half"],
  [2, "half"],
  [1.5, "dotted quarter"],
  [1, "quarter"],
  [0.75, "dotted eighth"],
  [2 / 3, "triplet quarter"],
  [0.5, "eighth"],
  [0.375, "dotted 16th"],
  [1 / 3, "triplet eighth"],
  [0.25, "16th"],
  [1 / 6, "triplet 16th"],
  [0.125, "32nd"],
  [0.0625, "64th"],
];
/** A length is called by a name that is so near, as a share of it: what is played is rarely exact. */
const NEAR = 0.06;

/** Such as "quarter", or "2.3 quarters" where no name is near. */
export function lengthName(durationTicks: Tick, ppq: number): string {
  const quarters = quartersFromTicks(durationTicks, ppq);
  const named = LENGTHS.find(([length]) => Math.abs(quarters - length) <= length * NEAR);
  return named?.[1] ?? `${Number(quarters.toPrecision(2))} quarters`;
}

/** "bar 5 beat 2". */
export function beatName(tick: Tick, bars: Bars): string {
  const { bar, beat } = bars.positionAtTick(Math.max(0, Math.floor(tick)));
  return `bar ${bar + 1} beat ${beat + 1}`;
}

/** "C4, bar 5 beat 2, quarter, velocity 90". */
export function noteInWords(note: PageNote, bars: Bars, ppq: number, isDrums: boolean): string {
  const name = isDrums ? drumName(note.pitch) : pitchName(note.pitch);
  const length = lengthName(note.durationTicks, ppq);
  return `${name}, ${beatName(note.startTick, bars)}, ${length}, velocity ${note.velocity}`;
}

/** Of notes that are selected; empty of none. */
export function selectionInWords(
  notes: readonly PageNote[],
  bars: Bars,
  ppq: number,
  isDrums: boolean,
): string {
  const [first] = notes;
  if (first === undefined) return "";
  if (notes.length === 1) return noteInWords(first, bars, ppq, isDrums);
  const { startTick, endTick, lowest, highest } = spanOf(notes) ?? {
    startTick: 0,
    endTick: 0,
    lowest: 0,
    highest: 0,
  };
  const span = spanName(startTick, endTick, bars);
  const pitches = isDrums || lowest === highest ? "" : `, ${pitchName(lowest)} to ${pitchName(highest)}`;
  return `${notes.length} notes selected, ${span}${pitches}`;
}

/** "bar 5", "bars 5-8", or "bar 5 beat 2 - bar 6 beat 1" where an edge is inside a bar; half-open ticks. */
export function spanName(startTick: Tick, endTick: Tick, bars: Bars): string {
  const [first, last] = [bars.barAtTick(startTick), bars.barAtTick(Math.max(startTick, endTick - 1))];
  return first === last ? `bar ${first + 1}` : `bars ${first + 1}-${last + 1}`;
}

/** As `spanName`, with beats where the edges are not those of bars. */
export function regionName(startTick: Tick, endTick: Tick, bars: Bars): string {
  const last = bars.barAtTick(Math.max(startTick, endTick - 1));
  const isWhole = bars.startTick(bars.barAtTick(startTick)) === startTick && bars.endTick(last) === endTick;
  if (isWhole) return spanName(startTick, endTick, bars);
  const [from, to] = [bars.positionAtTick(startTick), bars.positionAtTick(Math.max(startTick, endTick - 1))];
  const [start, end] = [`${from.bar + 1}.${from.beat + 1}`, `${to.bar + 1}.${to.beat + 1}`];
  return start === end ? `beat ${start}` : `beats ${start}-${end}`;
}
