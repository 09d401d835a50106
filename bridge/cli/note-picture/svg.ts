/**
 * A piano roll of before and after as a self-contained SVG picture.
 */
import type { FillView } from "../../engine/filled-file.ts";
import { pitchName } from "../../music/pitch.ts";
import type { Tick } from "../../music/time.ts";
import type { Note } from "../../protocol/song.ts";
import type { PictureNotes } from "./layout.ts";

const WIDTH = 960;
const GUTTER = 44;
const RIGHT = 12;
const TITLE = 26;
const BAR_NUMBERS = 16;
const MIN_ROW = 3;
const MAX_ROW = 9;
const PANEL_HEIGHT = 190;

const COLOURS = {
  paper: "#ffffff",
  ink: "#24292f",
  bar: "#d0d7de",
  octave: "#eef1f4",
  region: "#ddf4ff",
  others: "#e3e7eb",
  context: "#8c959f",
  removed: "#cf222e",
  added: "#1a7f37",
} as const;

interface Frame {
  xOf: (tick: Tick) => number;
  lowest: number;
  highest: number;
  rowHeight: number;
}

/** Whether a text is a picture that was drawn here. */
export function isOwnSvg(text: string): boolean {
  return /^<svg [^>]*, before and after"/.test(text);
}

/** A region with its notes of before and after. */
export interface Picture {
  view: FillView;
  /** Half-open, inside the view. */
  region: { startTick: Tick; endTick: Tick };
  notes: PictureNotes;
  title: string;
}

/** The regions below each other, at least one; before and after, or after alone where a part is new. */
export function renderSvg(pictures: readonly Picture[]): string {
  const groups: string[] = [];
  let height = 0;
  for (const { panels, panelHeight } of pictures.map(panelsOf)) {
    for (const lines of panels) {
      groups.push(`<g transform="translate(0 ${round(height)})">`, ...lines, "</g>");
      height += panelHeight;
    }
  }
  const size = round(height);
  const title = pictures.map((picture) => picture.title).join(", ");
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${size}" width="${WIDTH}" height="${size}" role="img" aria-label="${escapeXml(title)}, before and after" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${size}" fill="${COLOURS.paper}"/>`,
    ...groups,
    "</svg>",
  ].join("\n")}\n`;
}

function panelsOf({ view, region, notes, title }: Picture): { panels: string[][]; panelHeight: number } {
  const pitches = [...view.context, ...notes.removed, ...notes.added].map((note) => note.pitch);
  const [lowest, highest] =
    pitches.length === 0 ? [54, 66] : [Math.min(...pitches) - 2, Math.max(...pitches) + 2];
  const fitting = PANEL_HEIGHT / (highest - lowest + 1);
  const rowHeight = Math.min(MAX_ROW, Math.max(MIN_ROW, fitting));
  const scale = (WIDTH - GUTTER - RIGHT) / Math.max(1, view.endTick - view.startTick);
  const frame: Frame = {
    xOf: (tick) => GUTTER + (clamp(tick, view.startTick, view.endTick) - view.startTick) * scale,
    lowest,
    highest,
    rowHeight,
  };
  const panelHeight = TITLE + BAR_NUMBERS + rowHeight * (highest - lowest + 1) + 10;
  const drawn = (text: string, own: readonly [readonly Note[], string][]) =>
    panel(view, region, frame, text, own);
  const added: [readonly Note[], string][] = [[notes.added, COLOURS.added]];
  if (view.context.length + notes.removed.length === 0) return { panels: [drawn(title, added)], panelHeight };
  const before = drawn(`${title}: before`, [[notes.removed, COLOURS.removed]]);
  return { panels: [before, drawn(`${title}: after`, added)], panelHeight };
}

function panel(
  view: FillView,
  region: { startTick: Tick; endTick: Tick },
  frame: Frame,
  title: string,
  own: readonly [readonly Note[], string][],
): string[] {
  const top = TITLE + BAR_NUMBERS;
  const bottom = top + frame.rowHeight * (frame.highest - frame.lowest + 1);
  const [left, right] = [frame.xOf(region.startTick), frame.xOf(region.endTick)];
  const lines = [
    `<text x="${GUTTER}" y="16" font-size="13" font-weight="600" fill="${COLOURS.ink}">${escapeXml(title)}</text>`,
    rectangle(left, top, right - left, bottom - top, COLOURS.region),
  ];
  for (let pitch = Math.ceil(frame.lowest / 12) * 12; pitch <= frame.highest; pitch += 12) {
    const y = top + (frame.highest - pitch + 1) * frame.rowHeight;
    lines.push(
      `<path d="M${GUTTER} ${round(y)}H${WIDTH - RIGHT}" stroke="${COLOURS.octave}"/>`,
      `<text x="${GUTTER - 6}" y="${round(y)}" text-anchor="end" fill="${COLOURS.context}">${pitchName(pitch)}</text>`,
    );
  }
  for (const { bar, startTick } of view.bars) {
    const x = round(frame.xOf(startTick));
    lines.push(
      `<path d="M${x} ${top}V${round(bottom)}" stroke="${COLOURS.bar}"/>`,
      `<text x="${x + 3}" y="${top - 5}" fill="${COLOURS.context}">${bar}</text>`,
    );
  }
  const layers: [readonly Note[], string][] = [
    [view.others, COLOURS.others],
    [view.context, COLOURS.context],
    ...own,
  ];
  for (const [notes, colour] of layers) {
    for (const note of notes) {
      if (note.pitch < frame.lowest || note.pitch > frame.highest) continue;
      const x = frame.xOf(note.startTick);
      const width = frame.xOf(note.startTick + note.durationTicks) - x;
      const y = top + (frame.highest - note.pitch) * frame.rowHeight;
      if (width > 0) lines.push(rectangle(x, y, Math.max(1.5, width - 1), frame.rowHeight - 1, colour, 1));
    }
  }
  return lines;
}

function rectangle(x: number, y: number, width: number, height: number, fill: string, radius = 0): string {
  const rounding = radius > 0 ? ` rx="${radius}"` : "";
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${rounding} fill="${fill}"/>`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A tenth of a pixel is fine enough. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  // Control characters are not allowed in XML at all; names of tracks come from files.
  return text.replace(/\p{Cc}/gu, " ").replace(/[&<>"]/g, (character) => entities[character] ?? "");
}
