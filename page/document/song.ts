/**
 * The song as the page holds it: never changed in place, so that what was shown can be compared with what is.
 */

import type { RollSong } from "../../bridge/client/generated/protocol.ts";
import { byStart } from "../../bridge/music/note-match.ts";
import type { Role } from "../../bridge/music/parts.ts";
import type { ProgramChange, TrackOfFile } from "../../bridge/music/song-in-region.ts";
import { type Tick, USUAL_PPQ } from "../../bridge/music/time.ts";

/** Tells notes of the page apart; never sent. */
export type NoteId = number;

export interface PageNote {
  readonly id: NoteId;
  readonly startTick: Tick;
  readonly durationTicks: Tick;
  readonly pitch: number;
  readonly velocity: number;
  readonly channel: number;
}

/** A note without its name, as the daemon tells it. */
export type PlainNote = Omit<PageNote, "id">;

export interface PageTrack {
  /** As the daemon names it. */
  readonly id: string;
  readonly name: string;
  /** At the first note. */
  readonly program: number;
  /** Those that follow, by tick. */
  readonly programChanges?: readonly ProgramChange[] | undefined;
  /** Of a file of format 2, whose patterns do not play together. */
  readonly pattern?: TrackOfFile["pattern"];
  readonly isDrums: boolean;
  /** Its part in the band, where it was added as such; else the daemon finds out. */
  readonly role?: Role | undefined;
  /** By start, then pitch. */
  readonly notes: readonly PageNote[];
}

/** A track that was added here, without its notes. */
export type AddedTrack = Pick<PageTrack, "id" | "name" | "program" | "isDrums" | "role">;

export interface PageSong {
  readonly ppq: number;
  readonly tempoMap: readonly { readonly tick: Tick; readonly qpm: number }[];
  readonly timeSignatures: readonly {
    readonly tick: Tick;
    readonly numerator: number;
    readonly denominator: number;
  }[];
  readonly tracks: readonly PageTrack[];
}

/** Half-open, of one track, or of several that are filled together. */
export interface PageRegion {
  readonly trackId: string;
  readonly startTick: Tick;
  readonly endTick: Tick;
  /** Tracks besides the first. */
  readonly also?: readonly string[] | undefined;
}

/** A note that is for one of the tracks of a region: the first, where it names none. */
export type OnTrack<Note> = Note & { readonly trackId?: string | undefined };

/** The region in each of its tracks. */
export function regionsOf({ trackId, startTick, endTick, also = [] }: PageRegion): PageRegion[] {
  return [trackId, ...also].map((id) => ({ trackId: id, startTick, endTick }));
}

/** Those of a region's notes that are for one of its tracks. */
export function ofTrack<Note>(
  notes: readonly OnTrack<Note>[],
  region: PageRegion,
  trackId: string,
): OnTrack<Note>[] {
  if (region.also === undefined) return region.trackId === trackId ? [...notes] : [];
  return notes.filter((note) => (note.trackId ?? region.trackId) === trackId);
}

/** A note with its place among the tracks of a region; as it is where there is only one. */
export function onTrack<Note extends object>(note: Note, region: PageRegion, trackId: string): OnTrack<Note> {
  return region.also === undefined ? note : { ...note, trackId };
}

export const EMPTY_SONG: PageSong = { ppq: USUAL_PPQ, tempoMap: [], timeSignatures: [], tracks: [] };

let nextId: NoteId = 1;

export function newNote({ startTick, durationTicks, pitch, velocity, channel }: PlainNote): PageNote {
  return { id: nextId++, startTick, durationTicks, pitch, velocity, channel };
}

/** The same for one of the tracks of a region. */
export function newNoteOnTrack(note: OnTrack<PlainNote>): OnTrack<PageNote> {
  const made = newNote(note);
  return note.trackId === undefined ? made : { ...made, trackId: note.trackId };
}

/** Without the page's own name, as it is sent. */
export function plainNote({ startTick, durationTicks, pitch, velocity, channel }: PlainNote): PlainNote {
  return { startTick, durationTicks, pitch, velocity, channel };
}

export function songFromRoll({ ppq, tempoMap, timeSignatures, tracks }: RollSong): PageSong {
  return {
    ppq,
    tempoMap,
    timeSignatures,
    tracks: tracks.map((track) => ({ ...track, notes: inOrder(track.notes.map(newNote)) })),
  };
}

/** The song with a track more at its end. */
export function withTrack(
  song: PageSong,
  track: Omit<PageTrack, "notes">,
  notes: PlainNote[] = [],
): PageSong {
  if (song.tracks.some(({ id }) => id === track.id)) return song;
  return { ...song, tracks: [...song.tracks, { ...track, notes: inOrder(notes.map(newNote)) }] };
}

export function withoutTrack(song: PageSong, trackId: string): PageSong {
  return { ...song, tracks: song.tracks.filter(({ id }) => id !== trackId) };
}

/** The end of the last note. */
export function endTickOf(song: PageSong): Tick {
  let end = 0;
  for (const { notes } of song.tracks) {
    for (const { startTick, durationTicks } of notes) end = Math.max(end, startTick + durationTicks);
  }
  return end;
}

export function trackById(song: PageSong, trackId: string | undefined): PageTrack | undefined {
  return song.tracks.find(({ id }) => id === trackId);
}

/** Index of the first note that starts at a tick or later, in notes that are in order. */
export function firstFrom(notes: readonly PageNote[], tick: Tick): number {
  let [low, high] = [0, notes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const note = notes[middle];
    if (note !== undefined && note.startTick < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Notes of a track that start in a region. */
export function notesIn(song: PageSong, { trackId, startTick, endTick }: PageRegion): readonly PageNote[] {
  const notes = trackById(song, trackId)?.notes ?? [];
  return notes.slice(firstFrom(notes, startTick), firstFrom(notes, endTick));
}

export function inOrder<Note extends PageNote>(notes: Note[]): Note[] {
  return notes.sort((a, b) => byStart(a, b) || a.id - b.id);
}
