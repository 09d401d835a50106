/**
 * What sounds of a track, so that a note that comes is not put over another one of its pitch.
 */
import type { PlainNote } from "../document/song.ts";

/** Notes of a track by pitch, on which two must not sound at once. */
export class Sounding {
  private readonly byPitch = new Map<number, PlainNote[]>();

  constructor(notes: readonly PlainNote[]) {
    for (const note of notes) {
      const known = this.byPitch.get(note.pitch);
      if (known === undefined) this.byPitch.set(note.pitch, [note]);
      else known.push(note);
    }
  }

  /** Whether a note sounds at the same time as one of them, on its pitch. */
  overlaps(note: PlainNote): boolean {
    const end = note.startTick + note.durationTicks;
    return (this.byPitch.get(note.pitch) ?? []).some(
      ({ startTick, durationTicks }) => startTick < end && startTick + durationTicks > note.startTick,
    );
  }
}
