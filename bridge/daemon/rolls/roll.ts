/**
 * One open song: as it came, what was changed, and who waits for it.
 */
import { BridgeError } from "../../bridge-error.ts";
import type { WholeSong } from "../../engine/song-file.ts";
import type { RollChange, RollChanged, RollEntry, Roll as WholeRoll } from "../../protocol/roll.ts";
import type { Note } from "../../protocol/song.ts";
import { exchange } from "./notes.ts";

/** More than any music; its answer still fits into a message. */
export const MOST_NOTES = 250_000;

export interface RollFacts {
  rollId: string;
  title: string;
  openedAt: string;
  /** Name of the MIDI file; null of a host's song. */
  file: string | null;
  /** Which song of the file, from 1; the first where left out. */
  songNumber?: number | undefined;
}

export class Roll {
  readonly facts: RollFacts;
  readonly song: WholeSong;
  /** Ids of tracks whose notes are no longer as they came. */
  readonly changedTracks = new Set<string>();
  version = 0;
  /** Who waits for it. */
  host: RollEntry["host"] = null;

  constructor(facts: RollFacts, song: WholeSong) {
    [this.facts, this.song] = [facts, song];
  }

  get id(): string {
    return this.facts.rollId;
  }

  get entry(): RollEntry {
    const { songNumber: _, ...facts } = this.facts;
    return { ...facts, version: this.version, host: this.host };
  }

  get whole(): WholeRoll {
    const { warnings, tracks, ...song } = this.song;
    const shown = tracks.map(({ channel: _, ...track }) => track);
    return { ...this.entry, song: { ...song, tracks: shown }, warnings };
  }

  get noteCount(): number {
    return this.song.tracks.reduce((sum, { notes }) => sum + notes.length, 0);
  }

  /**
   * Change notes, all or none.
   * @returns what really changed
   * @throws BridgeError TRACK_NOT_FOUND, ROLL_TOO_LARGE
   */
  edit(changes: readonly RollChange[]): RollChanged[] {
    const next = new Map<string, Note[]>();
    const changed = changes.map(({ trackId, removed, added }): RollChanged => {
      const track = this.track(trackId);
      // All notes of a file's track are of its channel, whatever a page that drew them knew of it.
      const own = (note: Note): Note =>
        this.facts.file === null ? note : { ...note, channel: track.channel };
      const notes = next.get(trackId) ?? track.notes;
      const exchanged = exchange(notes, removed.map(own), added.map(own));
      next.set(trackId, exchanged.notes);
      return { trackId, removed: exchanged.removed, added: added.map(own) };
    });
    const count = this.song.tracks.reduce((sum, { id, notes }) => sum + (next.get(id) ?? notes).length, 0);
    if (count > MOST_NOTES) throw tooLarge(count);
    for (const [trackId, notes] of next) {
      this.track(trackId).notes = notes;
      this.changedTracks.add(trackId);
    }
    this.version += 1;
    return changed.filter(({ removed, added }) => removed.length + added.length > 0);
  }

  /** @throws BridgeError TRACK_NOT_FOUND */
  track(id: string): WholeSong["tracks"][number] {
    return trackById(this.song.tracks, id);
  }
}

/** @throws BridgeError TRACK_NOT_FOUND */
export function trackById<Track extends { id: string }>(tracks: readonly Track[], id: string): Track {
  const track = tracks.find((one) => one.id === id);
  if (track !== undefined) return track;
  const candidates = tracks.slice(0, 32).map((one) => one.id);
  throw new BridgeError(
    "TRACK_NOT_FOUND",
    `there is no track with id ${JSON.stringify(id.slice(0, 64))}; the song has ${candidates.join(", ")}`,
    { data: { wanted: id, candidates } },
  );
}

export function tooLarge(notes: number): BridgeError {
  return new BridgeError(
    "ROLL_TOO_LARGE",
    `the song has ${notes} notes, a piano roll holds ${MOST_NOTES}; split it`,
    { data: { notes, limit: MOST_NOTES } },
  );
}
