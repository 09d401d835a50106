/**
 * One open song: its original, its changes, and the host that waits for it.
 */
import { BridgeError } from "../../bridge-error.ts";
import type { WholeSong } from "../../engine/song-file.ts";
import type { NewRollTrack, RollChange, RollChanged, RollEntry, RollTrack } from "../../protocol/roll.ts";
import type { Note } from "../../protocol/song.ts";
import { exchange } from "./notes.ts";
import type { AddedTrack, RollFacts, RollState } from "./roll-files.ts";

/** More than any music; its answer still fits into a message. */
export const MOST_NOTES = 250_000;
/** That came into a song here. */
const MOST_ADDED_TRACKS = 256;
const DRUM_CHANNEL = 9;
const CHANNELS = 16;

export type Song = Omit<WholeSong, "warnings">;

export class Roll {
  readonly facts: RollFacts;
  readonly song: WholeSong;
  /** Ids of tracks whose notes are no longer as they came. */
  changedTracks = new Set<string>();
  /** Tracks that came in here, without their notes. */
  addedTracks: AddedTrack[] = [];
  version = 0;
  /** Up to which version the changes are in a file, or in a DAW, as well. */
  savedVersion = 0;
  /** ISO 8601. */
  changedAt: string | null = null;
  /** Stays, also unchanged, however many others are opened. */
  isPinned = false;
  /** Who waits for it. */
  host: RollEntry["host"] = null;

  constructor(facts: RollFacts, song: WholeSong) {
    [this.facts, this.song] = [facts, song];
  }

  get id(): string {
    return this.facts.rollId;
  }

  /** A copy that can be changed; notes are shared, since changes replace the lists of them. */
  draft(): Roll {
    const draft = new Roll(this.facts, {
      ...this.song,
      tracks: this.song.tracks.map((track) => ({ ...track })),
    });
    draft.adopt(this);
    return draft;
  }

  /** Become as a changed copy is. */
  adopt({ song, changedTracks, addedTracks, version, savedVersion, changedAt, isPinned }: Roll): void {
    this.song.tracks = song.tracks.map((track) => ({ ...track }));
    [this.changedTracks, this.addedTracks] = [new Set(changedTracks), [...addedTracks]];
    [this.version, this.savedVersion] = [version, savedVersion];
    [this.changedAt, this.isPinned] = [changedAt, isPinned];
  }

  get state(): RollState {
    const { version, savedVersion, changedAt, isPinned } = this;
    return { version, savedVersion, changedAt, isPinned };
  }

  get entry(): RollEntry {
    return entryOf(this.facts, this.state, this.host);
  }

  get shownSong() {
    const { warnings: _, tracks, ...song } = this.song;
    return { ...song, tracks: tracks.map(({ channel: __, ...track }) => track) };
  }

  get noteCount(): number {
    return this.song.tracks.reduce((sum, { notes }) => sum + notes.length, 0);
  }

  /**
   * Change notes, all or none.
   * @returns what really changed
   * @throws BridgeError TRACK_NOT_FOUND, ROLL_TOO_LARGE, ROLL_CHANGED
   */
  edit(changes: readonly RollChange[]): RollChanged[] {
    const next = new Map<string, Note[]>();
    const changed = changes.map(({ trackId, removed, added }): RollChanged => {
      const track = this.track(trackId);
      // All notes of a file's track are of its channel, whatever a page that drew them knew of it.
      const hasChannel = this.facts.file !== null || this.addedTracks.some(({ id }) => id === trackId);
      const own = (note: Note): Note => (hasChannel ? { ...note, channel: track.channel } : note);
      const notes = next.get(trackId) ?? track.notes;
      const exchanged = exchange(notes, removed.map(own), added.map(own));
      // Whoever asks has not heard yet what another did to these notes, and would put in a second version of them.
      const isStale = exchanged.removed.length < removed.length && added.length > 0;
      if (isStale) throw changedMeanwhile(this.id, trackId);
      next.set(trackId, exchanged.notes);
      return { trackId, removed: exchanged.removed, added: added.map(own) };
    });
    const count = this.song.tracks.reduce((sum, { id, notes }) => sum + (next.get(id) ?? notes).length, 0);
    if (count > MOST_NOTES) throw tooLarge(count);
    for (const [trackId, notes] of next) {
      this.track(trackId).notes = notes;
    }
    for (const { trackId, removed, added } of changed) {
      if (removed.length + added.length > 0) this.changedTracks.add(trackId);
    }
    this.advance();
    return changed.filter(({ removed, added }) => removed.length + added.length > 0);
  }

