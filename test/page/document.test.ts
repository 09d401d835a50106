/**
 * Changes of the song in the page: made, taken back, sent and understood by another page.
 */
import { expect, test } from "vitest";
import {
  applyChanges,
  type Change,
  changeFromWire,
  inverseOf,
  wireChange,
} from "../../page/document/change.ts";
import { History } from "../../page/document/history.ts";
import { EMPTY_SONG, newNote, notesIn, type PageSong, plainNote } from "../../page/document/song.ts";

function note(startTick: number, pitch: number) {
  return newNote({ startTick, durationTicks: 120, pitch, velocity: 90, channel: 0 });
}

function songOf(...notes: ReturnType<typeof note>[]): PageSong {
  const track = { id: "1", name: "Piano", program: 0, isDrums: false, notes };
  return { ...EMPTY_SONG, tracks: [track, { ...track, id: "2", notes: [] }] };
}

const plain = (song: PageSong) => song.tracks.map(({ notes }) => notes.map(plainNote));

test("a change and its inverse leave the song as it was, and other tracks are not touched", () => {
  const [a, b] = [note(0, 60), note(240, 64)];
  const song = songOf(a, b);
  const change: Change = { trackId: "1", removed: [a], added: [note(120, 62), note(480, 65)] };
  const after = applyChanges(song, [change]);
  expect(after.tracks[0]?.notes.map(({ pitch }) => pitch)).toEqual([62, 64, 65]);
  expect(after.tracks[1]).toBe(song.tracks[1]);
  expect(plain(applyChanges(after, inverseOf([change])))).toEqual(plain(song));
});

test("steps are undone and done again in order", () => {
  const a = note(0, 60);
  let song = songOf(a);
  const history = new History((changes) => {
    song = applyChanges(song, changes);
  });
  const before = plain(song);
  history.do("Add", [{ trackId: "1", removed: [], added: [note(120, 61)] }]);
  history.do("Nothing", [{ trackId: "1", removed: [], added: [] }]);
  history.do("Remove", [{ trackId: "1", removed: [a], added: [] }]);
  const after = plain(song);
  expect(history.steps.value.map(({ label }) => label)).toEqual(["Add", "Remove"]);
  expect([history.undo()?.label, history.undo()?.label, history.undo()]).toEqual([
    "Remove",
    "Add",
    undefined,
  ]);
  expect(plain(song)).toEqual(before);
  history.redo();
  history.redo();
  expect(plain(song)).toEqual(after);
});

test("another page makes the same change, and passes over a note that it has no more", () => {
  const here = songOf(note(0, 60), note(0, 60), note(240, 64));
  const there = songOf(note(0, 60), note(0, 60), note(240, 64));
  const [first, , third] = here.tracks[0]?.notes ?? [];
  if (first === undefined || third === undefined) throw new Error("the song has three notes");
  const change: Change = { trackId: "1", removed: [first, third], added: [note(60, 72)] };
  const told = wireChange(change);
  const heard = { ...told, removed: told.removed.map(full), added: told.added.map(full) };
  expect(plain(applyChanges(there, [changeFromWire(there, heard)]))).toEqual(
    plain(applyChanges(here, [change])),
  );
  const lacking = songOf(note(240, 64));
  expect(changeFromWire(lacking, heard).removed).toHaveLength(1);
});

test("notes of a region start in it", () => {
  const song = songOf(note(0, 60), note(100, 61), note(200, 62));
  const found = notesIn(song, { trackId: "1", startTick: 100, endTick: 200 });
  expect(found.map(({ pitch }) => pitch)).toEqual([61]);
});

function full<Note extends { channel?: number | undefined }>(sent: Note) {
  return { ...sent, channel: sent.channel ?? 0 };
}
