/**
 * Paints the strip with the whole song: its notes as a small picture, kept until they change, and over it the window,
 * the region and the playback position.
 */

import { type Quarters, type Tick, ticksFromQuarters } from "../../bridge/music/time.ts";
import type { PageRegion } from "../document/song.ts";
import { css, faded, mix, pixel } from "./colour.ts";
import { type Frame, shownTracks } from "./frame.ts";
import { indexOf } from "./note-index.ts";
import { spanOf } from "./note-span.ts";
import { Raster } from "./raster.ts";

type Context = CanvasRenderingContext2D;

/** A song that is shorter is shown as if it were this long. */
export const LEAST_QUARTERS: Quarters = 16;

/** The strip's ticks: the song, and a little after it. */
export function overviewTicks(endTick: Tick, ppq: number): Tick {
  return Math.max(endTick, ticksFromQuarters(LEAST_QUARTERS, ppq)) * 1.02;
}

export class OverviewPainter {
  private readonly raster = new Raster();
  private readonly picture = document.createElement("canvas");
  private shown: readonly unknown[] = [];

  /** @param width,height  device pixels */
  draw(
    context: Context,
    frame: Frame,
    { endTick, region, windowTicks }: { endTick: Tick; region: PageRegion | undefined; windowTicks: Tick },
    width: number,
    height: number,
  ): void {
    const { theme, song, view } = frame;
    const ratio = frame.scale.pixelRatio;
    const ticks = overviewTicks(endTick, song.ppq);
    const needs = [song, theme, frame.settings, frame.activeTrackId, width, height];
    if (needs.some((need, at) => need !== this.shown[at])) {
      this.shown = needs;
      this.drawSong(frame, ticks, width, height);
    }
    context.drawImage(this.picture, 0, 0);
    const x = (tick: Tick) => Math.round((tick / ticks) * width);
    if (region !== undefined) {
      context.fillStyle = css(faded(theme.accent, 0.35));
      context.fillRect(
        x(region.startTick),
        0,
        Math.max(2 * ratio, x(region.endTick) - x(region.startTick)),
        height,
      );
    }
    const [left, right] = [x(view.startTick), Math.min(width, x(view.startTick + windowTicks))];
    context.fillStyle = css(faded(theme.back, 0.55));
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    context.strokeStyle = css(theme.edge);
    context.lineWidth = ratio;
    context.beginPath();
    context.roundRect(
      left + ratio / 2,
      ratio / 2,
      Math.max(6 * ratio, right - left) - ratio,
      height - ratio,
      3 * ratio,
    );
    context.stroke();
  }

  private drawSong(frame: Frame, ticks: Tick, width: number, height: number): void {
    const { theme, song } = frame;
    [this.picture.width, this.picture.height] = [width, height];
    const context = this.picture.getContext("2d");
    if (context === null || width === 0) return;
    context.fillStyle = css(theme.panel);
    context.fillRect(0, 0, width, height);
    const spans = song.tracks.flatMap(({ notes }) => spanOf(notes) ?? []);
    if (spans.length === 0) return;
    const lowest = Math.min(...spans.map((span) => span.lowest));
    const highest = Math.max(...spans.map((span) => span.highest));
    const rows = Math.max(24, highest - lowest + 5);
    const dot = Math.max(1, Math.floor(height / rows));
    this.raster.begin(width, height);
    for (const { track, index, state } of shownTracks(frame)) {
      const colour = theme.tracks[index % theme.tracks.length] ?? theme.text;
      const ink = pixel(mix(colour, theme.panel, state === "active" ? 1 : 0.45));
      const { starts, ends, pitches } = indexOf(track.notes);
      for (let at = 0; at < starts.length; at += 1) {
        const left = Math.floor(((starts[at] ?? 0) / ticks) * width);
        const right = Math.max(left + 1, Math.floor(((ends[at] ?? 0) / ticks) * width));
        const top = Math.round(((highest + 2 - (pitches[at] ?? 0)) / rows) * height);
        this.raster.fill(left, top, right, top + dot, ink);
      }
    }
    this.raster.paintTo(context, 0, 0);
  }
}
