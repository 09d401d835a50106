/**
 * Changes of a song: notes that go and notes that come, track by track. Every edit of the page is one, whatever made it.
 */
import type { RollChange, RollChanged } from "../../bridge/client/generated/protocol.ts";
import { keyOf, part } from "./match.ts";
import {
  inOrder,
  type NoteId,
  newNote,
  type PageNote,
  type PageSong,
  type PlainNote,
  plainNote,
} from "./song.ts";

export interface Change {
  readonly trackId: string;
  readonly removed: readonly PageNote[];
  readonly added: readonly PageNote[];
}

/** The song with the changes made; tracks that none names are the same objects. */
export function applyChanges(song: PageSong, changes: readonly Change[]): PageSong {
  const tracks = song.tracks.map((track) => {
    const own = changes.filter(({ trackId }) => trackId === track.id);
    if (own.length === 0) return track;
    let notes: readonly PageNote[] = track.notes;
    for (const { removed, added } of own) {
      const gone = new Set<NoteId>(removed.map(({ id }) => id));
      notes = [...notes.filter(({ id }) => !gone.has(id)), ...added];
    }
    return { ...track, notes: inOrder([...notes]) };
  });
  return { ...song, tracks };
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

/** A change of another page, with the notes of this page that it means; those that are not there are passed over. */
export function changeFromWire(song: PageSong, { trackId, removed, added }: RollChanged): Change {
  const track = song.tracks.find(({ id }) => id === trackId);
  const taken = new Set<NoteId>();
  const found = removed.flatMap((wanted) => {
    const note = track?.notes.find((one) => !taken.has(one.id) && isSame(one, wanted));
    if (note === undefined) return [];
    taken.add(note.id);
    return [note];
  });
  return { trackId, removed: found, added: added.map(newNote) };
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

function isSame(a: PlainNote, b: PlainNote): boolean {
  return (
    a.startTick === b.startTick &&
    a.pitch === b.pitch &&
    a.durationTicks === b.durationTicks &&
    a.velocity === b.velocity &&
    a.channel === b.channel
  );
}
