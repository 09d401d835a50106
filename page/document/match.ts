/**
 * Finds equal notes in two lists, each used once: so a candidate is found again in the song after a change was
 * undone, made by another page, or after a reload.
 */
import { matchNotes } from "../../bridge/music/note-match.ts";
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
  return matchNotes(notes, others, keyOf);
}

/** Notes that can be taken by what they are, each once; the first of equal ones goes first. */
export class NotePool<Note extends PlainNote> {
  private readonly byKey = new Map<string, Note[]>();

  constructor(notes: readonly Note[]) {
    // Backwards, so that taking from the end takes the first.
    for (let at = notes.length - 1; at >= 0; at -= 1) {
      const note = notes[at];
      if (note !== undefined) this.add(note);
    }
  }

  add(note: Note): void {
    const key = keyOf(note);
    const known = this.byKey.get(key);
    if (known === undefined) this.byKey.set(key, [note]);
    else known.push(note);
  }

  /** One of the wanted channel, if there is one. */
  take(wanted: PlainNote): Note | undefined {
    const equal = this.byKey.get(keyOf(wanted));
    const last = equal?.at(-1);
    if (equal === undefined || last === undefined || last.channel === wanted.channel) return equal?.pop();
    const at = equal.findLastIndex(({ channel }) => channel === wanted.channel);
    return equal.splice(at, 1)[0];
  }
}
