/**
 * What of a song is on show when it is opened: its first bars, or those around the region that somebody waits for, as
 * high as its notes are.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import { endTickOf, firstFrom, type PageRegion, type PageSong } from "../document/song.ts";
import type { View } from "../state.ts";

const BARS_SHOWN = 16;
const BARS_BEFORE_REGION = 4;
/** A piece of two bars is not drawn as wide as the screen. */
const LEAST_BARS = 4;
const LEAST_PITCHES = 24;
/** Free rows above and below the notes. */
const MARGIN_PITCHES = 2;
const [LEAST_ROW, MOST_ROW] = [7, 18];
const PITCHES = 128;

export interface Area {
  /** In pixels, of the notes alone. */
  readonly width: number;
  readonly height: number;
}

/** @param activeTrackId  whose notes are in sight where not all are */
export function fitView(
  song: PageSong,
  bars: Bars,
  area: Area,
  { region, activeTrackId }: { region?: PageRegion | undefined; activeTrackId?: string | undefined } = {},
): View {
  const firstBar = bars.barAtTick(region?.startTick ?? firstTickOf(song));
  const bar = region === undefined ? firstBar : Math.max(0, firstBar - BARS_BEFORE_REGION);
  const songBars = bars.count(Math.max(endTickOf(song), region?.endTick ?? 0)) - bar;
  const startTick = bars.startTick(bar);
  const endTick = bars.startTick(bar + Math.max(LEAST_BARS, Math.min(BARS_SHOWN, songBars)));
  const ticksPerPixel = (endTick - startTick) / Math.max(1, area.width);

  const all = pitchesOf(song, startTick, endTick);
  const isTooHigh = (all.highest - all.lowest + 1) * LEAST_ROW > area.height;
  const { lowest, highest } = isTooHigh ? pitchesOf(song, startTick, endTick, activeTrackId) : all;
  const rows = Math.max(LEAST_PITCHES, highest - lowest + 1 + 2 * MARGIN_PITCHES);
  const pixelsPerPitch = Math.min(MOST_ROW, Math.max(LEAST_ROW, area.height / rows));
  const shownRows = area.height / pixelsPerPitch;
  const middle = (lowest + highest + 1) / 2;
  const topPitch = Math.min(PITCHES, Math.max(shownRows, middle + shownRows / 2));
  return { startTick, ticksPerPixel, topPitch, pixelsPerPitch };
}

function firstTickOf(song: PageSong): number {
  const first = Math.min(...song.tracks.map(({ notes }) => notes[0]?.startTick ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(first) ? first : 0;
}

/** Lowest and highest of what starts there; of everything where nothing does; an octave around C4 of an empty song. */
function pitchesOf(
  song: PageSong,
  startTick: number,
  endTick: number,
  trackId?: string,
): { lowest: number; highest: number } {
  let [lowest, highest] = [PITCHES, -1];
  for (const { id, notes } of song.tracks) {
    if (trackId !== undefined && id !== trackId) continue;
    for (const { pitch } of notes.slice(firstFrom(notes, startTick), firstFrom(notes, endTick))) {
      lowest = Math.min(lowest, pitch);
      highest = Math.max(highest, pitch);
    }
  }
  if (highest >= 0) return { lowest, highest };
  return trackId === undefined ? { lowest: 54, highest: 66 } : pitchesOf(song, startTick, endTick);
}
