/**
 * Long pieces from the bundled recurrent model, compared with real piano pieces: not rushed, not silent, not stuck in
 * a loop. The ranges are those of the 58 pieces in models/cards/howl-lstm-192.md.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { howlDocumentSchema } from "../../../bridge/engine/schemas.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";

/** Figures of so many notes are looked for, heard so often in a row, and of so many notes at least. */
const LONGEST_FIGURE = 48;
const TIMES = 4;
const LEAST_NOTES = 12;

async function piece(...args: string[]) {
  const output = join(temporaryFolder(), "piece.mid");
  const made = await runCli(["generate", "-o", output, "--model", "howl-lstm-192", "--from", "C4", ...args]);
  expect(made.exitCode, made.stderr).toBe(0);
  const { stdout } = await runCli(["notes", output, "--encoding", "howl", "--json"]);
  return howlDocumentSchema.parse(JSON.parse(stdout)).map(([delay, duration, _, pitch]) => ({
    delay,
    duration,
    pitch,
  }));
}

type Notes = Awaited<ReturnType<typeof piece>>;

const seconds = (notes: Notes) => notes.reduce((sum, { delay }) => sum + delay, 0);

/** Share of notes that are part of a figure heard four times in a row or more. */
function loopedShare(notes: Notes): number {
  const looped = new Set<number>();
  for (let length = 1; length <= LONGEST_FIGURE; length += 1) {
    const most = Math.max((TIMES - 1) * length, LEAST_NOTES);
    let run = 0;
    for (let at = length; at < notes.length; at += 1) {
      run = notes[at]?.pitch === notes[at - length]?.pitch ? run + 1 : 0;
      if (run < most) continue;
      for (let back = 0; back < run + length; back += 1) looped.add(at - back);
    }
  }
  return looped.size / notes.length;
}

/** Share of the time in which no note sounds. */
function silentShare(notes: Notes): number {
  let [now, end, silent] = [0, 0, 0];
  for (const { delay, duration } of notes) {
    now += delay;
    silent += Math.max(0, now - end);
    end = Math.max(end, now + duration);
  }
  return silent / Math.max(now, end);
}

test("a figure that is repeated is found, and one that is not is not", () => {
  const notes = (pitches: number[]) => pitches.map((pitch) => ({ delay: 0.5, duration: 0.25, pitch }));
  const scale = Array.from({ length: 40 }, (_, step) => step);
  expect(loopedShare(notes(scale))).toBe(0);
  expect(loopedShare(notes(Array.from({ length: 40 }, (_, at) => 12 * (at % 2))))).toBe(1);
  expect(silentShare(notes(scale))).toBeCloseTo(0.5, 1);
});

test("500 notes take as long as in real pieces, and there is little silence", async () => {
  const pieces: Notes[] = [];
  for (const seed of ["1", "2", "3", "4", "5"]) pieces.push(await piece("--notes", "500", "--seed", seed));
  const times = pieces.map(seconds).sort((a, b) => a - b);
  // Real pieces take 22 to 81 seconds, from the tenth to the ninetieth of a hundred, and 47 in the middle.
  expect(times[2]).toBeGreaterThan(35);
  expect(times[2]).toBeLessThan(65);
  expect(times[0]).toBeGreaterThan(22);
  expect(times[4]).toBeLessThan(90);
  for (const notes of pieces) expect(silentShare(notes)).toBeLessThan(0.15);
});

test("20,000 notes do not end in a loop, as those do that are taken as predicted", async () => {
  const notes = await piece("--notes", "20000", "--seed", "1");
  expect(notes).toHaveLength(20_001);
  // 6 of 100 notes in real pieces.
  expect(loopedShare(notes)).toBeLessThan(0.15);
  const last = notes.slice(-5_000);
  expect(loopedShare(last)).toBeLessThan(0.15);
  expect((seconds(last) / last.length) * 500).toBeGreaterThan(30);
  const predicted = await piece("--notes", "20000", "--seed", "1", "--as-predicted");
  expect(loopedShare(predicted.slice(-5_000))).toBeGreaterThan(0.15);
});
