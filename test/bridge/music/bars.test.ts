/**
 * Bars and beats in TypeScript equal those of the core, for the same songs.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readInfo } from "../../../bridge/engine/engine.ts";
import type { RegionChoice } from "../../../bridge/engine/file-region.ts";
import { readRegion } from "../../../bridge/engine/fill.ts";
import { Bars, type TimeSignature } from "../../../bridge/music/bars.ts";
import { header, type RawEvent, trackOf } from "../support/smf.ts";

const NOTE_TICKS = [0x90, 60, 80];

/** A file with these meters and one note as long as the song. */
function songFile(meters: readonly TimeSignature[], ppq: number, durationTicks: number): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-bars-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const events: RawEvent[] = [
    ...meters.map(({ tick, numerator, denominator }) => ({
      tick,
      hex: `ff5804${byte(numerator)}${byte(Math.log2(denominator))}1808`,
    })),
    { tick: 0, hex: NOTE_TICKS.map(byte).join("") },
    { tick: durationTicks, hex: `80${byte(60)}40` },
  ];
  const sorted = events.sort((a, b) => a.tick - b.tick);
  const path = join(folder, "song.mid");
  writeFileSync(
    path,
    Buffer.concat([header(0, 1, ppq), trackOf([...sorted, { tick: durationTicks, hex: "ff2f00" }])]),
  );
  return path;
}

const byte = (value: number) => value.toString(16).padStart(2, "0");

/** Ticks of a region, as the core takes it. */
async function nativeTicks(input: string, region: RegionChoice): Promise<[number, number]> {
  const { startTick, endTick } = (await readRegion({ input, track: { number: 1 }, region })).region;
  return [startTick, endTick];
}

const meter = (tick: number, numerator: number, denominator: number) => ({ tick, numerator, denominator });

const SONGS: readonly [name: string, ppq: number, meters: TimeSignature[]][] = [
  ["4/4 that nobody writes", 480, []],
  ["6/8, then 7/8 at a bar's start", 96, [meter(0, 6, 8), meter(4 * 288, 7, 8)]],
  [
    "a change in the middle of a bar, which is cut",
    96,
    [meter(0, 4, 4), meter(500, 3, 4), meter(1000, 5, 8)],
  ],
  ["an upbeat", 96, [meter(0, 1, 4), meter(96, 4, 4)]],
  ["bars that are not a whole number of ticks", 1, [meter(0, 3, 8)]],
  ["and change there", 3, [meter(0, 5, 16), meter(17, 7, 32), meter(40, 1, 8)]],
  ["two meters at one tick: the later one holds", 96, [meter(0, 4, 4), meter(768, 3, 4), meter(768, 2, 4)]],
];

test.each(SONGS)("bars start and end where the core says: %s", async (_, ppq, meters) => {
  const durationTicks = ppq * 40;
  const input = songFile(meters, ppq, durationTicks);
  const bars = new Bars(meters, ppq);
  const count = bars.count(durationTicks);
  expect(count).toBeGreaterThan(5);
  for (let bar = 0; bar < count; bar += 1) {
    const native = await nativeTicks(input, { bars: { first: bar + 1, last: bar + 1 } });
    expect([bars.startTick(bar), bars.endTick(bar)]).toEqual(native);
  }
  // One bar more is more than the song has.
  await expect(nativeTicks(input, { bars: { first: count + 1, last: count + 1 } })).rejects.toMatchObject({
    code: "REGION_PAST_END",
  });
});

test.each(SONGS)("beats start where the core says, and every tick is in one: %s", async (_, ppq, meters) => {
  const durationTicks = ppq * 12;
  const input = songFile(meters, ppq, durationTicks);
  const bars = new Bars(meters, ppq);
  const lines = bars.lines(0, durationTicks);
  for (const { tick, bar, beat } of lines) {
    const beatOfBar = { bar: bar + 1, beat: beat + 1 };
    const native = nativeTicks(input, { beats: { first: beatOfBar, last: beatOfBar } });
    // A beat may be shorter than a tick.
    const start = await native.then(
      ([first]) => first,
      () => tick,
    );
    expect([bar, beat, tick]).toEqual([bar, beat, start]);
  }
  for (let tick = 0; tick < Math.min(durationTicks, 2000); tick += 1) {
    const line = lines.findLast((one) => one.tick <= tick);
    expect(bars.barAtTick(tick)).toBe(line?.bar);
    const position = bars.positionAtTick(tick);
    expect([position.bar, position.tick]).toEqual([line?.bar, line?.tick]);
    expect(bars.barAtTick(tick + 0.5)).toBe(line?.bar);
  }
});

