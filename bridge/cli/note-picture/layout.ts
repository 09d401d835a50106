/**
 * A piano roll as a grid of cells: which note, if any, each cell shows. Does not draw.
 */
import type { FillView } from "../../engine/filled-file.ts";
import { pitchName } from "../../music/pitch.ts";
import type { Tick } from "../../music/time.ts";
import type { Note } from "../../protocol/song.ts";

export type CellKind = "empty" | "bar" | "edge" | "removed" | "context" | "new";

export interface Cell {
  kind: CellKind;
  /** The note starts here. */
  isOnset: boolean;
}

interface PictureRow {
  /** Lowest pitch of the row. */
  pitch: number;
  label: string;
  cells: Cell[];
}

export interface PictureLayout {
  /** Highest pitch first. */
  rows: PictureRow[];
  /** Bar numbers over the column where their bar starts. */
  bars: { bar: number; column: number }[];
  columns: number;
}

export interface PictureNotes {
  removed: readonly Note[];
  added: readonly Note[];
}

/** More rows than this do not fit a terminal; then several semitones share one. */
const MAX_ROWS = 36;

/**
 * @param region   half-open, inside the view
 * @param columns  cells a row, at least 1
 */
export function layOutPicture(
  view: FillView,
  region: { startTick: Tick; endTick: Tick },
  notes: PictureNotes,
  columns: number,
): PictureLayout {
  const ticks = Math.max(1, view.endTick - view.startTick);
  const columnOf = (tick: Tick) => Math.floor(((tick - view.startTick) * columns) / ticks);
  const shown = [...view.context, ...notes.removed, ...notes.added].filter(
    (note) => note.startTick < view.endTick && note.startTick + note.durationTicks > view.startTick,
  );
  const pitches = shown.map((note) => note.pitch);
  const [lowest, highest] = pitches.length === 0 ? [60, 60] : [Math.min(...pitches), Math.max(...pitches)];
  const semitones = Math.ceil((highest - lowest + 1) / MAX_ROWS);
  const rowCount = Math.floor((highest - lowest) / semitones) + 1;

  const ruled = Array.from({ length: columns }, (): Cell => ({ kind: "empty", isOnset: false }));
  const rule = (tick: Tick, kind: CellKind) => {
    const cell = ruled[columnOf(tick)];
    if (cell !== undefined) cell.kind = kind;
  };
  for (const bar of view.bars) rule(bar.startTick, "bar");
  rule(region.startTick, "edge");
  rule(region.endTick, "edge");

  const rows = Array.from({ length: rowCount }, (_, index): PictureRow => {
    const pitch = lowest + (rowCount - 1 - index) * semitones;
    return { pitch, label: pitchName(pitch), cells: ruled.map((cell) => ({ ...cell })) };
  });
  const draw = (note: Note, kind: CellKind) => {
    const row = rows[rowCount - 1 - Math.floor((note.pitch - lowest) / semitones)];
    const first = columnOf(note.startTick);
    const last = Math.max(first, columnOf(note.startTick + note.durationTicks - 1));
    for (let column = Math.max(0, first); row !== undefined && column <= last; column++) {
      if (column < columns) row.cells[column] = { kind, isOnset: column === first };
    }
  };
  const order: [readonly Note[], CellKind][] = [
    [notes.removed, "removed"],
    [view.context, "context"],
    [notes.added, "new"],
  ];
  for (const [list, kind] of order) for (const note of list) draw(note, kind);
  const bars = view.bars.map(({ bar, startTick }) => ({ bar, column: columnOf(startTick) }));
  return { rows, bars: bars.filter(({ column }) => column >= 0 && column < columns), columns };
}
