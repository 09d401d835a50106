/**
 * Edits of notes, as named changes of the song: pure, so that the same edit can be previewed during a drag and
 * applied at its end. A moved or resized note keeps its id.
 */
import type { Snap } from "../../bridge/music/snap.ts";
import type { Tick } from "../../bridge/music/time.ts";
import type { Change } from "../document/change.ts";
import {
  type NoteId,
  newNote,
  type PageNote,
  type PageSong,
  type PageTrack,
  type PlainNote,
  plainNote,
  trackById,
} from "../document/song.ts";
import { roomFor } from "./edit-room.ts";
import { spanOf } from "./note-span.ts";
import { type Shaped, settle } from "./settle.ts";

export interface Edit {
  readonly label: string;
  readonly changes: readonly Change[];
  /** Notes that are there because of it, or another shape of what was: what is selected afterwards. */
  readonly result: readonly PageNote[];
  /** What the musician should know of it besides. */
  readonly said?: string;
}

export type Ids = ReadonlySet<NoteId>;
export type Edge = "start" | "end";

const HIGHEST_PITCH = 127;

/** Notes of all tracks that have these names, by track. */
export function pick(song: PageSong, ids: Ids): { track: PageTrack; notes: PageNote[] }[] {
  if (ids.size === 0) return [];
  return song.tracks
    .map((track) => ({ track, notes: track.notes.filter(({ id }) => ids.has(id)) }))
    .filter(({ notes }) => notes.length > 0);
}

function notesOf(song: PageSong, ids: Ids): PageNote[] {
  return pick(song, ids).flatMap(({ notes }) => notes);
}

/** How far notes can go together: none before the start, above the highest pitch or under the lowest. */
function roomToMove(song: PageSong, ids: Ids, ticks: Tick, pitches: number): [ticks: Tick, pitches: number] {
  const span = spanOf(notesOf(song, ids));
  if (span === undefined) return [0, 0];
  const { startTick, lowest, highest } = span;
  return [Math.max(ticks, -startTick), Math.min(Math.max(pitches, -lowest), HIGHEST_PITCH - highest)];
}

export function moveNotes(song: PageSong, ids: Ids, ticks: Tick, pitches: number): Edit {
  const [dTicks, dPitches] = roomToMove(song, ids, ticks, pitches);
  return reshape(song, ids, "Move", (note) => shifted(note, dTicks, dPitches));
}

/** The notes stay, and the same ones are put elsewhere. */
export function copyNotes(song: PageSong, ids: Ids, ticks: Tick, pitches: number, verb = "Copy"): Edit {
  const [dTicks, dPitches] = roomToMove(song, ids, ticks, pitches);
  const parts = pick(song, ids).map(({ track, notes }) => ({
    track,
    added: notes.map((note) => newNote(shifted(note, dTicks, dPitches))),
  }));
  return putIn(verb, parts);
}

/** The same again, right after: a whole number of grid steps later, so that it stays in time. */
export function duplicateNotes(song: PageSong, ids: Ids, snap: Snap): Edit {
  const span = spanOf(notesOf(song, ids));
  const ticks = span === undefined ? 0 : snap.up(span.endTick) - snap.down(span.startTick);
  return copyNotes(song, ids, ticks, 0, "Duplicate");
}

/** One edge of each note moved as far; no note gets shorter than `least` ticks. */
export function resizeNotes(song: PageSong, ids: Ids, edge: Edge, ticks: Tick, least = 1): Edit {
  return reshape(song, ids, "Resize", (note) => {
    const end = note.startTick + note.durationTicks;
    const shortest = Math.min(least, note.durationTicks);
    if (edge === "end") return { ...note, durationTicks: Math.max(shortest, note.durationTicks + ticks) };
    const startTick = Math.max(0, Math.min(note.startTick + ticks, end - shortest));
    return { ...note, startTick, durationTicks: end - startTick };
  });
}

export function removeNotes(song: PageSong, ids: Ids, verb = "Delete"): Edit {
  const parts = pick(song, ids);
  const changes = parts.map(({ track, notes }) => ({ trackId: track.id, removed: notes, added: [] }));
  return { label: named(verb, count(changes.map(({ removed }) => removed))), changes, result: [] };
}

/** One note of a track, in place of what it covers. */
export function drawNote(song: PageSong, trackId: string, plain: PlainNote): Edit {
  const track = trackById(song, trackId);
  if (track === undefined) return { label: "Draw note", changes: [], result: [] };
  return putIn("Draw", [{ track, added: [newNote(kept(plain))] }]);
}

/**
 * Starts to the nearest lines of the grid. Lengths stay, but where notes of one pitch come together: of two on one line
 * the longer stays, and none sounds into the next. That holds for the notes around as well.
 */
