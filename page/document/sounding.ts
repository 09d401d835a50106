/**
 * The sounding notes of a track, so that an added note does not overlap another one of its pitch.
 */
import type { PlainNote } from "./song.ts";

/** Notes of one pitch, by start. */
interface Line {
  readonly starts: number[];
  /** The latest end of each note and all before it. */
  readonly ends: number[];
}

/** Notes by pitch, on which two must not sound at once. */
export class Sounding {
  private readonly byPitch = new Map<number, Line>();

  constructor(notes: readonly PlainNote[]) {
    for (const note of [...notes].sort((a, b) => a.startTick - b.startTick)) {
      const line = this.byPitch.get(note.pitch) ?? { starts: [], ends: [] };
      line.starts.push(note.startTick);
      line.ends.push(Math.max(line.ends.at(-1) ?? 0, note.startTick + note.durationTicks));
      this.byPitch.set(note.pitch, line);
    }
  }

  /** Whether a note sounds at the same time as one of them, on its pitch. */
  overlaps({ startTick, durationTicks, pitch }: PlainNote): boolean {
    const line = this.byPitch.get(pitch);
    if (line === undefined) return false;
    const before = countBelow(line.starts, startTick + durationTicks);
    return before > 0 && (line.ends[before - 1] ?? 0) > startTick;
  }
}

/** How many of some ascending numbers are below a limit. */
function countBelow(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
