/**
 * Which notes are at a point, in a rectangle, or inside a lasso. Points are CSS pixels in the notes' area.
 */
import type { PageNote, PageTrack } from "../document/song.ts";
import type { View } from "../state.ts";
import { indexOf } from "./note-index.ts";
import { pitchOfY, tickOfX, xOfTick, yOfPitch } from "./viewport.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The part of a note that is pointed at: its ends can be drawn. */
export type NotePart = "start" | "body" | "end";

interface Hit {
  readonly note: PageNote;
  readonly part: NotePart;
}

/** A pointer may miss a note by so much. */
const REACH = 2;
const EDGE = 6;

/** The left and right edges of a note as it is drawn: a hit of a drum is as wide as its row is high. */
function edgesOf(view: View, note: PageNote, isDrums: boolean): [left: number, right: number] {
  const left = xOfTick(view, note.startTick);
  if (!isDrums) return [left, Math.max(left + 1, xOfTick(view, note.startTick + note.durationTicks))];
  const half = Math.min(9, view.pixelsPerPitch / 2);
  return [left - half, left + half];
}

/** The uppermost note at a place. */
export function noteAt(
  track: Pick<PageTrack, "notes" | "isDrums">,
  view: View,
  { x, y }: Point,
): Hit | undefined {
  const pitch = Math.floor(pitchOfY(view, y));
  const around = (track.isDrums ? 9 : 0) + REACH;
  const notes = indexOf(track.notes).sounding(tickOfX(view, x - around), tickOfX(view, x + around));
  for (const note of notes.reverse()) {
    if (note.pitch !== pitch) continue;
    const [left, right] = edgesOf(view, note, track.isDrums);
    if (x < left - REACH || x > right + REACH) continue;
    if (track.isDrums) return { note, part: "body" };
    const edge = Math.min(EDGE, (right - left) / 4);
    return { note, part: x > right - edge ? "end" : x < left + edge ? "start" : "body" };
  }
  return undefined;
}

/** Notes that touch a rectangle between two places. */
export function notesInBox(track: PageTrack, view: View, from: Point, to: Point): PageNote[] {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const around = track.isDrums ? 9 : 0;
  const found = indexOf(track.notes).sounding(tickOfX(view, left - around), tickOfX(view, right + around));
  return found.filter((note) => {
    const [noteLeft, noteRight] = edgesOf(view, note, track.isDrums);
    const y = yOfPitch(view, note.pitch);
    return noteLeft <= right && noteRight >= left && y <= bottom && y + view.pixelsPerPitch >= top;
  });
}

/** Notes whose middle, or start, is inside a line drawn by hand and closed. */
export function notesInLasso(track: PageTrack, view: View, line: readonly Point[]): PageNote[] {
  if (line.length < 3) return [];
  const [left, right] = [Math.min(...line.map(({ x }) => x)), Math.max(...line.map(({ x }) => x))];
  return indexOf(track.notes)
    .sounding(tickOfX(view, left), tickOfX(view, right))
    .filter((note) => {
      const [noteLeft, noteRight] = edgesOf(view, note, track.isDrums);
      const y = yOfPitch(view, note.pitch) + view.pixelsPerPitch / 2;
      return isInside(line, { x: (noteLeft + noteRight) / 2, y }) || isInside(line, { x: noteLeft + 1, y });
    });
}

/** Whether a closed line holds a place, by the edges that cross to its right. */
export function isInside(line: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  let from = line.at(-1);
  for (const to of line) {
    if (from !== undefined && from.y > y !== to.y > y) {
      if (x < from.x + ((to.x - from.x) * (y - from.y)) / (to.y - from.y)) inside = !inside;
    }
    from = to;
  }
  return inside;
}
