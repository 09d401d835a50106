/**
 * Notes by their start, and notes that are the same as others.
 */

import type { Tick } from "./time.ts";

interface Onset {
  readonly startTick: Tick;
  readonly pitch: number;
}

/** By start, then pitch. */
export function byStart(a: Onset, b: Onset): number {
  return a.startTick - b.startTick || a.pitch - b.pitch;
}

/**
 * Notes in two parts: those that have a partner among others, one to one, and those that have none.
 * @param keyOf  equal for notes that may be partners, which start together
 * @returns both in the order that they had
 */
export function matchNotes<Note extends Other, Other extends Onset>(
  notes: readonly Note[],
  others: readonly Other[],
  keyOf: (note: Other) => string,
): { found: Note[]; rest: Note[] } {
  const starts = new Set(others.map(({ startTick }) => startTick));
  const free = new Map<string, number>();
  for (const other of others) free.set(keyOf(other), (free.get(keyOf(other)) ?? 0) + 1);
  const [found, rest]: [Note[], Note[]] = [[], []];
  for (const note of notes) {
    // Where few notes are looked for, few keys are made.
    const key = starts.has(note.startTick) ? keyOf(note) : undefined;
    const left = key === undefined ? 0 : (free.get(key) ?? 0);
    if (key !== undefined && left > 0) free.set(key, left - 1);
    (left > 0 ? found : rest).push(note);
  }
  return { found, rest };
}
