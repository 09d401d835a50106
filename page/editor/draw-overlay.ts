/**
 * Paints what lies over the notes and changes often: the region, what is offered, what is dragged, the cursor.
 */
import type { Tick } from "../../bridge/music/time.ts";
import { ofTrack, type PageNote, type PageRegion, regionsOf } from "../document/song.ts";
import { frontOf } from "../ghosts.ts";
import { css, faded, mix } from "./colour.ts";
import { hair } from "./draw-grid.ts";
import type { Frame } from "./frame.ts";
import type { Point } from "./hit.ts";
import { noteColours } from "./theme.ts";

type Context = CanvasRenderingContext2D;

/** Shapes of the canvas are dear. */
const MOST_SHAPES = 3000;
const DRUM_WIDTH = 32;

export interface Over {
  readonly region: PageRegion | undefined;
  readonly range: readonly [lowest: number, highest: number] | undefined;
  readonly cursorTick: Tick;
  readonly endTick: Tick;
  readonly box: readonly [from: Point, to: Point] | undefined;
  readonly lasso: readonly Point[];
  /** 0 to 1 and round again while notes come; undefined where nothing moves. */
  readonly shimmer: number | undefined;
}

/** @param width,height  of the notes' area, in device pixels */
export function drawOverlay(context: Context, frame: Frame, over: Over, width: number, height: number): void {
  const { theme, scale } = frame;
  drawAfterEnd(context, frame, over.endTick, width, height);
  drawRegion(context, frame, over, width, height);
  if (frame.ghosts !== undefined) drawGhosts(context, frame, over.shimmer, width);
  drawDraft(context, frame, width);
  const cursor = scale.x(over.cursorTick);
  context.fillStyle = css(faded(theme.text, 0.55));
  const dash = 4 * scale.pixelRatio;
  for (let y = 0; y < height; y += 2 * dash) context.fillRect(cursor, y, hair(scale), dash);
  drawSelecting(context, frame, over);
}

function drawAfterEnd(
  context: Context,
  { theme, scale }: Frame,
  endTick: Tick,
  width: number,
  height: number,
): void {
  const end = scale.x(endTick);
  if (end >= width) return;
  context.fillStyle = css(faded(theme.back, 0.6));
  context.fillRect(Math.max(0, end), 0, width - Math.max(0, end), height);
}

function drawRegion(
  context: Context,
  frame: Frame,
  { region, range }: Over,
  width: number,
  height: number,
): void {
  if (region === undefined) return;
  const { theme, scale } = frame;
  const [left, right] = [scale.x(region.startTick), scale.x(region.endTick)];
  if (right < 0 || left > width) return;
  context.fillStyle = css(faded(theme.accent, theme.isDark ? 0.1 : 0.075));
  context.fillRect(left, 0, right - left, height);
  if (range !== undefined) {
    const [top, bottom] = [scale.y(range[1]), scale.y(range[0] - 1)];
    context.fillStyle = css(faded(theme.back, 0.55));
    context.fillRect(left, 0, right - left, Math.max(0, top));
    context.fillRect(left, bottom, right - left, Math.max(0, height - bottom));
    context.fillStyle = css(theme.accent);
    context.fillRect(left, top, right - left, hair(scale));
    context.fillRect(left, bottom, right - left, hair(scale));
  }
  const edge = hair(scale, 2);
  context.fillStyle = css(theme.accent);
  context.fillRect(left - edge / 2, 0, edge, height);
  context.fillRect(right - edge / 2, 0, edge, height);
}

