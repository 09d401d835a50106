/**
 * Edits as changes: their effect on a song, what they leave unchanged, and their inverses.
 */
import { expect, test } from "vitest";
import { Bars } from "../../bridge/music/bars.ts";
import { Snap } from "../../bridge/music/snap.ts";
import { applyChanges, inverseOf } from "../../page/document/change.ts";
import { inOrder, newNote, type PageNote, type PageSong, plainNote } from "../../page/document/song.ts";
import {
  channelOf,
  clipOf,
  copyNotes,
  drawNote,
  duplicateNotes,
  type Edit,
  moveNotes,
  pasteClip,
  quantizeNotes,
  removeNotes,
  resizeNotes,
  setVelocities,
} from "../../page/editor/edits.ts";

const PPQ = 480;
const sixteenths = new Snap(new Bars([], PPQ), PPQ, "1/16");
const beats = new Snap(new Bars([], PPQ), PPQ, "beat");

function note(startTick: number, durationTicks: number, pitch: number, channel = 0): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity: 90, channel });
}

function songOf(...tracks: PageNote[][]): PageSong {
  return {
    ppq: PPQ,
    tempoMap: [],
    timeSignatures: [],
    tracks: tracks.map((notes, at) => ({
      id: String(at + 1),
      name: "",
      program: 0,
      isDrums: false,
      notes: inOrder(notes),
    })),
  };
}

const ids = (...notes: PageNote[]) => new Set(notes.map(({ id }) => id));
/** Start, length and pitch of the notes of a track, after an edit that is then taken back. */
function after(song: PageSong, edit: Edit, track = 0): number[][] {
  const next = applyChanges(song, edit.changes);
  const back = applyChanges(next, inverseOf(edit.changes));
  expect(back.tracks.map(({ notes }) => notes.map(plainNote))).toEqual(
    song.tracks.map(({ notes }) => notes.map(plainNote)),
  );
  return (next.tracks[track]?.notes ?? []).map((one) => [one.startTick, one.durationTicks, one.pitch]);
}

test("notes move together, stay the same notes, and stop at the song's start and the last pitches", () => {
  const [a, b] = [note(100, 50, 60), note(300, 50, 120)];
  const song = songOf([a, b]);
  const edit = moveNotes(song, ids(a, b), -500, 30);
  expect(after(song, edit)).toEqual([
    [0, 50, 67],
    [200, 50, 127],
  ]);
  expect(edit.label).toBe("Move 2 notes");
  expect(edit.result.map(({ id }) => id)).toEqual([a.id, b.id]);
  expect(after(song, moveNotes(song, ids(a), 0, -100))[0]).toEqual([100, 50, 0]);
  const nothing = moveNotes(song, ids(a), 0, 0);
  expect(nothing.changes.every(({ removed, added }) => removed.length + added.length === 0)).toBe(true);
});

test("notes of several tracks move in their tracks", () => {
  const [a, b] = [note(0, 50, 60), note(0, 50, 64)];
  const song = songOf([a], [b]);
  const edit = moveNotes(song, ids(a, b), 10, 1);
  expect([after(song, edit, 0), after(song, edit, 1)]).toEqual([[[10, 50, 61]], [[10, 50, 65]]]);
});

test("a note that is drawn cuts the older one, or takes its place, as one step", () => {
  const [before, inside, elsewhere] = [note(0, 500, 60), note(600, 50, 60), note(0, 900, 61)];
  const song = songOf([before, inside, elsewhere]);
  const edit = drawNote(song, "1", plainNote(note(400, 300, 60)));
  expect(after(song, edit)).toEqual([
    [0, 400, 60],
    [0, 900, 61],
    [400, 300, 60],
  ]);
  expect(edit.changes).toHaveLength(1);
  expect(edit.label).toBe("Draw note");
  // What is left of a note that was cut is the same note.
  expect(applyChanges(song, edit.changes).tracks[0]?.notes[0]?.id).toBe(before.id);
});

test("a note of another channel keeps its place", () => {
  const other = note(0, 500, 60, 3);
  const song = songOf([other]);
  expect(after(song, drawNote(song, "1", plainNote(note(100, 100, 60))))).toHaveLength(2);
});

test("a note is never drawn outside the song or MIDI's numbers", () => {
  const edit = drawNote(songOf([]), "1", {
    startTick: -50,
    durationTicks: 0.2,
    pitch: 200,
    velocity: 0,
    channel: 0,
  });
  expect(edit.result[0]).toMatchObject({ startTick: 0, durationTicks: 1, pitch: 127, velocity: 1 });
  expect(drawNote(songOf([]), "9", plainNote(note(0, 1, 1))).changes).toEqual([]);
});

test("moved notes make room among those that stay, and not among themselves", () => {
  const [a, b, stays] = [note(0, 100, 60), note(100, 100, 60), note(250, 100, 60)];
  const song = songOf([a, b, stays]);
  expect(after(song, moveNotes(song, ids(a, b), 100, 0))).toEqual([
    [100, 100, 60],
    [200, 100, 60],
  ]);
  expect(after(song, moveNotes(song, ids(stays), -100, 0))).toEqual([
    [0, 100, 60],
    [100, 50, 60],
    [150, 100, 60],
  ]);
});

