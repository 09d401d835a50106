/**
 * The tracks to fill together: chosen for as long as the song is open, in the order of the song.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { tracksWith } from "../../bridge/music/song-in-region.ts";
import { type PageRegion, type PageSong, regionsOf } from "../document/song.ts";
import { trackTitle } from "../editor/track-title.ts";

/** As many as the daemon fills at once. */
export const MOST_TOGETHER = 32;

export class Together {
  private readonly chosen = signal<ReadonlySet<string>>(new Set());
  private readonly song: ReadonlySignal<PageSong>;

  constructor(song: ReadonlySignal<PageSong>) {
    this.song = song;
  }

  choose(trackId: string, isChosen: boolean): void {
    const next = new Set(this.chosen.value);
    if (isChosen) next.add(trackId);
    else next.delete(trackId);
    this.chosen.value = next;
  }

  clear(): void {
    this.chosen.value = new Set();
  }

  /** The region with the tracks that are filled with its own. */
  of({ trackId, startTick, endTick }: PageRegion): PageRegion {
    const others = tracksWith(this.song.value.tracks, trackId).filter(
      ({ id }) => id !== trackId && this.chosen.value.has(id),
    );
    const also = others.map(({ id }) => id).slice(0, MOST_TOGETHER - 1);
    return { trackId, startTick, endTick, ...(also.length === 0 ? {} : { also }) };
  }
}

/** "Bass, Drums"; of many, the first. */
export function trackTitles(song: PageSong, region: PageRegion): string {
  const titles = regionsOf(region).flatMap(({ trackId }) => {
    const index = song.tracks.findIndex(({ id }) => id === trackId);
    const track = song.tracks[index];
    return track === undefined ? [] : [trackTitle(track, index)];
  });
  const [first = "", second] = titles;
  if (titles.length <= 2) return second === undefined ? first : `${first}, ${second}`;
  return `${first} and ${titles.length - 1} more`;
}
