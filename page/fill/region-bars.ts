/**
 * Bars of a region: their names, and the default bars to fill.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { Tick } from "../../bridge/music/time.ts";
import {
  endTickOf,
  firstFrom,
  type PageRegion,
  type PageSong,
  type PlainNote,
  trackById,
} from "../document/song.ts";
import type { Span } from "./offer.ts";

/** "Bars 5-8", "Bar 5", or from beat to beat, "Bars 5.2-8.3", where it begins or ends inside a bar. */
export function regionTitle(bars: Bars, { startTick, endTick }: Span): string {
  const [first, last] = [bars.positionAtTick(startTick), bars.positionAtTick(endTick - 1)];
  const isWhole = bars.startTick(first.bar) === startTick && bars.endTick(last.bar) === endTick;
  if (!isWhole) return `Bars ${first.bar + 1}.${first.beat + 1}-${last.bar + 1}.${last.beat + 1}`;
  return first.bar === last.bar ? `Bar ${first.bar + 1}` : `Bars ${first.bar + 1}-${last.bar + 1}`;
}

/** A bar, or the part of it that is in the region. */
interface BarSpan extends Span {
  /** From 1. */
  readonly number: number;
}

export function barsIn(bars: Bars, { startTick, endTick }: Span): BarSpan[] {
  const [first, last] = [bars.barAtTick(startTick), bars.barAtTick(endTick - 1)];
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    number: first + index + 1,
    startTick: Math.max(startTick, bars.startTick(first + index)),
    endTick: Math.min(endTick, bars.endTick(first + index)),
  }));
}

const CHOSEN_BARS = 4;

/**
 * Four bars that are worth filling: at the cursor where it was set, else the first that are empty while the song
 * goes on, else some with music before and after. Never all that the track has: of music that is so short, the bars
 * after it.
 * @returns none where there is no track
 */
export function chooseBars(
  song: PageSong,
  bars: Bars,
  trackId: string | undefined,
  cursorTick: Tick,
): PageRegion | undefined {
  const chosen = likelyBars(song, bars, trackId, cursorTick);
  const notes = trackById(song, chosen?.trackId)?.notes ?? [];
  const [first, last] = [notes[0], notes.at(-1)];
  if (chosen === undefined || first === undefined || last === undefined) return chosen;
  const holdsAll = first.startTick >= chosen.startTick && last.startTick < chosen.endTick;
  if (!holdsAll) return chosen;
  const after = bars.barAtTick(Math.max(0, spanEnd(notes) - 1)) + 1;
  return { ...chosen, startTick: bars.startTick(after), endTick: bars.endTick(after + CHOSEN_BARS - 1) };
}

function spanEnd(notes: readonly PlainNote[]): number {
  return notes.reduce((end, note) => Math.max(end, note.startTick + note.durationTicks), 0);
}

function likelyBars(
  song: PageSong,
  bars: Bars,
  trackId: string | undefined,
  cursorTick: Tick,
): PageRegion | undefined {
  const track = trackById(song, trackId) ?? song.tracks[0];
  if (track === undefined) return undefined;
  const barCount = Math.max(CHOSEN_BARS, bars.count(endTickOf(song)));
  const from = (bar: number): PageRegion => ({
    trackId: track.id,
    startTick: bars.startTick(bar),
    endTick: bars.endTick(bar + CHOSEN_BARS - 1),
  });
  if (cursorTick > 0) return from(bars.barAtTick(cursorTick));
  const full = new Set<number>();
  for (const { startTick, durationTicks } of track.notes) {
    const last = bars.barAtTick(startTick + durationTicks - 1);
    for (let bar = bars.barAtTick(startTick); bar <= last; bar += 1) full.add(bar);
  }
  const isEmpty = (bar: number) => !full.has(bar);
  const starts = Array.from({ length: barCount - CHOSEN_BARS + 1 }, (_, bar) => bar);
  const empty = starts.find((start) => range(start).every(isEmpty));
  if (empty !== undefined) return from(empty);
  // Of a track that plays throughout, the second four bars where there are as many after them.
  const start = barCount >= 3 * CHOSEN_BARS ? CHOSEN_BARS : 0;
  const played = firstFrom(track.notes, bars.startTick(start));
  const note = track.notes[played];
  return from(note === undefined || barCount < 3 * CHOSEN_BARS ? start : bars.barAtTick(note.startTick));
}

function range(start: number): number[] {
  return Array.from({ length: CHOSEN_BARS }, (_, index) => start + index);
}

/** Whether two regions are the same bars of the same track. */
export function isSameRegion(a: PageRegion | undefined, b: PageRegion | undefined): boolean {
  return a?.trackId === b?.trackId && a?.startTick === b?.startTick && a?.endTick === b?.endTick;
}
