/**
 * Remembered while the set is open: the last fill of each clip, and the notes to keep.
 */

import type { MidiClip, NoteDescription } from "@ableton-extensions/sdk";
import type { Mode } from "../../bridge/client/generated/protocol.ts";
import type { Span } from "./clip-time.ts";
import { type RegionNote, regionTicks, startsIn } from "./notes.ts";
import { idOf, plain, ticksFromQuarters } from "./numbers.ts";

export interface LastFill {
  clip: MidiClip;
  region: Span;
  mode: Mode;
  jobId: string;
  candidates: readonly (readonly RegionNote[])[];
  /** Of the candidate in place. */
  index: number;
  /** The region's notes before. */
  old: readonly NoteDescription[];
  /** Of those, the ones that made room. */
  removed: ReadonlySet<string>;
  /** Of the region's notes, before and after. */
  revisionBefore: string;
  revisionAfter: string;
  /** Whether its outcome was reported to the daemon. */
  isSettled: boolean;
}

/** Fills that can be asked for another candidate; with their notes they take memory. */
const MAX_FILLS = 32;

export class Memory {
  private readonly fills = new Map<string, LastFill>();
  private readonly kept = new Map<string, Set<string>>();

  lastOf(clipId: string): LastFill | undefined {
    return this.fills.get(clipId);
  }

  /** Fills whose outcome has not been reported to the daemon. */
  unsettled(): LastFill[] {
    return [...this.fills.values()].filter(({ isSettled }) => !isSettled);
  }

  remember(fill: LastFill): void {
    const clipId = idOf(fill.clip);
    this.fills.delete(clipId);
    this.fills.set(clipId, fill);
    for (const [oldest] of this.fills) if (this.fills.size > MAX_FILLS) this.fills.delete(oldest);
  }

  forget(clipId: string): void {
    this.fills.delete(clipId);
  }

  isKept(clipId: string, note: NoteDescription): boolean {
    return this.kept.get(clipId)?.has(noteKey(note)) ?? false;
  }

  /**
   * Keep these notes in later fills; or no longer, where all of them were kept already.
   * @returns whether they are kept now
   */
  toggle(clipId: string, notes: readonly NoteDescription[]): boolean {
    const kept = this.kept.get(clipId) ?? new Set();
    this.kept.set(clipId, kept);
    const isKept = !notes.every((note) => kept.has(noteKey(note)));
    for (const key of notes.map(noteKey)) {
      if (isKept) kept.add(key);
      else kept.delete(key);
    }
    return isKept;
  }
}

function noteKey(note: NoteDescription): string {
  return `${ticksFromQuarters(plain(note.startTime))} ${note.pitch}`;
}

/** Is this the region of that fill? */
export function isRegionOf(fill: LastFill, region: Span): boolean {
  const start = ticksFromQuarters(region.start - fill.region.start);
  return start === 0 && regionTicks(region) === regionTicks(fill.region);
}

/** The notes with the region as it was before the fill. */
export function beforeFill(fill: LastFill, now: readonly NoteDescription[]): NoteDescription[] {
  return [...now.filter((note) => !startsIn(note, fill.region)), ...fill.old];
}
