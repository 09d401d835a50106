/**
 * Seconds in TypeScript equal those of the core: the onsets of one song, computed by both.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readNotes } from "../../../bridge/engine/engine.ts";
import { TempoMap } from "../../../bridge/music/tempo.ts";
import { header, type RawEvent, trackOf } from "../support/smf.ts";

const PPQ = 96;
const STEP = 48;
const COUNT = 60;

/** Microseconds a quarter, as files have it. */
function tempoEvent(tick: number, microseconds: number): RawEvent {
  return { tick, hex: `ff5103${microseconds.toString(16).padStart(6, "0")}` };
}

test("notes start at the core's seconds, through changes of tempo inside bars", async () => {
  const tempos = [
    [0, 500_000],
    [300, 352_941],
    [1000, 1_200_000],
    [1000, 700_000],
    [2500, 250_000],
  ] as const;
  const events: RawEvent[] = tempos.map(([tick, microseconds]) => tempoEvent(tick, microseconds));
  for (let at = 0; at < COUNT; at += 1) {
    events.push({ tick: at * STEP, hex: "903c50" }, { tick: at * STEP + 24, hex: "803c40" });
  }
  const folder = mkdtempSync(join(tmpdir(), "continuo-tempo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const input = join(folder, "song.mid");
  const sorted = [...events.sort((a, b) => a.tick - b.tick), { tick: COUNT * STEP, hex: "ff2f00" }];
  writeFileSync(input, Buffer.concat([header(0, 1, PPQ), trackOf(sorted)]));
  const { document } = await readNotes({ input, encoding: "howl" });
  const delays = (document as number[][]).map(([delay = 0]) => delay);
  const tempo = new TempoMap(
    tempos.map(([tick, microseconds]) => ({ tick, qpm: 60_000_000 / microseconds })),
    PPQ,
  );
  expect(delays).toHaveLength(COUNT);
  delays.forEach((delay, at) => {
    const between =
      at === 0 ? 0 : tempo.secondsFromTicks(at * STEP) - tempo.secondsFromTicks((at - 1) * STEP);
    expect(delay).toBeCloseTo(between, 5);
  });
});

test("there and back is where it was, at every change and between", () => {
  const tempo = new TempoMap(
    [
      { tick: 0, qpm: 90 },
      { tick: 480, qpm: 140 },
      { tick: 700, qpm: 33.3 },
    ],
    480,
  );
  for (const tick of [0, 1, 479.5, 480, 481, 700, 12_345]) {
    expect(tempo.ticksFromSeconds(tempo.secondsFromTicks(tick))).toBeCloseTo(tick, 6);
  }
  expect(tempo.ticksFromSeconds(-1)).toBe(0);
});

test("120 where none holds; what is out of order or no tempo is left out", () => {
  expect(new TempoMap([], 480).secondsFromTicks(480)).toBe(0.5);
  const tempo = new TempoMap(
    [
      { tick: 480, qpm: 60 },
      { tick: 240, qpm: 300 },
      { tick: 960, qpm: 0 },
      { tick: 960, qpm: Number.NaN },
    ],
    480,
  );
  expect(tempo.qpmAtTick(479)).toBe(120);
  expect(tempo.qpmAtTick(5000)).toBe(60);
  expect(tempo.secondsFromTicks(1440)).toBe(0.5 + 2);
});
