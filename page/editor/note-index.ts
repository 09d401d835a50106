/**
 * The notes of a track as arrays of numbers, indexed so that those between two ticks are found without looking at all
 * of them. Made once for each list of notes.
 */
import type { Tick } from "../../bridge/music/time.ts";
import { firstFrom, type PageNote } from "../document/song.ts";

/** Notes that are passed over at once where none of them reaches the window. */
const BLOCK = 256;

export class NoteIndex {
  readonly notes: readonly PageNote[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly pitches: Uint8Array;
  readonly velocities: Uint8Array;
  /** The latest end in each block of notes. */
  private readonly blockEnds: Float64Array;

  constructor(notes: readonly PageNote[]) {
    const count = notes.length;
    this.notes = notes;
    this.starts = new Float64Array(count);
    this.ends = new Float64Array(count);
    this.pitches = new Uint8Array(count);
    this.velocities = new Uint8Array(count);
    this.blockEnds = new Float64Array(Math.ceil(count / BLOCK));
    notes.forEach(({ startTick, durationTicks, pitch, velocity }, at) => {
      const end = startTick + durationTicks;
      this.starts[at] = startTick;
      this.ends[at] = end;
      this.pitches[at] = pitch;
      this.velocities[at] = velocity;
      const block = Math.floor(at / BLOCK);
      this.blockEnds[block] = Math.max(this.blockEnds[block] ?? 0, end);
    });
  }

  /** Runs [first, after) of notes among which are all that sound in [startTick, endTick). */
  ranges(startTick: Tick, endTick: Tick): [first: number, after: number][] {
    const after = firstFrom(this.notes, endTick);
    const ranges: [number, number][] = [];
    for (let first = 0; first < after; first += BLOCK) {
      if ((this.blockEnds[first / BLOCK] ?? 0) <= startTick) continue;
      const end = Math.min(after, first + BLOCK);
      const last = ranges.at(-1);
      if (last?.[1] === first) last[1] = end;
      else ranges.push([first, end]);
    }
    return ranges;
  }

  /** Notes that sound in [startTick, endTick), by start. */
  sounding(startTick: Tick, endTick: Tick): PageNote[] {
    return this.ranges(startTick, endTick).flatMap(([first, after]) =>
      this.notes.slice(first, after).filter((note) => note.startTick + note.durationTicks > startTick),
    );
  }
}

const known = new WeakMap<readonly PageNote[], NoteIndex>();

/** The index of a list of notes, made when it is first asked for. */
export function indexOf(notes: readonly PageNote[]): NoteIndex {
  let index = known.get(notes);
  if (index === undefined) {
    index = new NoteIndex(notes);
    known.set(notes, index);
  }
  return index;
}
