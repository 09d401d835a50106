/**
 * Quantizing: two notes of one pitch never start at the same tick or overlap.
 */
import { expect, test } from "vitest";
import { Bars } from "../../bridge/music/bars.ts";
import { GRIDS, Snap } from "../../bridge/music/snap.ts";
import { applyChanges, inverseOf } from "../../page/document/change.ts";
import {
  EMPTY_SONG,
  inOrder,
  newNote,
  type PageNote,
  type PageSong,
  plainNote,
} from "../../page/document/song.ts";
import { type Edit, quantizeNotes, resizeNotes } from "../../page/editor/edits.ts";
import { randomFrom } from "./sound-songs.ts";

const PPQ = 480;
const beats = new Snap(new Bars([], PPQ), PPQ, "beat");

function note(startTick: number, durationTicks: number, pitch = 60, velocity = 90): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity, channel: 0 });
}

function songOf(notes: readonly PageNote[]): PageSong {
  const track = { id: "1", name: "", program: 0, isDrums: false, notes: inOrder([...notes]) };
  return { ...EMPTY_SONG, ppq: PPQ, tracks: [track] };
}

const ids = (notes: readonly PageNote[]) => new Set(notes.map(({ id }) => id));
const after = (song: PageSong, { changes }: Edit) => applyChanges(song, changes).tracks[0]?.notes ?? [];
const spans = (notes: readonly PageNote[]) =>
  notes.map(({ startTick, durationTicks }) => [startTick, durationTicks]);

test("of two notes that fall onto one line the longer stays, and undo brings both back", () => {
  const notes = [note(450, 100), note(500, 300), note(470, 50, 72)];
  const song = songOf(notes);
  const edit = quantizeNotes(song, ids(notes), beats);
  expect(spans(after(song, edit))).toEqual([
    [480, 300],
    [480, 50],
  ]);
  expect(edit.said).toBe("A note that fell onto a longer one of its pitch was merged into it");
  expect(edit.result.map(({ id }) => id)).toEqual([notes[2]?.id, notes[1]?.id]);
  const undone = applyChanges(applyChanges(song, edit.changes), inverseOf(edit.changes));
  expect(undone.tracks[0]?.notes).toEqual(song.tracks[0]?.notes);
});

test("the same holds for a note that was not selected, whichever is longer", () => {
  const [short, long] = [note(450, 20), note(480, 200)];
  const song = songOf([short, long]);
  expect(spans(after(song, quantizeNotes(song, ids([short]), beats)))).toEqual([[480, 200]]);
  const [moved, stays] = [note(450, 400), note(480, 100)];
  const other = songOf([moved, stays]);
  expect(spans(after(other, quantizeNotes(other, ids([moved]), beats)))).toEqual([[480, 400]]);
});

test("a note that would come to sound into the next of its pitch ends where that begins", () => {
  const notes = [note(100, 350), note(460, 100)];
  const song = songOf(notes);
  expect(spans(after(song, quantizeNotes(song, ids(notes), beats)))).toEqual([
    [0, 350],
    [480, 100],
  ]);
  const late = [note(300, 470), note(800, 100)];
  const other = songOf(late);
  expect(spans(after(other, quantizeNotes(other, ids(late), beats)))).toEqual([
    [480, 470],
    [960, 100],
  ]);
  const into = [note(300, 400), note(700, 100), note(1000, 90, 61)];
  const third = songOf(into);
  expect(spans(after(third, quantizeNotes(third, ids(into.slice(0, 1)), beats)))).toEqual([
    [480, 220],
    [700, 100],
    [1000, 90],
  ]);
});

test("edges that are dragged together do not lay notes over each other", () => {
  const notes = [note(0, 480), note(480, 480)];
  const song = songOf(notes);
  expect(spans(after(song, resizeNotes(song, ids(notes), "end", 240)))).toEqual([
    [0, 480],
    [480, 720],
  ]);
  expect(spans(after(song, resizeNotes(song, ids(notes), "start", -240)))).toEqual([
    [0, 240],
    [240, 720],
  ]);
});

test("whatever is quantized, no two notes of a pitch begin together or sound at once", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = randomFrom(seed);
    const notes: PageNote[] = [];
    for (let tried = 0; tried < 80; tried += 1) {
      const made = note(random(4000), 1 + random(300), 60 + random(4), 1 + random(127));
      const isFree = notes.every(
        (one) =>
          one.pitch !== made.pitch ||
          one.startTick + one.durationTicks <= made.startTick ||
          made.startTick + made.durationTicks <= one.startTick,
      );
      if (isFree) notes.push(made);
    }
    const song = songOf(notes);
    const grid = GRIDS[random(GRIDS.length)] ?? "beat";
    const chosen = notes.filter(() => random(3) > 0);
    const edit = quantizeNotes(song, ids(chosen), new Snap(new Bars([], PPQ), PPQ, grid));
    const result = after(song, edit);
    for (const [at, one] of result.entries()) {
      const next = result.slice(at + 1).find(({ pitch }) => pitch === one.pitch);
      if (next === undefined) continue;
      const where = `seed ${seed}, ${grid}, tick ${one.startTick}`;
      expect(next.startTick, where).toBeGreaterThanOrEqual(one.startTick + one.durationTicks);
    }
    expect(result.every(({ durationTicks }) => durationTicks >= 1)).toBe(true);
    const undone = applyChanges(applyChanges(song, edit.changes), inverseOf(edit.changes));
    expect(undone.tracks[0]?.notes.map(plainNote)).toEqual(song.tracks[0]?.notes.map(plainNote));
  }
});
