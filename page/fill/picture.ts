/**
 * A small picture of a region: its extent in time and pitch, and its notes as one path.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { Tick } from "../../bridge/music/time.ts";
import {
  firstFrom,
  notesIn,
  type PageNote,
  type PageRegion,
  type PageSong,
  regionsOf,
} from "../document/song.ts";

/** What the picture shows: a unit is a tick across and a pitch down. */
export interface Frame {
  readonly startTick: Tick;
  readonly endTick: Tick;
  readonly lowest: number;
  readonly highest: number;
}

/** The fewest pitches that a picture spans, so that a single line does not fill it. */
const LEAST_PITCHES = 14;
/** Notes of the surroundings; a picture of this size shows no more. */
const MOST_AROUND = 600;

/** The region and a bar on either side, as high as the notes need. */
export function frameOf(bars: Bars, region: PageRegion, notes: readonly PageNote[]): Frame {
  const first = bars.barAtTick(region.startTick);
  const after = bars.barAtTick(Math.max(0, region.endTick - 1)) + 1;
  let [lowest, highest] = [127, 0];
  for (const { pitch } of notes) {
    lowest = Math.min(lowest, pitch);
    highest = Math.max(highest, pitch);
  }
  if (lowest > highest) [lowest, highest] = [60, 60];
  const margin = Math.max(1, Math.ceil((LEAST_PITCHES - (highest - lowest + 1)) / 2));
  return {
    startTick: bars.startTick(Math.max(0, first - 1)),
    endTick: bars.endTick(after),
    lowest: lowest - margin,
    highest: highest + margin,
  };
}

/** Notes of all tracks in a frame but for those of the region itself. */
export function notesAround(song: PageSong, region: PageRegion, { startTick, endTick }: Frame): PageNote[] {
  return song.tracks
    .flatMap(({ id, notes }) => {
      const near = notes.slice(firstFrom(notes, startTick), firstFrom(notes, endTick));
      if (!regionsOf(region).some(({ trackId }) => trackId === id)) return near;
      return near.filter((note) => note.startTick < region.startTick || note.startTick >= region.endTick);
    })
    .slice(0, MOST_AROUND);
}

/** Those of the track itself in and around the region. */
export function notesOfTrack(song: PageSong, bars: Bars, region: PageRegion): readonly PageNote[] {
  const { startTick, endTick } = frameOf(bars, region, []);
  return notesIn(song, { ...region, startTick, endTick });
}

/** One path of all notes, in ticks from the frame's start and pitches from its top. */
export function pathOf(notes: readonly PageNote[], { startTick, endTick, lowest, highest }: Frame): string {
  // A note is never thinner than one can see.
  const least = (endTick - startTick) / 120;
  return notes
    .filter(({ pitch }) => pitch >= lowest && pitch <= highest)
    .map((note) => {
      const x = note.startTick - startTick;
      const width = Math.max(least, Math.min(note.durationTicks, endTick - note.startTick));
      return `M${x} ${highest - note.pitch}h${Math.round(width)}v.85h${-Math.round(width)}z`;
    })
    .join("");
}
