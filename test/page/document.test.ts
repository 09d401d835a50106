/**
 * Changes of the song in the page: made, undone, sent, and applied by another page.
 */
import { expect, test } from "vitest";
import {
  applyChanges,
  type Change,
  changesFromWire,
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
  const history = new History({
    apply: (changes) => {
      song = applyChanges(song, changes);
    },
    song: () => song,
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
  expect(plain(applyChanges(there, changesFromWire(there, [heard])))).toEqual(
    plain(applyChanges(here, [change])),
  );
  const lacking = songOf(note(240, 64));
  expect(changesFromWire(lacking, [heard])[0]?.removed).toHaveLength(1);
});

test("a change of another page may take out what an earlier one of the same message put in", () => {
  const song = songOf(note(0, 60));
  const [first, second] = [note(480, 62), note(480, 64)].map(plainNote);
  if (first === undefined || second === undefined) throw new Error("two notes");
  const changes = [
    { trackId: "1", removed: [], added: [first] },
    { trackId: "1", removed: [first], added: [second] },
  ];
  const after = applyChanges(song, changesFromWire(song, changes));
  expect(after.tracks[0]?.notes.map(({ pitch }) => pitch)).toEqual([60, 64]);
});

test("of equal notes on several channels the one of the channel goes", () => {
  const own = newNote({ ...note(0, 60), channel: 3 });
  const song = songOf(note(0, 60), own, note(0, 60));
  const [change] = changesFromWire(song, [{ trackId: "1", removed: [plainNote(own)], added: [] }]);
  expect(change?.removed).toEqual([own]);
});

/** How often notes are read while another page's changes of all of them are taken over. */
function readsFor(count: number, messages: number): number {
  let reads = 0;
  const counted = (tick: number) => {
    const made = note(tick, 60 + (tick % 12));
    return Object.defineProperty({ ...made }, "startTick", {
      enumerable: true,
      get() {
        reads += 1;
        return tick;
      },
    });
  };
  const song = songOf(...Array.from({ length: count }, (_, tick) => counted(tick)));
  const moved = song.tracks[0]?.notes.map(plainNote) ?? [];
  const size = count / messages;
  const changes = Array.from({ length: messages }, (_, at) => {
    const removed = moved.slice(at * size, (at + 1) * size);
    return { trackId: "1", removed, added: removed.map((one) => ({ ...one, pitch: one.pitch + 1 })) };
  });
  reads = 0;
  const after = applyChanges(song, changesFromWire(song, changes));
  expect(after.tracks[0]?.notes).toHaveLength(count);
  return reads;
}

test("the work of another page's changes grows as their notes do", () => {
  for (const messages of [1, 400]) {
    const [few, many] = [readsFor(2_000, messages), readsFor(16_000, messages)];
    // Eight times the notes: with a little more for bringing them into order.
    expect(many / few).toBeLessThan(12);
    expect(many).toBeLessThan(16_000 * 60);
  }
});

test("notes of a region start in it", () => {
  const song = songOf(note(0, 60), note(100, 61), note(200, 62));
  const found = notesIn(song, { trackId: "1", startTick: 100, endTick: 200 });
  expect(found.map(({ pitch }) => pitch)).toEqual([61]);
});

function full<Note extends { channel?: number | undefined }>(sent: Note) {
  return { ...sent, channel: sent.channel ?? 0 };
}
