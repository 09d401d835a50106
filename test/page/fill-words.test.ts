/**
 * Names of regions and candidates, the default bars, and error messages.
 */
import { expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { Bars } from "../../bridge/music/bars.ts";
import { barsIn, chooseBars, regionTitle } from "../../page/fill/region-bars.ts";
import { factsOf, letterOf, problemOf, warningText } from "../../page/fill/words.ts";
import { BAR, PPQ, plain, songOf } from "./fill-support.ts";

const BARS = new Bars([], PPQ);
const span = (startTick: number, endTick: number) => ({ startTick, endTick });

test("bars are named from 1, with beats where it begins or ends inside one", () => {
  expect(regionTitle(BARS, span(4 * BAR, 8 * BAR))).toBe("Bars 5-8");
  expect(regionTitle(BARS, span(4 * BAR, 5 * BAR))).toBe("Bar 5");
  expect(regionTitle(BARS, span(4 * BAR + PPQ, 8 * BAR - PPQ))).toBe("Bars 5.2-8.3");
  expect(barsIn(BARS, span(4 * BAR + PPQ, 6 * BAR))).toEqual([
    { number: 5, startTick: 4 * BAR + PPQ, endTick: 5 * BAR },
    { number: 6, startTick: 5 * BAR, endTick: 6 * BAR },
  ]);
});

test("bars in three quarters are named as they are", () => {
  const waltz = new Bars([{ tick: 0, numerator: 3, denominator: 4 }], PPQ);
  expect(regionTitle(waltz, span(12 * PPQ, 24 * PPQ))).toBe("Bars 5-8");
});

function chosen(notes: { startTick: number; durationTicks: number; pitch: number }[], cursorTick = 0) {
  const song = songOf(
    notes.map(({ startTick, durationTicks }) => plain(startTick, 60, durationTicks)),
    [plain(0, 40, 16 * BAR)],
  );
  const region = chooseBars(song, BARS, "own", cursorTick);
  return region === undefined ? undefined : regionTitle(BARS, region);
}

test("bars are chosen at the cursor, else where the track is silent, else with music on both sides", () => {
  const full = Array.from({ length: 16 }, (_, bar) => plain(bar * BAR));
  expect(chosen(full, 6 * BAR + 10)).toBe("Bars 7-10");
  expect(chosen(full.filter((_, bar) => bar < 7 || bar > 12))).toBe("Bars 8-11");
  expect(chosen(full)).toBe("Bars 5-8");
  expect(chosen([plain(0, 60, 3 * BAR + 1)])).toBe("Bars 5-8");
  expect(chosen([])).toBe("Bars 1-4");
  expect(chooseBars({ ...songOf([]), tracks: [] }, BARS, undefined, 0)).toBeUndefined();
  expect(chooseBars(songOf([]), BARS, "gone", 0)).toEqual({ trackId: "own", ...span(0, 4 * BAR) });
});

test("bars are never chosen that are all the music there is", () => {
  const bars = (first: number, count: number) =>
    Array.from({ length: count }, (_, bar) => plain((first + bar) * BAR));
  // Of one to four bars those after them.
  expect([1, 2, 3, 4].map((count) => chosen(bars(0, count)))).toEqual([
    "Bars 2-5",
    "Bars 3-6",
    "Bars 4-7",
    "Bars 5-8",
  ]);
  for (let first = 0; first < 6; first += 1) {
    for (let count = 1; count < 14; count += 1) {
      const notes = bars(first, count);
      for (const cursorTick of [0, 1, first * BAR, (first + count) * BAR]) {
        const region = chooseBars(songOf(notes), BARS, "own", cursorTick);
        if (region === undefined) throw new Error("bars are chosen");
        const left = notes.filter(
          ({ startTick }) => startTick < region.startTick || startTick >= region.endTick,
        );
        expect(left.length, `bars ${first} to ${first + count}, cursor ${cursorTick}`).toBeGreaterThan(0);
        expect(region.endTick - region.startTick).toBe(4 * BAR);
      }
    }
  }
  // A note that sounds on is not cut into.
  expect(chosen([plain(0, 60, 6 * BAR)])).toBe("Bars 7-10");
});

test("candidates have letters", () => {
  expect([0, 1, 25, 26, 52].map(letterOf)).toEqual(["A", "B", "Z", "A2", "A3"]);
});

test("facts in plain words", () => {
  const candidate = { seed: 1, notes: [], copied: 0.304, outOfScale: 0 };
  const notes = [{ ...plain(0), id: 1 }];
  expect(factsOf({ ...candidate, notes }, false)).toEqual([
    "1 note",
    "repeats 30 % of the bars around",
    "all in the scale",
  ]);
  expect(factsOf({ ...candidate, notes, copied: 0, outOfScale: 0.1 }, false)).toEqual([
    "1 note",
    "all new",
    "10 % outside the scale",
  ]);
  expect(factsOf({ ...candidate, notes }, true)).toEqual(["1 note", "repeats 30 % of the bars around"]);
  expect(factsOf(candidate, false)).toEqual(["silence"]);
});

test("what went wrong is said in the daemon's sentence, and a lost connection can be tried again", () => {
  const empty = new BridgeError("SCALE_RANGE_EMPTY", "pitches 61 to 61 hold no note; widen the range");
  expect(problemOf(empty)).toEqual({
    text: "Pitches 61 to 61 hold no note; widen the range.",
    canRetry: false,
  });
  expect(problemOf(new BridgeError("CONNECTION_LOST", "x", { retryable: true }))).toMatchObject({
    text: expect.stringContaining("connection to Continuo was lost"),
    canRetry: true,
  });
  expect(problemOf(new BridgeError("RHYTHM_EMPTY", "use --rhythm free")).text).not.toContain("--");
  expect(problemOf(new BridgeError("BUSY", "too many", { retryable: true })).canRetry).toBe(true);
  expect(problemOf(new TypeError("odd")).text).toBe("Odd.");
});

test("a warning reads as a sentence, and speaks of no settings in files", () => {
  expect(warningText({ code: "X", message: "the model fell back to the CPU" })).toBe(
    "The model fell back to the CPU.",
  );
  expect(warningText({ code: "REORDERED", message: '"rerank": false in config.json' })).not.toContain(
    "config",
  );
});