function drawGhosts(context: Context, frame: Frame, shimmer: number | undefined, width: number): void {
  const { theme, scale, song, ghosts } = frame;
  if (ghosts === undefined) return;
  const front = frontOf(ghosts, frame.activeTrackId);
  const trackIds = regionsOf(ghosts.region).map(({ trackId }) => trackId);
  context.lineWidth = hair(scale, 1.5);
  // Those of the track that is worked on lie over the others.
  for (const trackId of trackIds.sort((a, b) => Number(a === front) - Number(b === front))) {
    const isDrums = song.tracks.find(({ id }) => id === trackId)?.isDrums ?? false;
    const notes = inSight(frame, ofTrack(ghosts.notes, ghosts.region, trackId), width);
    const strength = trackId === front ? 1 : 0.4;
    context.beginPath();
    for (const note of notes) noteShape(context, frame, note, isDrums);
    context.fillStyle = css(faded(theme.ghost, strength * (theme.isDark ? 0.62 : 0.55)));
    context.fill();
    context.strokeStyle = css(faded(theme.ghost, strength));
    context.stroke();
  }
  const last = ghosts.notes.at(-1);
  if (!ghosts.isGrowing || last === undefined) return;
  const x = scale.x(last.startTick + last.durationTicks);
  const y = (scale.y(last.pitch) + scale.y(last.pitch - 1)) / 2;
  const phase = shimmer ?? 0.5;
  const reach = (16 + 8 * Math.sin(phase * 2 * Math.PI)) * scale.pixelRatio;
  const glow = context.createRadialGradient(x, y, 0, x, y, reach);
  glow.addColorStop(0, css(faded(theme.ghost, 0.75)));
  glow.addColorStop(1, css(faded(theme.ghost, 0)));
  context.fillStyle = glow;
  context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
}

/** Notes of the window: of very many that are dragged at once, so many that a frame stays short. */
function inSight({ scale }: Frame, notes: readonly PageNote[], width: number): readonly PageNote[] {
  const [from, to] = [scale.tick(-DRUM_WIDTH), scale.tick(width + DRUM_WIDTH)];
  return notes
    .filter(({ startTick, durationTicks }) => startTick < to && startTick + durationTicks > from)
    .slice(0, MOST_SHAPES);
}

/** A note as a path: a round box, or a diamond. */
function noteShape(context: Context, { scale }: Frame, note: PageNote, isDrums: boolean): void {
  const left = scale.x(note.startTick);
  const right = Math.max(left + 2, scale.x(note.startTick + note.durationTicks) - 1);
  const [top, bottom] = [scale.y(note.pitch), scale.y(note.pitch - 1) - 1];
  if (isDrums) {
    const [half, middle] = [Math.min(9 * scale.pixelRatio, (bottom - top) / 2), (top + bottom) / 2];
    context.moveTo(left - half, middle);
    context.lineTo(left, middle - half);
    context.lineTo(left + half, middle);
    context.lineTo(left, middle + half);
    context.closePath();
  } else {
    context.roundRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1, 2 * scale.pixelRatio);
  }
}

function drawDraft(context: Context, frame: Frame, width: number): void {
  const { draft, song, theme, scale } = frame;
  if (draft === undefined) return;
  const index = song.tracks.findIndex(({ id }) => id === draft.trackId);
  const isDrums = song.tracks[index]?.isDrums ?? false;
  const colour = noteColours(theme, Math.max(0, index), "active").fills.at(-1) ?? theme.text;
  context.beginPath();
  for (const note of inSight(frame, draft.notes, width)) noteShape(context, frame, note, isDrums);
  context.fillStyle = css(mix(colour, theme.text, 0.7));
  context.fill();
  context.strokeStyle = css(theme.text);
  context.lineWidth = hair(scale, 1.5);
  context.stroke();
}

function drawSelecting(context: Context, { theme, scale }: Frame, { box, lasso }: Over): void {
  const ratio = scale.pixelRatio;
  context.beginPath();
  if (box !== undefined) {
    const [from, to] = box;
    context.rect(from.x * ratio, from.y * ratio, (to.x - from.x) * ratio, (to.y - from.y) * ratio);
  }
  for (const { x, y } of lasso) context.lineTo(x * ratio, y * ratio);
  if (lasso.length > 0) context.closePath();
  context.fillStyle = css(faded(theme.focus, 0.12));
  context.fill();
  context.strokeStyle = css(theme.focus);
  context.lineWidth = ratio;
  context.setLineDash(lasso.length > 0 ? [4 * ratio, 3 * ratio] : []);
  context.stroke();
  context.setLineDash([]);
}
