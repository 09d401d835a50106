/**
 * Changes of a song: removed and added notes, track by track. Every edit of the page is one, whatever made it.
 */
import type { RollChange, RollChanged } from "../../bridge/client/generated/protocol.ts";
import { keyOf, NotePool, part } from "./match.ts";
import {
  inOrder,
  type NoteId,
  newNote,
  type PageNote,
  type PageSong,
  type PlainNote,
  plainNote,
  trackById,
} from "./song.ts";

export interface Change {
  readonly trackId: string;
  readonly removed: readonly PageNote[];
  readonly added: readonly PageNote[];
}

/** The song with the changes made, in one pass; tracks that none names are the same objects. */
export function applyChanges(song: PageSong, changes: readonly Change[]): PageSong {
  const byTrack = new Map<string, Change[]>();
  for (const change of changes) {
    const known = byTrack.get(change.trackId);
    if (known === undefined) byTrack.set(change.trackId, [change]);
    else known.push(change);
  }
  const tracks = song.tracks.map((track) => {
    const own = byTrack.get(track.id);
    return own === undefined ? track : { ...track, notes: changedNotes(track.notes, own) };
  });
  return { ...song, tracks };
}

function changedNotes(notes: readonly PageNote[], changes: readonly Change[]): PageNote[] {
  const byId = new Map<NoteId, PageNote>();
  for (const note of notes) byId.set(note.id, note);
  for (const { removed, added } of changes) {
    for (const { id } of removed) byId.delete(id);
    for (const note of added) byId.set(note.id, note);
  }
  return inOrder([...byId.values()]);
}

/** What takes the changes back. */
export function inverseOf(changes: readonly Change[]): Change[] {
  return changes
    .map(({ trackId, removed, added }) => ({ trackId, removed: added, added: removed }))
    .reverse();
}

/** As it is sent. */
export function wireChange({ trackId, removed, added }: Change): RollChange {
  return { trackId, removed: removed.map(plainNote), added: added.map(plainNote) };
}

/**
 * Changes of another page, with the notes of this page that they mean; those that are not there are passed over. A
 * later change may remove what an earlier one added. The work grows with the notes of the tracks and of the changes
 * together.
 */
export function changesFromWire(song: PageSong, changes: readonly RollChanged[]): Change[] {
  const pools = new Map<string, NotePool<PageNote>>();
  return changes.map(({ trackId, removed, added }) => {
    const pool = pools.get(trackId) ?? new NotePool(trackById(song, trackId)?.notes ?? []);
    pools.set(trackId, pool);
    const found = removed.flatMap((wanted) => pool.take(wanted) ?? []);
    const come = added.map(newNote);
    for (const note of come) pool.add(note);
    return { trackId, removed: found, added: come };
  });
}

/** A song as either side has it. */
interface AnySong {
  readonly tracks: readonly { readonly id: string; readonly notes: readonly PlainNote[] }[];
}

/** What makes one song of the other, for notes of the tracks that both have. */
export function differences(from: PageSong, to: AnySong): Change[] {
  return from.tracks.flatMap((track) => {
    const wanted = to.tracks.find(({ id }) => id === track.id);
    if (wanted === undefined) return [];
    const removed = part(track.notes, wanted.notes).rest;
    const added = part(wanted.notes, track.notes).rest.map(newNote);
    return removed.length + added.length === 0 ? [] : [{ trackId: track.id, removed, added }];
  });
}

/** Whether a song looks as after some changes: what came is there, what went is not, unless the other still has it. */
export function holdsChanges(song: AnySong, changes: readonly Change[]): boolean {
  return changes.every(({ trackId, removed, added }) => {
    const there = new Set(song.tracks.find(({ id }) => id === trackId)?.notes.map(keyOf));
    const came = new Set(added.map(keyOf));
    return (
      added.every((note) => there.has(keyOf(note))) &&
      removed.every((note) => came.has(keyOf(note)) || !there.has(keyOf(note)))
    );
  });
}
