/**
 * The loop, and where playing starts.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { TempoMap } from "../../bridge/music/tempo.ts";
import type { Tick } from "../../bridge/music/time.ts";
import type { PageRegion } from "../document/song.ts";

/** Half-open. */
export interface LoopRange {
  readonly startTick: Tick;
  readonly endTick: Tick;
  /** Of the region, with the bar before it where that is wanted; else of the whole song. */
  readonly isRegion: boolean;
}

/** Shorter ones would be a buzz. */
const SHORTEST_SECONDS = 0.05;

interface LoopSettings {
  readonly isLooping: boolean;
  /** Begin a bar before the region, so that it is heard where it comes from. */
  readonly hasLeadIn: boolean;
}

export function loopRange(
  { isLooping, hasLeadIn }: LoopSettings,
  region: PageRegion | undefined,
  song: { readonly bars: Bars; readonly tempo: TempoMap; readonly endTick: Tick },
): LoopRange | undefined {
  if (!isLooping) return undefined;
  let range: LoopRange = { startTick: 0, endTick: song.endTick, isRegion: false };
  if (region !== undefined) {
    const { startTick, endTick } = region;
    range = { startTick: hasLeadIn ? barBefore(song.bars, startTick) : startTick, endTick, isRegion: true };
  }
  const seconds = song.tempo.secondsFromTicks(range.endTick) - song.tempo.secondsFromTicks(range.startTick);
  return seconds >= SHORTEST_SECONDS ? range : undefined;
}

/** Where the bar that ends at a tick, or holds it, starts. */
export function barBefore(bars: Bars, tick: Tick): Tick {
  return tick <= 0 ? 0 : bars.startTick(bars.barAtTick(tick - 1));
}

/** The end of the bar in which the last note ends; a bar of silence in an empty song. */
export function songEndTick(bars: Bars, lastTick: Tick): Tick {
  return bars.endTick(bars.barAtTick(Math.max(0, lastTick - 1)));
}

/**
 * Where playing begins: at the cursor; or with the loop, where the cursor stands at the region's start or the region was
 * chosen after the cursor was placed.
 */
export function startingTick(
  cursorTick: Tick,
  region: PageRegion | undefined,
  loop: LoopRange | undefined,
  isRegionLatest: boolean,
): Tick {
  if (loop?.isRegion !== true) return cursorTick;
  return isRegionLatest || cursorTick === region?.startTick ? loop.startTick : cursorTick;
}
