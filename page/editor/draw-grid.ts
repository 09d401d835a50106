/**
 * Paints what is behind the notes: rows, bars, beats.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { Grid, Snap } from "../../bridge/music/snap.ts";
import type { Tick } from "../../bridge/music/time.ts";
import { css, mix } from "./colour.ts";
import type { Frame } from "./frame.ts";
import type { Rect } from "./layout.ts";
import type { Scale } from "./viewport.ts";

type Context = CanvasRenderingContext2D;

/** Lines nearer than that, in CSS pixels, are not drawn. */
export const CLOSEST_BARS = 14;
const CLOSEST_BEATS = 9;
const CLOSEST_STEPS = 11;
const BLACK: readonly boolean[] = [
  false,
  true,
  false,
  true,
  false,
  false,
  true,
  false,
  true,
  false,
  true,
  false,
];

export function isBlackKey(pitch: number): boolean {
  return BLACK[pitch % 12] ?? false;
}

export interface GridLines {
  readonly bars: Bars;
  readonly snap: Snap;
  readonly grid: Grid;
  /** Every how many bars there is a line. */
  readonly step: number;
}

/** @param part  of the notes' area, in device pixels */
export function drawGrid(context: Context, frame: Frame, lines: GridLines, part: Rect): void {
  const { theme, scale } = frame;
  const { x, y, width, height } = part;
  context.fillStyle = css(theme.panel);
  context.fillRect(x, y, width, height);
  const isDrums = frame.song.tracks.find(({ id }) => id === frame.activeTrackId)?.isDrums ?? false;
  const black = css(mix(theme.sunken, theme.panel, 0.85));
  const [line, octave] = [css(mix(theme.line, theme.panel, 0.45)), css(theme.line)];
  for (let pitch = scale.pitch(y); pitch >= Math.max(0, scale.pitch(y + height)); pitch -= 1) {
    const [top, bottom] = [scale.y(pitch), scale.y(pitch - 1)];
    if (isDrums ? pitch % 2 === 1 : isBlackKey(pitch)) {
      context.fillStyle = black;
      context.fillRect(x, top, width, bottom - top);
    }
    const isEdge = !isDrums && (pitch % 12 === 0 || pitch % 12 === 5);
    if (!isEdge && bottom - top < 8) continue;
    context.fillStyle = !isDrums && pitch % 12 === 0 ? octave : line;
    if (isEdge || isDrums) context.fillRect(x, bottom - 1, width, 1);
  }
  drawLines(context, frame, lines, part);
}

function drawLines(context: Context, frame: Frame, { bars, snap, grid, step }: GridLines, part: Rect): void {
  const { theme, scale, view, song } = frame;
  const { x, y, width, height } = part;
  const [from, to] = [Math.max(0, scale.tick(x - 1)), scale.tick(x + width + 1)];
  const perQuarter = song.ppq / view.ticksPerPixel;
  const vertical = (tick: Tick) => context.fillRect(scale.x(tick), y, 1, height);
  const isOdd = grid === "bar" || grid === "beat" || grid === "off";
  if (!isOdd && stepPixels(snap, view.ticksPerPixel) >= CLOSEST_STEPS) {
    context.fillStyle = css(mix(theme.line, theme.panel, 0.4));
    for (let tick = snap.down(from); tick < to; tick = snap.next(tick)) vertical(tick);
  }
  const beatInk = css(mix(theme.line, theme.panel, 0.85));
  const barInk = css(mix(theme.edge, theme.line, 0.45));
  let bar = bars.barAtTick(Math.floor(from));
  bar -= bar % step;
  for (; ; bar += step) {
    const start = bars.startTick(bar);
    if (start >= to) break;
    const { numerator, denominator } = bars.meterAtBar(bar);
    if (step === 1 && (perQuarter * 4) / denominator >= CLOSEST_BEATS) {
      context.fillStyle = beatInk;
      const end = bars.endTick(bar);
      for (let beat = 1; beat < numerator; beat += 1) {
        const tick = bars.beatTick(bar, beat);
        if (tick < end) vertical(tick);
      }
    }
    context.fillStyle = barInk;
    vertical(start);
  }
}

function stepPixels(snap: Snap, ticksPerPixel: number): number {
  return (snap.next(0) - 0) / ticksPerPixel;
}

/**
 * Every how many bars a line, or a number, has room: 1, 2, 4, 8 and so on, by the meter at the window's left edge. A
 * bar that is only an upbeat says nothing of the others.
 */
export function barStep(bars: Bars, { view, song }: Pick<Frame, "view" | "song">, least: number): number {
  const bar = Math.max(1, bars.barAtTick(Math.max(0, Math.floor(view.startTick))));
  const { numerator, denominator } = bars.meterAtBar(bar);
  const pixels = ((song.ppq / view.ticksPerPixel) * 4 * numerator) / denominator;
  return 2 ** Math.max(0, Math.ceil(Math.log2(least / pixels)));
}

/** Device pixels of a width in CSS pixels, at least one. */
export function hair(scale: Scale, width = 1): number {
  return Math.max(1, Math.round(scale.pixelRatio * width));
}