  /** A track without notes, at the end. @throws BridgeError ROLL_TOO_LARGE */
  addTrack({ id = this.freeId(), name, program, isDrums }: NewRollTrack): RollTrack {
    const known = this.addedTracks.find((track) => track.id === id);
    if (known !== undefined) {
      return { id, name: known.name, program: known.program, isDrums: known.isDrums };
    }
    if (this.addedTracks.length >= MOST_ADDED_TRACKS) {
      throw new BridgeError(
        "ROLL_TOO_LARGE",
        `${MOST_ADDED_TRACKS} tracks were added to the song, which is the limit; export it and open the file`,
        { data: { tracks: MOST_ADDED_TRACKS } },
      );
    }
    const channel = isDrums ? DRUM_CHANNEL : this.freeChannel();
    const track: AddedTrack = { id, name, channel, program, isDrums };
    this.putTrack(track);
    this.advance();
    return { id: track.id, name, program, isDrums };
  }

  /** Put in a track that was added. */
  putTrack(track: AddedTrack): void {
    this.addedTracks.push(track);
    this.song.tracks.push({ ...track, notes: [] });
    this.changedTracks.add(track.id);
  }

  /** Take out a track that was added and has no notes. @throws BridgeError TRACK_NOT_FOUND, TRACK_IN_USE */
  removeTrack(trackId: string): void {
    const { notes } = this.track(trackId);
    if (!this.addedTracks.some(({ id }) => id === trackId) || notes.length > 0) {
      throw new BridgeError(
        "TRACK_IN_USE",
        "only tracks that were added in Continuo and have no notes can be removed; delete its notes first",
        { data: { trackId, notes: notes.length } },
      );
    }
    this.dropTrack(trackId);
    this.advance();
  }

  /** Take out a track that was added. */
  dropTrack(trackId: string): void {
    this.addedTracks = this.addedTracks.filter(({ id }) => id !== trackId);
    this.song.tracks = this.song.tracks.filter(({ id }) => id !== trackId);
    this.changedTracks.delete(trackId);
  }

  /** @throws BridgeError TRACK_NOT_FOUND */
  track(id: string): WholeSong["tracks"][number] {
    return trackById(this.song.tracks, id);
  }

  private advance(): void {
    this.version += 1;
    this.changedAt = new Date().toISOString();
  }

  private freeId(): string {
    const taken = new Set(this.song.tracks.map(({ id }) => id));
    let number = 1;
    while (taken.has(`added-${number}`)) number += 1;
    return `added-${number}`;
  }

  /** One that no track has; else the first, where only their notes tell them apart. */
  private freeChannel(): number {
    const taken = new Set(this.song.tracks.map(({ channel }) => channel));
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      if (channel !== DRUM_CHANNEL && !taken.has(channel)) return channel;
    }
    return 0;
  }
}

export function entryOf(
  { rollId, title, openedAt, file }: RollFacts,
  { version, changedAt }: RollState,
  host: RollEntry["host"] = null,
): RollEntry {
  return { rollId, title, openedAt, file, version, changedAt, host };
}

/** @throws BridgeError TRACK_NOT_FOUND */
export function trackById<Track extends { id: string }>(tracks: readonly Track[], id: string): Track {
  const track = tracks.find((one) => one.id === id);
  if (track !== undefined) return track;
  const candidates = tracks.slice(0, 32).map((one) => one.id);
  throw new BridgeError(
    "TRACK_NOT_FOUND",
    `no track with id ${JSON.stringify(id.slice(0, 64))}; the song has ${candidates.join(", ")}`,
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

function changedMeanwhile(rollId: string, trackId: string): BridgeError {
  return new BridgeError(
    "ROLL_CHANGED",
    "some of these notes were just changed somewhere else, so nothing was changed here; try again",
    { data: { rollId, trackId } },
  );
}
