/**
 * Makes room for new notes: no two notes of one pitch and channel overlap, since a MIDI file cannot tell their ends
 * apart. The earlier note is shortened or removed.
 */
import type { NoteId, PageNote } from "../document/song.ts";

interface Room {
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
  const byKey = new Map<number, Taken>();
  for (const note of [...coming].sort((a, b) => a.startTick - b.startTick)) {
    const key = keyOf(note);
    const taken = byKey.get(key) ?? { starts: [], ends: [] };
    taken.starts.push(note.startTick);
    taken.ends.push(Math.max(taken.ends.at(-1) ?? 0, note.startTick + note.durationTicks));
    byKey.set(key, taken);
  }
  const removed: PageNote[] = [];
  const added: PageNote[] = [];
  for (const note of notes) {
    const taken = moving.has(note.id) ? undefined : byKey.get(keyOf(note));
    if (taken === undefined) continue;
    const left = whatIsLeft(note, taken);
    if (left === note) continue;
    removed.push(note);
    if (left !== undefined) added.push(left);
  }
  return { removed, added };
}

/** Notes of one pitch and channel that come, by start. */
interface Taken {
  readonly starts: number[];
  /** The latest end of each note and all before it. */
  readonly ends: number[];
}

/** A note cut where the next of the others starts; nothing where one of them holds its start. */
function whatIsLeft(note: PageNote, { starts, ends }: Taken): PageNote | undefined {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= note.startTick) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && (ends[low - 1] ?? 0) > note.startTick) return undefined;
  const next = starts[low] ?? Number.POSITIVE_INFINITY;
  if (next >= note.startTick + note.durationTicks) return note;
  return { ...note, durationTicks: next - note.startTick };
}

function keyOf({ pitch, channel }: PageNote): number {
  return channel * 128 + pitch;
}
