/**
 * The window of the editor: converts ticks and pitches to positions, zooms and scrolls. Lengths are CSS pixels from
 * the upper left corner of the notes' area, unless a name says device pixels.
 */
import type { Tick } from "../../bridge/music/time.ts";
import type { View } from "../state.ts";
import type { NoteSpan } from "./note-span.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Ticks of the song that can be looked at, and how far they can be drawn apart. */
export interface Extent {
  readonly endTick: Tick;
  readonly ppq: number;
}

export const PITCHES = 128;
const LOWEST_ROW = 4;
const HIGHEST_ROW = 32;
/** Pixels of a quarter as close as a short song can be drawn together. */
const NARROWEST_QUARTER = 24;
/** Pixels of a quarter, as far as it can be drawn apart. */
const WIDEST_QUARTER = 600;
/** What is shown beyond the song's end, as a share of the window. */
const ROOM_AFTER = 0.75;

export function xOfTick(view: View, tick: Tick): number {
  return (tick - view.startTick) / view.ticksPerPixel;
}

export function tickOfX(view: View, x: number): Tick {
  return view.startTick + x * view.ticksPerPixel;
}

/** The upper edge of a pitch's row. */
export function yOfPitch(view: View, pitch: number): number {
  return (view.topPitch - pitch - 1) * view.pixelsPerPitch;
}

/** With a fraction: its floor is the pitch of the row. */
export function pitchOfY(view: View, y: number): number {
  return view.topPitch - y / view.pixelsPerPitch;
}

/** The window kept over the song: never before its start, nor more than most of a window after its end. */
export function clampView(view: View, size: Size, { endTick, ppq }: Extent): View {
  const width = Math.max(1, size.width);
  const widest = Math.max((endTick * 1.25) / width, ppq / NARROWEST_QUARTER);
  const ticksPerPixel = clamp(view.ticksPerPixel, ppq / WIDEST_QUARTER, widest);
  const lastStart = Math.max(0, endTick - (1 - ROOM_AFTER) * width * ticksPerPixel);
  const pixelsPerPitch = clamp(
    view.pixelsPerPitch,
    Math.max(LOWEST_ROW, size.height / PITCHES),
    Math.max(HIGHEST_ROW, size.height / PITCHES),
  );
  return {
    startTick: clamp(view.startTick, 0, lastStart),
    ticksPerPixel,
    topPitch: clamp(view.topPitch, Math.min(PITCHES, size.height / pixelsPerPitch), PITCHES),
    pixelsPerPitch,
  };
}

export function scrolled(view: View, dx: number, dy: number): View {
  return {
    ...view,
    startTick: view.startTick + dx * view.ticksPerPixel,
    topPitch: view.topPitch - dy / view.pixelsPerPitch,
  };
}

/** Drawn apart, or together, by factors; the tick at `x` and the pitch at `y` stay where they are. */
export function zoomed(
  view: View,
  { time = 1, pitch = 1, x = 0, y = 0 }: { time?: number; pitch?: number; x?: number; y?: number },
): View {
  const ticksPerPixel = view.ticksPerPixel / time;
  const pixelsPerPitch = view.pixelsPerPitch * pitch;
  return {
    startTick: tickOfX(view, x) - x * ticksPerPixel,
    ticksPerPixel,
    topPitch: pitchOfY(view, y) + y / pixelsPerPitch,
    pixelsPerPitch,
  };
}

/** What holds some ticks and pitches, with a little room around them. */
export function viewOf({ startTick, endTick, lowest, highest }: NoteSpan, size: Size): View {
  const ticksPerPixel = Math.max(1e-3, (endTick - startTick) / Math.max(1, size.width));
  const rows = highest - lowest + 1 + 6;
  const pixelsPerPitch = clamp(size.height / rows, 7, 18);
  const middle = (lowest + highest + 1) / 2;
  return { startTick, ticksPerPixel, topPitch: middle + size.height / pixelsPerPitch / 2, pixelsPerPitch };
}

/** Moved only as far as it takes to show some ticks and pitches. */
export function revealed(view: View, { startTick, endTick, lowest, highest }: NoteSpan, size: Size): View {
  const ticks = size.width * view.ticksPerPixel;
  const rows = size.height / view.pixelsPerPitch;
  const [left, right] = [view.startTick, view.startTick + ticks];
  const start = startTick < left ? startTick : endTick > right ? Math.min(startTick, endTick - ticks) : left;
  const bottom = view.topPitch - rows;
  const top = highest + 1 > view.topPitch ? highest + 2 : lowest < bottom ? lowest - 1 + rows : view.topPitch;
  return { ...view, startTick: start, topPitch: top };
}

/** Ticks and pitches to whole device pixels, the same for everything that is painted, so that what was painted can be moved. */
export class Scale {
  readonly pixelRatio: number;
  private readonly perTick: Tick;
  private readonly perPitch: number;
  /** Device pixels from the song's start, and from above the highest pitch, to the window. */
  readonly left: number;
  readonly top: number;

  constructor(view: View, pixelRatio: number) {
    this.pixelRatio = pixelRatio;
    this.perTick = pixelRatio / view.ticksPerPixel;
    this.perPitch = pixelRatio * view.pixelsPerPitch;
    this.left = Math.round(view.startTick * this.perTick);
    this.top = Math.round((PITCHES - view.topPitch) * this.perPitch);
  }

  x(tick: Tick): number {
    return Math.round(tick * this.perTick) - this.left;
  }

  /** The upper edge of a pitch's row. */
  y(pitch: number): number {
    return Math.round((PITCHES - 1 - pitch) * this.perPitch) - this.top;
  }

  tick(x: number): number {
    return (x + this.left) / this.perTick;
  }

  /** Of the row that holds a device pixel. */
  pitch(y: number): number {
    return PITCHES - 1 - Math.floor((y + this.top) / this.perPitch);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
