/**
 * Room for notes that come: no two notes of one pitch and channel overlap, since a MIDI file cannot tell their ends
 * apart. The note that was there before is cut, or goes.
 */
import type { NoteId, PageNote } from "../document/song.ts";

export interface Room {
  readonly removed: readonly PageNote[];
  /** What is left of them. */
  readonly added: readonly PageNote[];
}

/**
 * @param notes  of the track
 * @param moving  of these, those that go anyway
 * @param coming  notes that are put in
 */
export function roomFor(
  notes: readonly PageNote[],
  moving: ReadonlySet<NoteId>,
  coming: readonly PageNote[],
): Room {
  const byKey = new Map<number, PageNote[]>();
  for (const note of coming) {
    const key = keyOf(note);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [note]);
    else same.push(note);
  }
  const removed: PageNote[] = [];
  const added: PageNote[] = [];
  for (const note of notes) {
    const over = moving.has(note.id) ? undefined : byKey.get(keyOf(note));
    if (over === undefined) continue;
    const left = whatIsLeft(note, over);
    if (left === note) continue;
    removed.push(note);
    if (left !== undefined) added.push(left);
  }
  return { removed, added };
}

/** A note cut where the first of the others starts; nothing where one of them holds its start. */
function whatIsLeft(note: PageNote, others: readonly PageNote[]): PageNote | undefined {
  let end = note.startTick + note.durationTicks;
  for (const { startTick, durationTicks } of others) {
    if (startTick <= note.startTick && note.startTick < startTick + durationTicks) return undefined;
    if (startTick > note.startTick && startTick < end) end = startTick;
  }
  const durationTicks = end - note.startTick;
  return durationTicks === note.durationTicks ? note : { ...note, durationTicks };
}

function keyOf({ pitch, channel }: PageNote): number {
  return channel * 128 + pitch;
}
