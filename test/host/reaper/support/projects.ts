/**
 * REAPER projects to fill.
 */
import type { FakeItem, FakeNote, FakeProject, StateNote } from "./reaper.ts";

const STEPS = [0, 4, 7, 12, 11, 7, 4, 2];

/** Eighths through so many quarter notes. */
export function eighths(quarters: number, lowest: number, ppq = 960): FakeNote[] {
  return Array.from({ length: quarters * 2 }, (_, index) => [
    (index * ppq) / 2,
    ((index + 1) * ppq) / 2,
    lowest + (STEPS[index % STEPS.length] ?? 0),
    70 + (index % 4) * 5,
    0,
  ]);
}

/** A melody of 16 bars of 4/4 in one item, and a bass; bars of the melody are to be filled. */
export function song(change: { project?: Partial<FakeProject>; lead?: Partial<FakeItem> } = {}): FakeProject {
  return {
    bpm: 96,
    numerator: 4,
    denominator: 4,
    ...change.project,
    tracks: change.project?.tracks ?? [
      {
        name: "Flöte 🎶",
        items: [{ start: 0, length: 64, selected: true, notes: eighths(64, 60), ...change.lead }],
      },
      { name: "Bass", items: [{ start: 0, length: 64, notes: eighths(64, 36), events: [[0, 0xc0, 0, 33]] }] },
    ],
  };
}

/** Notes that start outside of [start, stop), in the take's ticks. */
export const outside = (notes: readonly StateNote[], start: number, stop: number) =>
  notes.filter(([at]) => at < start || at >= stop);
export const inside = (notes: readonly StateNote[], start: number, stop: number) =>
  notes.filter(([at]) => at >= start && at < stop);