/** Numbers that are the same in each run. Source: mulberry32, Tommy Ettinger, public domain. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Meters with all that files have: repeated ones, ones beside a bar line, in mid-bar, and at one tick. */
function randomMeters(random: (below: number) => number, ppq: number): TimeSignature[] {
  let tick = 0;
  return Array.from({ length: random(9) }, () => {
    const steps = [0, 1, random(ppq), random(12 * ppq), 4 * ppq + random(5) - 2, 4 * ppq, 3 * ppq];
    tick += Math.max(0, steps[random(steps.length)] ?? 0);
    return meter(tick, 1 + random(9), 2 ** random(6));
  });
}

test("whatever meters a file has, both sides take the same ones and have the same bars", async () => {
  const random = randomOf(7);
  for (let round = 0; round < 150; round += 1) {
    const ppq = [1, 5, 24, 96, 480, 960][random(6)] ?? 96;
    const meters = randomMeters(random, ppq);
    const durationTicks = (meters.at(-1)?.tick ?? 0) + 8 * ppq;
    const input = songFile(meters, ppq, durationTicks);
    const bars = new Bars(meters, ppq);
    const info = await readInfo(input);
    const what = JSON.stringify({ ppq, meters });
    expect({ meters: bars.timeSignatures, count: bars.count(durationTicks) }, what).toEqual({
      meters: info.timeSignatures,
      count: info.bars,
    });
    // What was settled once stays as it is.
    expect(new Bars(bars.timeSignatures, ppq).timeSignatures, what).toEqual(bars.timeSignatures);
    for (let probe = 0; probe < 3; probe += 1) {
      const bar = random(info.bars);
      const native = await nativeTicks(input, { bars: { first: bar + 1, last: bar + 1 } });
      expect([bars.startTick(bar), bars.endTick(bar)], what).toEqual(native);
    }
  }
});

test("a change beside a bar line is on it, and one to the same meter is ignored", () => {
  const starts = (...meters: TimeSignature[]) => new Bars(meters, 480).timeSignatures;
  expect(starts(meter(1, 4, 4), meter(700, 4, 4))).toEqual([meter(0, 4, 4)]);
  expect(starts(meter(0, 4, 4), meter(1950, 3, 4))).toEqual([meter(0, 4, 4), meter(1920, 3, 4)]);
  expect(starts(meter(0, 4, 4), meter(1890, 3, 4))).toEqual([meter(0, 4, 4), meter(1920, 3, 4)]);
  expect(starts(meter(0, 4, 4), meter(1951, 3, 4))).toEqual([meter(0, 4, 4), meter(1951, 3, 4)]);
});

test("a line a beat, no more than the meter has, also where rounding leaves a tick over", () => {
  // 5/16 at 3 a quarter: bars of 3.75 ticks, beats of 0.75.
  const bars = new Bars([meter(0, 5, 16)], 3);
  expect(bars.lines(0, 15).every(({ beat }) => beat < 5)).toBe(true);
  expect(bars.positionAtTick(14)).toEqual({ bar: 3, beat: 4, tick: 14 });
  // 3/8 at 1 a quarter: bars start at 0, 1, 3, 4, 6; the second has 2 ticks for 1.5.
  const small = new Bars([meter(0, 3, 8)], 1);
  expect([0, 1, 2, 3, 4].map((bar) => small.startTick(bar))).toEqual([0, 1, 3, 4, 6]);
  expect(small.positionAtTick(2)).toEqual({ bar: 1, beat: 2, tick: 2 });
});

test("lines begin and end where they are asked for", () => {
  const bars = new Bars([meter(0, 6, 8)], 480);
  expect(bars.lines(240, 1440).map(({ tick }) => tick)).toEqual([240, 480, 720, 960, 1200]);
  expect(bars.lines(1, 240)).toEqual([]);
  expect(bars.lines(1440, 1441)).toEqual([{ tick: 1440, bar: 1, beat: 0 }]);
});

test("entries out of order, and bars under a tick, are left out", () => {
  const bars = new Bars([meter(960, 3, 4), meter(480, 2, 4), meter(2000, 1, 4096), meter(2000, 4, 0)], 480);
  expect([0, 1, 2].map((bar) => bars.startTick(bar))).toEqual([0, 960, 2400]);
});

test("a song that changes its meter ten thousand times is searched by halves", () => {
  const meters = Array.from({ length: 10_000 }, (_, k) => meter(k * 960, 2 + (k % 2), 4));
  const bars = new Bars(meters, 480);
  const bar = bars.barAtTick(9_000 * 960);
  expect(bars.startTick(bar)).toBe(9_000 * 960);
  expect(bars.meterAtBar(bar)).toEqual({ numerator: 2, denominator: 4 });
});
