/**
 * Resolves notes of one pitch that collide after an edit: of two that start at one tick the longer stays, and one
 * that sounds into the next ends where that starts. Overlaps from before the edit stay.
 */
import type { NoteId, PageNote } from "../document/song.ts";

export interface Shaped {
  readonly before: PageNote;
  readonly after: PageNote;
}

interface Settled {
  /** Of the shapes, by name: as they are in the end; those that went are not among them. */
  readonly notes: ReadonlyMap<NoteId, PageNote>;
  /** How many went because a longer one begins at their tick. */
  readonly merged: number;
}

interface Line {
  readonly before: PageNote;
  note: PageNote;
}

/** @param shapes  of a track, in any order; a note that stays as it is has itself as its shape */
export function settle(shapes: readonly Shaped[]): Settled {
  const notes = new Map<NoteId, PageNote>();
  let merged = 0;
  for (const line of linesOf(shapes).values()) {
    const kept = withoutStacked(line);
    merged += line.length - kept.length;
    for (const one of apart(kept)) notes.set(one.note.id, one.note);
  }
  return { notes, merged };
}

/** By pitch and channel. */
function linesOf(shapes: readonly Shaped[]): Map<number, Line[]> {
  const lines = new Map<number, Line[]>();
  for (const { before, after } of shapes) {
    const key = after.channel * 128 + after.pitch;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [{ before, note: after }]);
    else line.push({ before, note: after });
  }
  return lines;
}

/** Of those that begin at one tick the longest, and those that began together before. */
function withoutStacked(line: readonly Line[]): Line[] {
  const byTick = new Map<number, Line[]>();
  for (const one of line) {
    const known = byTick.get(one.note.startTick);
    if (known === undefined) byTick.set(one.note.startTick, [one]);
    else known.push(one);
  }
  return [...byTick.values()].flatMap((together) => {
    const [first, ...others] = together.sort(longestFirst);
    if (first === undefined) return [];
    return [first, ...others.filter((other) => !hasMoved(first) && !hasMoved(other))];
  });
}

function apart(line: Line[]): Line[] {
  line.sort((a, b) => a.note.startTick - b.note.startTick);
  let sounding: Line[] = [];
  for (const next of line) {
    sounding = sounding.filter(({ note }) => endOf(note) > next.note.startTick);
    for (const one of sounding) {
      if (one.note.startTick === next.note.startTick || overlap(one.before, next.before)) continue;
      one.note = { ...one.note, durationTicks: next.note.startTick - one.note.startTick };
    }
    sounding.push(next);
  }
  return line;
}

function longestFirst(a: Line, b: Line): number {
  return b.note.durationTicks - a.note.durationTicks || b.note.velocity - a.note.velocity;
}

function hasMoved({ before, note }: Line): boolean {
  return before.startTick !== note.startTick || before.pitch !== note.pitch;
}

function overlap(a: PageNote, b: PageNote): boolean {
  return a.pitch === b.pitch && a.startTick < endOf(b) && b.startTick < endOf(a);
}

function endOf({ startTick, durationTicks }: PageNote): number {
  return startTick + durationTicks;
}
