/**
 * Notes that are the same as others, each met once: so a candidate is found again in the song after a change was undone,
 * made by another page, or after the page was loaded anew.
 */
import type { PlainNote } from "./song.ts";

/** Without the channel, which the daemon sets to that of the track. */
export function keyOf({ startTick, durationTicks, pitch, velocity }: PlainNote): string {
  return `${startTick} ${durationTicks} ${pitch} ${velocity}`;
}

/** Notes in two parts: those that have a partner among others, one to one, and those that have none. */
export function part<Note extends PlainNote>(
  notes: readonly Note[],
  others: readonly PlainNote[],
): { found: Note[]; rest: Note[] } {
  const free = new Map<string, number>();
  for (const other of others) free.set(keyOf(other), (free.get(keyOf(other)) ?? 0) + 1);
  const [found, rest]: [Note[], Note[]] = [[], []];
  for (const note of notes) {
    const left = free.get(keyOf(note)) ?? 0;
    if (left > 0) free.set(keyOf(note), left - 1);
    (left > 0 ? found : rest).push(note);
  }
  return { found, rest };
}
