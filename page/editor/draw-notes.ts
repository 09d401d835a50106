/**
 * Paints the notes that a part of the window shows, as pixels; then names and locks, where there is room for them.
 */
import { pitchName } from "../../bridge/music/pitch.ts";
import type { PageNote } from "../document/song.ts";
import { brightness, css, mix, pixel } from "./colour.ts";
import { type Frame, type ShownTrack, shownTracks } from "./frame.ts";
import type { Rect } from "./layout.ts";
import { indexOf, type NoteIndex } from "./note-index.ts";
import type { Raster } from "./raster.ts";
import { noteColours, shadeOf, type Theme } from "./theme.ts";

type Context = CanvasRenderingContext2D;

/** Names are written into notes so wide and rows so high, in CSS pixels. */
const WIDE_ENOUGH = 26;
const HIGH_ENOUGH = 13;
const LARGEST_DRUM = 9;

/** @param part  of the notes' area, in device pixels */
export function drawNotes(context: Context, raster: Raster, frame: Frame, part: Rect): void {
  raster.begin(part.width, part.height);
  const marks: Mark[] = [];
  for (const shown of shownTracks(frame)) drawTrack(raster, frame, part, shown, marks);
  raster.paintTo(context, part.x, part.y);
  drawMarks(context, frame, marks);
}

/** What is written on a note after all are painted. */
interface Mark {
  readonly note: PageNote;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly isDrums: boolean;
  readonly isNamed: boolean;
  readonly isLocked: boolean;
  readonly isDarkOnLight: boolean;
}

/** The pixels of one note in each of its states. */
interface Paints {
  readonly fills: Uint32Array;
  readonly edge: number;
  readonly fadedFill: number;
  readonly fadedEdge: number;
  readonly selectedFill: number;
  readonly selectedEdge: number;
  readonly isDarkOnLight: boolean;
}

function drawTrack(raster: Raster, frame: Frame, part: Rect, shown: ShownTrack, marks: Mark[]): void {
  const { scale, selected, locked, faded, draft } = frame;
  const { track } = shown;
  const index: NoteIndex = indexOf(track.notes);
  const paints = paintsOf(frame.theme, shown);
  const isActive = shown.state === "active";
  const rowHeight = scale.y(0) - scale.y(1);
  const half = Math.min(Math.round(LARGEST_DRUM * scale.pixelRatio), Math.floor(rowHeight / 2));
  const around = track.isDrums ? half + 1 : 1;
  const nameFrom = isActive && rowHeight >= HIGH_ENOUGH * scale.pixelRatio;
  const widest = WIDE_ENOUGH * scale.pixelRatio;
  const gap = rowHeight > 5 ? 1 : 0;
  const isPlain = selected.size + locked.size + faded.size === 0 && draft === undefined;
  const rows = rowsOf(frame);
  for (const [first, after] of index.ranges(
    scale.tick(part.x - around),
    scale.tick(part.x + part.width + around),
  )) {
    for (let at = first; at < after; at += 1) {
      const row = rows[index.pitches[at] ?? 0] ?? 0;
      const top = row - part.y;
      if (top >= part.height || top + rowHeight <= 0) continue;
      const left = scale.x(index.starts[at] ?? 0) - part.x;
      const right = Math.max(left + 1, scale.x(index.ends[at] ?? 0) - part.x - gap);
      if (right + around <= 0 || left - around >= part.width) continue;
      let fill = paints.fills[shadeOf(index.velocities[at] ?? 0)] ?? 0;
      let edge = paints.edge;
      let isSelected = false;
      const isNamed = nameFrom && !track.isDrums && right - left >= widest;
      if (!isPlain || isNamed) {
        const note = index.notes[at];
        if (note === undefined || draft?.hidden.has(note.id)) continue;
        if (faded.has(note.id)) [fill, edge] = [paints.fadedFill, paints.fadedEdge];
        isSelected = selected.has(note.id);
        const isLocked = locked.has(note.id);
        if (isSelected) [fill, edge] = [paints.selectedFill, paints.selectedEdge];
        if (isNamed || isLocked) {
          marks.push({
            note,
            left: left + part.x,
            right: right + part.x,
            top: row,
            bottom: row + rowHeight - gap,
            isDrums: track.isDrums,
            isNamed: isNamed && !faded.has(note.id),
            isLocked,
            isDarkOnLight: paints.isDarkOnLight,
          });
        }
      }
      if (track.isDrums) raster.diamond(left, top + (rowHeight >> 1), half, fill, edge);
      else {
        raster.box(left, top, right, top + rowHeight - gap, fill, edge);
        if (isSelected) raster.box(left + 1, top + 1, right - 1, top + rowHeight - gap - 1, fill, edge);
      }
    }
  }
}

function rowsOf({ scale }: Frame): Int32Array {
  return Int32Array.from({ length: 128 }, (_, pitch) => scale.y(pitch));
}

function paintsOf(theme: Theme, { index, state }: ShownTrack): Paints {
  const { fills, edge } = noteColours(theme, index, state);
  const loudest = fills.at(-1) ?? edge;
  return {
    fills: Uint32Array.from(fills, pixel),
    edge: pixel(edge),
    fadedFill: pixel(mix(loudest, theme.panel, 0.16)),
    fadedEdge: pixel(mix(loudest, theme.panel, 0.34)),
    selectedFill: pixel(theme.isDark ? mix(loudest, theme.text, 0.5) : mix(loudest, theme.text, 0.94)),
    selectedEdge: pixel(theme.text),
    isDarkOnLight: brightness(loudest) > 0.55,
  };
}

function drawMarks(context: Context, frame: Frame, marks: readonly Mark[]): void {
  const { scale, theme } = frame;
  const ratio = scale.pixelRatio;
  const size = Math.round(10 * ratio);
  context.font = `550 ${size}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const mark of marks) {
    const ink = mark.isDarkOnLight ? "#17181b" : "#ffffff";
    const middle = (mark.top + mark.bottom) / 2;
    if (mark.isNamed) {
      context.fillStyle = ink;
      context.fillText(pitchName(mark.note.pitch), mark.left + 4 * ratio, middle + ratio / 2);
    }
    if (!mark.isLocked) continue;
    const [left, right] = mark.isDrums
      ? [mark.left - 4 * ratio, mark.left + 4 * ratio]
      : [mark.left, mark.right];
    drawLock(
      context,
      right - 5 * ratio > left ? right - 5 * ratio : (left + right) / 2,
      middle,
      ratio,
      ink,
      css(theme.text),
    );
  }
}

/** A padlock; a bar over the note's top where there is no room for one. */
function drawLock(context: Context, x: number, y: number, ratio: number, ink: string, edge: string): void {
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.lineWidth = ratio;
  context.beginPath();
  context.arc(x, y - ratio, 2 * ratio, Math.PI, 0);
  context.stroke();
  context.fillRect(x - 3 * ratio, y - ratio, 6 * ratio, 4 * ratio);
  context.fillStyle = edge === ink ? "#888" : edge;
  context.globalAlpha = 0.7;
  context.fillRect(x - ratio / 2, y, ratio, 2 * ratio);
  context.globalAlpha = 1;
}
