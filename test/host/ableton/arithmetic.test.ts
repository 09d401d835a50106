/**
 * Ableton: where the content of a clip sounds, and how its notes are transformed: pure functions, also on random
 * input.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";
import { describe, expect, test } from "vitest";
import {
  type ClipTime,
  firstHeardAt,
  isRepeated,
  turnsOf,
} from "../../../plugin-host-script/ableton/clip-time.ts";
import {
  keyOf,
  regionTick,
  regionTicks,
  replaced,
  revisionOf,
  startsIn,
} from "../../../plugin-host-script/ableton/notes.ts";

const loop: ClipTime = {
  startTime: 10,
  endTime: 21,
  startMarker: 3,
  loopStart: 1,
  loopEnd: 5,
  looping: true,
};
const all = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

describe("turns", () => {
  test("a loop: from the start marker, then from the loop's start, cut at the clip's end", () => {
    expect([...turnsOf(loop, all)]).toEqual([
      { start: 10, end: 12, local: 3 },
      { start: 12, end: 16, local: 1 },
      { start: 16, end: 20, local: 1 },
      { start: 20, end: 21, local: 1 },
    ]);
  });

  test.each([
    ["before", 0, 10, []],
    ["behind", 21, 30, []],
    ["on a border", 12, 16, [12]],
    ["across a border", 11.5, 12.5, [10, 12]],
    ["within one", 17, 18, [16]],
  ])("only those of the part that is asked for: %s", (_, start, end, starts) => {
    expect([...turnsOf(loop, { start, end })].map((turn) => turn.start)).toEqual(starts);
  });

  test.each([
    ["no loop", { looping: false }],
    ["a start marker behind the loop", { startMarker: 5 }],
    ["a loop without length", { loopEnd: 1 }],
  ])("%s: one turn", (_, change) => {
    const clip = { ...loop, ...change };
    expect([...turnsOf(clip, all)]).toEqual([{ start: 10, end: 21, local: clip.startMarker }]);
  });

  test("a place deep in a clip without end is found without walking there", () => {
    const clip = { ...loop, startTime: 0, endTime: Number.POSITIVE_INFINITY };
    const [turn] = turnsOf(clip, { start: 4e9 + 2, end: 4e9 + 3 });
    expect(turn).toEqual({ start: 4e9 + 2, end: 4e9 + 6, local: 1 });
  });

  test("the first time that a place is heard", () => {
    expect([3, 4.5, 1, 2.9, 5, 0].map((local) => firstHeardAt(loop, local))).toEqual([
      10,
      11.5,
      12,
      13.9,
      undefined,
      undefined,
    ]);
  });

  test("what is heard more than once", () => {
    expect(isRepeated(loop, { start: 3, end: 5 })).toBe(true);
    expect(isRepeated({ ...loop, endTime: 13 }, { start: 1, end: 2 })).toBe(false);
    expect(isRepeated({ ...loop, endTime: 14.5 }, { start: 3, end: 4 })).toBe(true);
    expect(isRepeated({ ...loop, looping: false }, { start: 3, end: 5 })).toBe(false);
  });
});

/** Numbers that repeat from run to run. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("replacing", () => {
  const region = { start: 4, end: 8 };

  test.each(Array.from({ length: 50 }, (_, seed) => seed))(
    "drawn notes, %i: who stays is the same object",
    (seed) => {
      const next = drawn(seed);
      const edge = { start: 4 + next(), end: 6 + next() };
      const now: NoteDescription[] = Array.from({ length: 200 }, () =>
        Object.freeze({
          pitch: Math.floor(next() * 128),
          startTime: next() * 12 - 1,
          duration: next(),
          odd: next(),
        }),
      );
      const inside = now.filter((note) => startsIn(note, edge));
      const gone = new Set(inside.filter(() => next() < 0.5));
      const keys = [...gone].map((note) => keyOf(regionTick(note, edge), note.pitch));
      const length = regionTicks(edge);
      const added = [{ startTick: 0, durationTicks: length, pitch: 1, velocity: 9 }];
      const result = replaced({ now, region: edge, old: inside, removed: new Set(keys), added });
      expect(now.filter((note) => !gone.has(note)).every((note) => result.includes(note))).toBe(true);
      expect(result).toHaveLength(now.length - gone.size + 1);
      const last = result.at(-1);
      expect(last?.startTime).toBe(edge.start);
      expect((last?.startTime ?? 0) + (last?.duration ?? 0)).toBeLessThanOrEqual(edge.end + 1e-12);
      expect(Math.abs((last?.duration ?? 0) - (edge.end - edge.start))).toBeLessThan(1 / 960);
    },
  );

  test("what is a hair off the region's edge is on it; half a tick is as near as it gets", () => {
    const at = (startTime: number) => startsIn({ pitch: 1, startTime, duration: 1 }, region);
    expect([at(3.9999999), at(4), at(7.9999999), at(8), at(3.9994), at(7.9994)]).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  test("a region shorter than a tick is one tick long", () => {
    expect(regionTicks({ start: 0, end: 1e-9 })).toBe(1);
  });

  test("the revision sees every field of every note in the region, in no order", () => {
    const one = { pitch: 1, startTime: 4, duration: 1, probability: 0.5 };
    const other = { pitch: 2, startTime: 5, duration: 1 };
    const revision = revisionOf([one, other], region);
    expect(revisionOf([other, { ...one, selected: true }], region)).toBe(revision);
    expect(revisionOf([one, other, { ...one, startTime: 9 }], region)).toBe(revision);
    for (const change of [
      { probability: 0.6 },
      { duration: 0.9 },
      { muted: true },
      { velocityDeviation: 1 },
    ]) {
      expect(revisionOf([{ ...one, ...change }, other], region)).not.toBe(revision);
    }
    expect(revisionOf([one, other, other], region)).not.toBe(revision);
  });
});
