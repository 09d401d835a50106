/**
 * Which sounds a song needs that were not made ready yet.
 */
import type { PageNote, PageSong } from "../document/song.ts";
import type { WantedSound } from "./output.ts";

/** Soundfonts have a few samples a key, by how hard it is struck. */
const VELOCITIES_A_LAYER = 32;

export class Wanted {
  private readonly known = new Set<string>();
  private readonly seen = new Map<string, readonly PageNote[]>();

  /** What came since the last call; tracks that did not change are not looked at. */
  next({ tracks }: PageSong): WantedSound[] {
    const sounds: WantedSound[] = [];
    for (const { id, program, isDrums, notes } of tracks) {
      if (this.seen.get(id) === notes) continue;
      this.seen.set(id, notes);
      for (const { pitch, velocity } of notes) {
        const key = `${isDrums} ${program} ${pitch} ${Math.floor(velocity / VELOCITIES_A_LAYER)}`;
        if (this.known.has(key)) continue;
        this.known.add(key);
        sounds.push({ program, isDrums, pitch, velocity });
      }
    }
    return sounds;
  }
}