test("copies are other notes, the old ones stay", () => {
  const a = note(0, 100, 60);
  const song = songOf([a]);
  const edit = copyNotes(song, ids(a), 200, 2);
  expect(after(song, edit)).toEqual([
    [0, 100, 60],
    [200, 100, 62],
  ]);
  expect(edit.result[0]?.id).not.toBe(a.id);
  expect(edit.label).toBe("Copy note");
});

test("what is duplicated comes right after, in time", () => {
  const [a, b] = [note(480, 100, 60), note(900, 200, 62)];
  const song = songOf([a, b]);
  const edit = duplicateNotes(song, ids(a, b), beats);
  expect(after(song, edit).slice(2)).toEqual([
    [1440, 100, 60],
    [1860, 200, 62],
  ]);
  expect(duplicateNotes(song, new Set(), beats).changes).toEqual([]);
});

test("either edge moves, no note gets shorter than a tick or starts before the song", () => {
  const [a, b] = [note(100, 100, 60), note(400, 20, 64)];
  const song = songOf([a, b]);
  expect(after(song, resizeNotes(song, ids(a, b), "end", -50))).toEqual([
    [100, 50, 60],
    [400, 1, 64],
  ]);
  expect(after(song, resizeNotes(song, ids(a), "start", 500))[0]).toEqual([199, 1, 60]);
  expect(after(song, resizeNotes(song, ids(a), "start", -500))[0]).toEqual([0, 200, 60]);
  expect(after(song, resizeNotes(song, ids(a), "end", 30, 1))[0]).toEqual([100, 130, 60]);
});

test("deleting takes what is named", () => {
  const [a, b] = [note(0, 10, 60), note(20, 10, 60)];
  const song = songOf([a, b]);
  const edit = removeNotes(song, ids(a));
  expect([after(song, edit), edit.label]).toEqual([[[20, 10, 60]], "Delete note"]);
});

test("quantizing moves starts to the nearest line; notes on a line are not part of the change", () => {
  const [a, b, c] = [note(110, 77, 60), note(240, 77, 62), note(181, 77, 64)];
  const song = songOf([a, c, b]);
  const edit = quantizeNotes(song, ids(a, b, c), sixteenths);
  expect(after(song, edit).map(([start]) => start)).toEqual([120, 240, 240]);
  expect(edit.changes[0]?.removed).toHaveLength(2);
  expect([edit.label, edit.result.length]).toEqual(["Quantize 2 notes", 3]);
});

test("velocities stay between 1 and 127", () => {
  const [a, b, c] = [note(0, 10, 60), note(0, 10, 61), note(0, 10, 62)];
  const song = songOf([a, b, c]);
  const edit = setVelocities(
    song,
    new Map([
      [a.id, 300],
      [b.id, -4],
      [c.id, 63.6],
    ]),
  );
  expect(edit.result.map(({ velocity }) => velocity)).toEqual([127, 1, 64]);
  expect(edit.label).toBe("Change velocity of 3 notes");
});

test("what is cut or copied comes back at another place, in time, on the channel of its track", () => {
  const [a, b] = [note(500, 100, 60), note(1000, 100, 64)];
  const song = songOf([a, b], [note(0, 10, 40, 5)]);
  const clip = clipOf(song, ids(a, b), beats);
  expect(clip.notes.map(({ startTick }) => startTick)).toEqual([20, 520]);
  const edit = pasteClip(song, "2", clip, 1920);
  expect(after(song, edit, 1).slice(1)).toEqual([
    [1940, 100, 60],
    [2440, 100, 64],
  ]);
  expect(edit.result.every(({ channel }) => channel === 5)).toBe(true);
});

test("new notes of drums sound on channel 10, which is 9 inside", () => {
  const track = { id: "1", name: "", program: 0, isDrums: true, notes: [] };
  expect(channelOf(track)).toBe(9);
});

test("more notes than a call has arguments are moved, duplicated and copied at once", () => {
  const notes = Array.from({ length: 200_000 }, (_, k) => note(k * 10, 5, 40 + (k % 40)));
  const song = songOf(notes);
  const all = new Set<number>();
  for (const { id } of notes) all.add(id);
  expect(moveNotes(song, all, 10, 1).result).toHaveLength(notes.length);
  expect(duplicateNotes(song, all, beats).result[0]?.startTick).toBe(2_000_160);
  expect(clipOf(song, all, beats).notes).toHaveLength(notes.length);
});

test("notes that only touch leave each other alone", () => {
  const song = songOf([note(0, 100, 60), note(200, 100, 60)]);
  const edit = drawNote(song, "1", plainNote(note(100, 100, 60)));
  expect(edit.changes[0]?.removed).toEqual([]);
});
