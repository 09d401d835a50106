/**
 * The sounds that a song needs and that are not loaded yet.
 */
import type { PageNote, PageSong } from "../document/song.ts";
import type { TrackControls } from "./controls.ts";
import type { WantedSound } from "./output.ts";

/** Soundfonts have a few samples a key, by how hard it is struck. */
const VELOCITIES_A_LAYER = 32;

const NONE: ReadonlyMap<string, TrackControls> = new Map();

export class Wanted {
  private readonly known = new Set<string>();
  private readonly seen = new Map<string, { notes: readonly PageNote[]; own: TrackControls | undefined }>();

  /** What came since the last call; tracks that did not change are not looked at. */
  next({ tracks }: PageSong, controls: ReadonlyMap<string, TrackControls> = NONE): WantedSound[] {
    const sounds: WantedSound[] = [];
    for (const { id, program: first, isDrums, notes } of tracks) {
      const own = controls.get(id);
      const seen = this.seen.get(id);
      if (seen?.notes === notes && seen.own === own) continue;
      this.seen.set(id, { notes, own });
      for (const { pitch, velocity, startTick } of notes) {
        const program = own?.programAt(startTick) ?? first;
        const key = `${isDrums} ${program} ${pitch} ${Math.floor(velocity / VELOCITIES_A_LAYER)}`;
        if (this.known.has(key)) continue;
        this.known.add(key);
        sounds.push({ program, isDrums, pitch, velocity });
      }
    }
    return sounds;
  }
}
