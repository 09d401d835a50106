/**
 * Notes at a position, in a rectangle and inside a lasso; the index misses none.
 */
import { expect, test } from "vitest";
import { inOrder, newNote, type PageNote, type PageTrack } from "../../page/document/song.ts";
import { isInside, noteAt, notesInBox, notesInLasso } from "../../page/editor/hit.ts";
import { NoteIndex } from "../../page/editor/note-index.ts";

const VIEW = { startTick: 0, ticksPerPixel: 2, topPitch: 72, pixelsPerPitch: 10 };

function note(startTick: number, durationTicks: number, pitch: number): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity: 90, channel: 0 });
}

function trackOf(notes: PageNote[], isDrums = false): PageTrack {
  return { id: "1", name: "", program: 0, isDrums, notes: inOrder(notes) };
}

/** Pixel of a tick and the middle of a pitch's row. */
const at = (tick: number, pitch: number) => ({ x: tick / 2, y: (72 - pitch - 0.5) * 10 });

test("a note has a start, a body and an end, and what is over another is found first", () => {
  const [below, above] = [note(100, 400, 60), note(300, 400, 60)];
  const track = trackOf([below, above]);
  expect(noteAt(track, VIEW, at(104, 60))).toEqual({ note: below, part: "start" });
  expect(noteAt(track, VIEW, at(200, 60))).toEqual({ note: below, part: "body" });
  expect(noteAt(track, VIEW, at(400, 60))).toEqual({ note: above, part: "body" });
  expect(noteAt(track, VIEW, at(696, 60))).toEqual({ note: above, part: "end" });
  expect(noteAt(track, VIEW, at(200, 61))).toBeUndefined();
  expect(noteAt(track, VIEW, at(720, 60))).toBeUndefined();
});

test("a note of a pixel can still be held, by its body", () => {
  const tiny = note(100, 2, 60);
  expect(noteAt(trackOf([tiny]), VIEW, at(101, 60))).toEqual({ note: tiny, part: "body" });
});

test("a drum is as wide as its row is high, around its start", () => {
  const hit = note(100, 1000, 38);
  const view = { ...VIEW, topPitch: 44 };
  const track = trackOf([hit], true);
  const y = (44 - 38 - 0.5) * 10;
  expect(noteAt(track, view, { x: 46, y })).toEqual({ note: hit, part: "body" });
  expect(noteAt(track, view, { x: 70, y })).toBeUndefined();
});

test("a rectangle holds what it touches, whichever corner it began at", () => {
  const [a, b, c] = [note(0, 100, 60), note(200, 100, 62), note(600, 100, 60)];
  const track = trackOf([a, b, c]);
  expect(notesInBox(track, VIEW, at(90, 59), at(210, 63))).toEqual([a, b]);
  expect(notesInBox(track, VIEW, at(210, 63), at(90, 59))).toEqual([a, b]);
  expect(notesInBox(track, VIEW, at(310, 59), at(590, 63))).toEqual([]);
});

test("a line drawn by hand holds what is inside, also in its bays", () => {
  const [inside, bay] = [note(100, 20, 66), note(300, 20, 66)];
  const track = trackOf([inside, bay]);
  // A U lying on its side: the second note is in the opening.
  const line = [
    at(0, 70),
    at(400, 70),
    at(400, 68),
    at(200, 68),
    at(200, 64),
    at(400, 64),
    at(400, 62),
    at(0, 62),
  ];
  expect(notesInLasso(track, VIEW, line)).toEqual([inside]);
  expect(notesInLasso(track, VIEW, line.slice(0, 2))).toEqual([]);
  expect(isInside([], { x: 0, y: 0 })).toBe(false);
});

test("the index finds what sounds, as a look at every note does", () => {
  let seed = 7;
  const random = (most: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  const notes = inOrder(
    Array.from({ length: 3000 }, (_, k) =>
      note(random(50_000), k % 500 === 0 ? 20_000 : 1 + random(300), random(128)),
    ),
  );
  const index = new NoteIndex(notes);
  for (let turn = 0; turn < 100; turn += 1) {
    const start = random(60_000);
    const end = start + 1 + random(5000);
    const sounding = notes.filter((one) => one.startTick < end && one.startTick + one.durationTicks > start);
    expect(index.sounding(start, end)).toEqual(sounding);
  }
  // And passes over most of those that do not.
  const looked = index.ranges(40_000, 40_100).reduce((sum, [first, after]) => sum + after - first, 0);
  expect(looked).toBeLessThan(notes.length / 2);
});
