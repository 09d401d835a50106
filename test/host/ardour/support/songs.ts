/**
 * Music for sessions: whole bars of 4/4, in ticks of their source.
 */
import { BAR, QUARTER, type SourceNote } from "./source-note.ts";

const SCALE = [60, 62, 64, 65, 67, 69, 71, 72];

/** A note each quarter. */
export function melody(bars: number): SourceNote[] {
  return Array.from({ length: bars * 4 }, (_, index) => [
    index * QUARTER,
    (QUARTER * 3) / 4,
    SCALE[(index * 3) % 8] ?? 60,
    70 + (index % 16),
  ]);
}

/** A note each half bar. */
export function bass(bars: number): SourceNote[] {
  return Array.from({ length: bars * 2 }, (_, index) => [
    (index * BAR) / 2,
    BAR / 2 - 120,
    36 + (SCALE[(index * 3) % 8] ?? 60) - 60,
    90,
  ]);
}

/** Kick, snare and hi-hats. */
export function drums(bars: number): SourceNote[] {
  return Array.from({ length: bars * 8 }, (_, index): SourceNote[] => {
    const start = (index * QUARTER) / 2;
    const hat: SourceNote = [start, QUARTER / 4, 42, 70 + (index % 3) * 5, 9];
    if (index % 2 === 1) return [hat];
    return [[start, QUARTER / 4, index % 4 === 0 ? 36 : 38, 100, 9], hat];
  }).flat();
}
