/**
 * The layout of the editor's area: the whole song above, then chords and the ruler, then keys beside notes, and
 * velocities below.
 */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Zone = "overview" | "chords" | "ruler" | "keys" | "body" | "velocity" | "scrollbar";

export type Layout = Readonly<Record<Zone, Rect>>;

const OVERVIEW_HEIGHT = 30;
/** A finger finds it. */
const CHORDS_HEIGHT = 26;
const RULER_HEIGHT = 42;
const KEYS_WIDTH = 60;
const DRUM_KEYS_WIDTH = 112;
const SCROLLBAR_WIDTH = 12;
const VELOCITY_HEIGHT = 68;
/** Under this height velocities give way to notes. */
const LOWEST_WITH_VELOCITY = 300;

/** @param width,height  CSS pixels of the whole area */
export function layoutOf(width: number, height: number, isDrums: boolean, hasChords = false): Layout {
  const left = isDrums ? DRUM_KEYS_WIDTH : KEYS_WIDTH;
  const chordsHeight = hasChords ? CHORDS_HEIGHT : 0;
  const rulerTop = OVERVIEW_HEIGHT + chordsHeight;
  const top = rulerTop + RULER_HEIGHT;
  const velocityHeight = height >= LOWEST_WITH_VELOCITY ? VELOCITY_HEIGHT : 0;
  const bodyWidth = Math.max(0, width - left - SCROLLBAR_WIDTH);
  const bodyHeight = Math.max(0, height - top - velocityHeight);
  return {
    overview: { x: left, y: 0, width: bodyWidth, height: OVERVIEW_HEIGHT },
    chords: { x: left, y: OVERVIEW_HEIGHT, width: bodyWidth, height: chordsHeight },
    ruler: { x: left, y: rulerTop, width: bodyWidth, height: RULER_HEIGHT },
    keys: { x: 0, y: top, width: left, height: bodyHeight },
    body: { x: left, y: top, width: bodyWidth, height: bodyHeight },
    velocity: { x: left, y: top + bodyHeight, width: bodyWidth, height: velocityHeight },
    scrollbar: { x: left + bodyWidth, y: top, width: SCROLLBAR_WIDTH, height: bodyHeight },
  };
}

/** What is at a place; nothing in the corners. */
export function zoneAt(layout: Layout, x: number, y: number): Zone | undefined {
  const zones = Object.keys(layout) as Zone[];
  return zones.find((zone) => {
    const rect = layout[zone];
    return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
  });
}
