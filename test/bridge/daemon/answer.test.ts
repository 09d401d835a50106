/**
 * The answer that a host gets for a region that was filled by hand.
 */
import { expect, test } from "vitest";
import { answerByHand } from "../../../bridge/daemon/rolls/answer.ts";
import { fillResultSchema } from "../../../bridge/protocol/fill.ts";
import type { Note } from "../../../bridge/protocol/song.ts";

const REGION = { trackId: "a", startTick: 100, endTick: 200 };

function note(startTick: number, durationTicks: number, pitch = 60, more: Partial<Note> = {}): Note {
  return { startTick, durationTicks, pitch, velocity: 80, channel: 0, ...more };
}

const notesOf = (before: Note[], now: Note[]) => answerByHand(REGION, before, now, 5).candidates[0]?.notes;

test("all notes of the region as they are now, in the form of any answer", () => {
  const before = [note(0, 150), note(100, 10), note(150, 10), note(200, 10)];
  const now = [note(0, 90), note(100, 10), note(160, 20, 64), note(250, 10)];
  const answer = answerByHand(REGION, before, now, 5);
  expect(fillResultSchema.parse(answer)).toEqual(answer);
  expect(answer.removed).toEqual([note(100, 10), note(150, 10)]);
  expect(answer.candidates[0]?.notes).toEqual([note(100, 10), note(160, 20, 64)]);
  expect(answer).toMatchObject({
    model: { id: "by-hand" },
    region: REGION,
    seed: 0,
    timings: { totalMs: 5 },
  });
});

test("new notes end with the region; one that nobody touched goes back as it came", () => {
  const ringing = note(190, 500);
  expect(notesOf([ringing], [ringing, note(150, 500, 64)])).toEqual([note(150, 50, 64), ringing]);
  expect(notesOf([], [note(199, 1), note(200, 1)])).toEqual([note(199, 1)]);
});

test("notes of one pitch end before the next begins; of two that begin together the longer stays", () => {
  expect(notesOf([], [note(100, 50), note(120, 50)])).toEqual([note(100, 20), note(120, 50)]);
  expect(notesOf([], [note(100, 20), note(100, 50)])).toEqual([note(100, 50)]);
  const old = [note(100, 50), note(120, 50)];
  // The host itself had them so.
  expect(notesOf(old, old)).toEqual(old);
  expect(notesOf(old, [...old, note(130, 9)])).toEqual([note(100, 50), note(120, 10), note(130, 9)]);
  const other = note(110, 10, 60, { channel: 1 });
  expect(notesOf([], [note(100, 50), other])).toEqual([note(100, 50), other]);
});

test("an empty region is an answer too", () => {
  expect(notesOf([note(100, 10)], [])).toEqual([]);
});