export function quantizeNotes(song: PageSong, ids: Ids, snap: Snap): Edit {
  const changes: Change[] = [];
  const results: PageNote[][] = [];
  let [changed, merged] = [0, 0];
  for (const { track } of pick(song, ids)) {
    const shapes = track.notes.map((before): Shaped => {
      const startTick = ids.has(before.id) ? snap.nearest(before.startTick) : before.startTick;
      return { before, after: startTick === before.startTick ? before : { ...before, startTick } };
    });
    const settled = settle(shapes);
    const others = shapes.filter(({ before }) => !isSame(before, settled.notes.get(before.id)));
    const added = others.flatMap(({ before }) => settled.notes.get(before.id) ?? []);
    changes.push({ trackId: track.id, removed: others.map(({ before }) => before), added });
    results.push(track.notes.flatMap(({ id }) => (ids.has(id) ? (settled.notes.get(id) ?? []) : [])));
    changed += shapes.filter(({ before, after }) => before !== after).length;
    merged += settled.merged;
  }
  const label = named("Quantize", changed);
  if (merged === 0) return { label, changes, result: results.flat() };
  const said =
    merged === 1
      ? "A note that fell onto a longer one of its pitch was merged into it"
      : `${merged} notes that fell onto longer ones of their pitch were merged into them`;
  return { label, changes, result: results.flat(), said };
}

/** @param velocities  of the notes that change, 1 to 127 */
export function setVelocities(song: PageSong, velocities: ReadonlyMap<NoteId, number>): Edit {
  return reshape(song, new Set(velocities.keys()), "Change velocity of", (note) => ({
    ...note,
    velocity: Math.min(127, Math.max(1, Math.round(velocities.get(note.id) ?? note.velocity))),
  }));
}

/** Notes as they are kept to be put in elsewhere: counted from a place of their own. */
export interface Clip {
  readonly notes: readonly PlainNote[];
}

/** @param origin  the place that becomes 0: the grid line at the first note */
export function clipOf(song: PageSong, ids: Ids, snap: Snap): Clip {
  const notes = notesOf(song, ids);
  const origin = snap.down(spanOf(notes)?.startTick ?? 0);
  return { notes: notes.map((note) => ({ ...plainNote(note), startTick: note.startTick - origin })) };
}

/** On the channel of the track into which it goes. */
export function pasteClip(song: PageSong, trackId: string, clip: Clip, atTick: Tick): Edit {
  const track = trackById(song, trackId);
  if (track === undefined) return { label: "Paste", changes: [], result: [] };
  const channel = channelOf(track);
  const added = clip.notes.map((note) =>
    newNote(kept({ ...note, channel, startTick: note.startTick + Math.round(atTick) })),
  );
  return putIn("Paste", [{ track, added }]);
}

/** Where new notes of a track sound. */
export function channelOf(track: PageTrack): number {
  return track.notes[0]?.channel ?? (track.isDrums ? 9 : 0);
}

/** Each note in another shape, and room made for it. Notes that stay as they are do not count. */
function reshape(song: PageSong, ids: Ids, verb: string, shape: (note: PageNote) => PageNote): Edit {
  const changes: Change[] = [];
  const results: PageNote[][] = [];
  let changed = 0;
  for (const { track, notes } of pick(song, ids)) {
    const settled = settle(notes.map((before) => ({ before, after: shape(before) }))).notes;
    const shaped = notes.flatMap(({ id }) => settled.get(id) ?? []);
    results.push(shaped);
    const removed = notes.filter((note) => !isSame(note, settled.get(note.id)));
    const added = removed.flatMap(({ id }) => settled.get(id) ?? []);
    changed += added.length;
    const room = roomFor(track.notes, ids, added);
    changes.push({
      trackId: track.id,
      removed: [...removed, ...room.removed],
      added: [...added, ...room.added],
    });
  }
  return { label: named(verb, changed), changes, result: results.flat() };
}

function putIn(verb: string, parts: readonly { track: PageTrack; added: readonly PageNote[] }[]): Edit {
  const changes = parts.map(({ track, added }) => {
    const room = roomFor(track.notes, new Set(), added);
    return { trackId: track.id, removed: room.removed, added: [...added, ...room.added] };
  });
  const result = parts.flatMap(({ added }) => added);
  return { label: named(verb, result.length), changes, result };
}

function shifted(note: PageNote, ticks: Tick, pitches: number): PageNote {
  return { ...note, startTick: note.startTick + ticks, pitch: note.pitch + pitches };
}

/** Inside the song and MIDI's numbers. */
function kept(note: PlainNote): PlainNote {
  return {
    ...note,
    startTick: Math.max(0, Math.round(note.startTick)),
    durationTicks: Math.max(1, Math.round(note.durationTicks)),
    pitch: Math.min(HIGHEST_PITCH, Math.max(0, note.pitch)),
    velocity: Math.min(127, Math.max(1, note.velocity)),
  };
}

function isSame(a: PageNote, b: PageNote | undefined): boolean {
  return (
    a.startTick === b?.startTick &&
    a.durationTicks === b.durationTicks &&
    a.pitch === b.pitch &&
    a.velocity === b.velocity
  );
}

function count(lists: readonly (readonly PageNote[])[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}

function named(verb: string, notes: number): string {
  return notes === 1 ? `${verb} note` : `${verb} ${notes} notes`;
}
