/**
 * Notes of a track: some taken out, some put in.
 */
import type { Note } from "../../protocol/song.ts";

export interface Exchanged {
  notes: Note[];
  /** Those of the wanted that were there. */
  removed: Note[];
}

/** The notes without some and with others, by start, then pitch; of equal notes as many go as are named. */
export function exchange(notes: readonly Note[], wanted: readonly Note[], added: readonly Note[]): Exchanged {
  const starts = new Set(wanted.map(({ startTick }) => startTick));
  const left = new Map<string, number>();
  for (const note of wanted) left.set(keyOf(note), (left.get(keyOf(note)) ?? 0) + 1);
  const removed: Note[] = [];
  const kept = notes.filter((note) => {
    // Few notes start where one goes, so few keys are made.
    if (!starts.has(note.startTick)) return true;
    const count = left.get(keyOf(note)) ?? 0;
    if (count === 0) return true;
    left.set(keyOf(note), count - 1);
    removed.push(note);
    return false;
  });
  return { notes: added.length === 0 ? kept : inOrder([...kept, ...added]), removed };
}

export function inOrder(notes: Note[]): Note[] {
  return notes.sort((a, b) => a.startTick - b.startTick || a.pitch - b.pitch);
}

function keyOf({ startTick, durationTicks, pitch, velocity, channel }: Note): string {
  return `${startTick} ${durationTicks} ${pitch} ${velocity} ${channel}`;
}
