/**
 * The notes that a request keeps of a song: enough for every promise, and no more.
 */
import { expect, test } from "vitest";
import { nearRegion } from "../../../bridge/music/near-region.ts";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";

const PPQ = 100;
const BAR = 4 * PPQ;

const note = (startTick: number, durationTicks = PPQ) => ({
  startTick,
  durationTicks,
  pitch: 60,
  velocity: 80,
});

function startsNear(own: ReturnType<typeof note>[], other: ReturnType<typeof note>[]): number[][] {
  const request = fillRequestSchema.parse({
    ppq: PPQ,
    tracks: [
      { id: "own", notes: own },
      { id: "other", notes: other },
    ],
    region: { trackId: "own", startTick: 1000 * BAR, endTick: 1004 * BAR },
  });
  const near = nearRegion({ ...request, sampling: { seed: 1 } });
  return near.tracks.map(({ notes }) => notes.map(({ startTick }) => startTick));
}

test("64 bars on either side, and a note that sounds into them from before", () => {
  const other = [note(0), note(100, 936 * BAR), note(936 * BAR), note(1067 * BAR), note(1068 * BAR)];
  expect(startsNear([], other)).toEqual([[], [100, 936 * BAR, 1067 * BAR]]);
});

test("of the track itself also the last 512 notes before the region, in any order", () => {
  const old = Array.from({ length: 600 }, (_, k) => note(k * 10, 1));
  const [own = [], other = []] = startsNear([...old].reverse(), old);
  expect(other).toEqual([]);
  expect([own.length, Math.min(...own)]).toEqual([512, 880]);
});

test("a track without notes before the region is fine", () => {
  expect(startsNear([note(1001 * BAR)], [])).toEqual([[1001 * BAR], []]);
});
