/**
 * Lists of notes as Live describes them. A note that stays remains the same object, so that none of its properties is
 * lost, including unknown ones.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";
import type { Quarters, Tick } from "../../bridge/music/time.ts";
import type { Span } from "./clip-time.ts";
import { plain, quartersFromTicks, ticksFromQuarters } from "./numbers.ts";

/** A note of the daemon's: ticks from the region's start. */
export interface RegionNote {
  startTick: Tick;
  durationTicks: Tick;
  pitch: number;
  velocity: number;
}

/** Ticks from the region's start; what is less than half a tick away from it begins on it. */
export function regionTick(note: NoteDescription, region: Span): Tick {
  return ticksFromQuarters(plain(note.startTime) - region.start);
}

export function regionTicks(region: Span): Tick {
  return Math.max(1, ticksFromQuarters(region.end - region.start));
}

export function startsIn(note: NoteDescription, region: Span): boolean {
  const tick = regionTick(note, region);
  return tick >= 0 && tick < regionTicks(region);
}

/** What the daemon knows a note of the region by. */
export function keyOf(startTick: Tick, pitch: number): string {
  return `${startTick} ${pitch}`;
}

/** Whether it sounds, or sounded in, before the region and reaches into it. */
export function reachesInto(note: NoteDescription, region: Span): boolean {
  const tick = regionTick(note, region);
  return tick < 0 && ticksFromQuarters(plain(note.startTime) + plain(note.duration) - region.start) > 0;
}

/** A text that is the same for the same notes, whatever their order and whether they are selected. */
export function revisionOf(notes: readonly NoteDescription[], region: Span): string {
  const texts = notes
    .filter((note) => startsIn(note, region))
    .map((note) =>
      Object.entries(note)
        .filter(([name, value]) => name !== "selected" && value !== undefined)
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join(" "),
    );
  return texts.sort().join("\n");
}

export interface Replacement {
  /** All notes of the clip, as they are now. */
  now: readonly NoteDescription[];
  region: Span;
  /** The region's notes from which the fill was made. */
  old: readonly NoteDescription[];
  /** Those of them that make room, by their keys. */
  removed: ReadonlySet<string>;
  added: readonly RegionNote[];
}

/** The clip's notes with the region filled; all others, and those that stay, are the same objects as before. */
export function replaced({ now, region, old, removed, added }: Replacement): NoteDescription[] {
  const outside = now.filter((note) => !startsIn(note, region));
  const stay = old.filter((note) => {
    const tick = regionTick(note, region);
    // Muted notes were not asked about: they go only where Live would cut them anyway.
    if (note.muted === true) return !added.some((other) => isInTheWay(note, tick, other));
    return !removed.has(keyOf(tick, plain(note.pitch)));
  });
  return [...outside, ...stay, ...added.map((note) => describe(note, region))];
}

function isInTheWay(note: NoteDescription, tick: Tick, other: RegionNote): boolean {
  const endTick = tick + Math.max(1, ticksFromQuarters(plain(note.duration)));
  return (
    plain(note.pitch) === other.pitch &&
    tick < other.startTick + other.durationTicks &&
    other.startTick < endTick
  );
}

function describe({ startTick, durationTicks, pitch, velocity }: RegionNote, region: Span): NoteDescription {
  const at = (tick: Tick): Quarters => region.start + quartersFromTicks(tick);
  const startTime = at(startTick);
  // A region whose length is not a whole number of ticks ends where the musician said.
  const endTime = Math.min(at(startTick + durationTicks), region.end);
  return { pitch, startTime, duration: endTime - startTime, velocity };
}
