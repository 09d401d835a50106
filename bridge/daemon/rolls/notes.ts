/**
 * Notes of a track: some taken out, some put in.
 */
import { byStart, matchNotes } from "../../music/note-match.ts";
import type { Note } from "../../protocol/song.ts";

interface Exchanged {
  notes: Note[];
  /** Those of the wanted that were there. */
  removed: Note[];
}

/** The notes without some and with others, by start, then pitch; of equal notes as many go as are named. */
export function exchange(notes: readonly Note[], wanted: readonly Note[], added: readonly Note[]): Exchanged {
  const { found: removed, rest: kept } = matchNotes(notes, wanted, keyOf);
  return { notes: added.length === 0 ? kept : inOrder([...kept, ...added]), removed };
}

export function inOrder(notes: Note[]): Note[] {
  return notes.sort(byStart);
}

function keyOf({ startTick, durationTicks, pitch, velocity, channel }: Note): string {
  return `${startTick} ${durationTicks} ${pitch} ${velocity} ${channel}`;
}
