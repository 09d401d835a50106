/**
 * The extent of some notes in time and pitch. By a loop: there may be more of them than a call has arguments.
 */
import type { Tick } from "../../bridge/music/time.ts";
import type { PlainNote } from "../document/song.ts";

export interface NoteSpan {
  readonly startTick: Tick;
  readonly endTick: Tick;
  readonly lowest: number;
  readonly highest: number;
}

/** @returns undefined of no notes */
export function spanOf(notes: readonly PlainNote[]): NoteSpan | undefined {
  if (notes.length === 0) return undefined;
  let [start, end, lowest, highest] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (const { startTick, durationTicks, pitch } of notes) {
    start = Math.min(start, startTick);
    end = Math.max(end, startTick + durationTicks);
    lowest = Math.min(lowest, pitch);
    highest = Math.max(highest, pitch);
  }
  return { startTick: start, endTick: end, lowest, highest };
}
