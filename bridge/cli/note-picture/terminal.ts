/**
 * A piano roll as lines of text: context dim, removed notes red, new notes bright, bars ruled.
 */
import type { Cell, CellKind, PictureLayout } from "./layout.ts";

const GLYPHS: Readonly<Record<CellKind, { onset: string; rest: string }>> = {
  empty: { onset: " ", rest: " " },
  bar: { onset: "│", rest: "│" },
  edge: { onset: "┃", rest: "┃" },
  removed: { onset: "░", rest: "░" },
  context: { onset: "▪", rest: "─" },
  new: { onset: "█", rest: "▓" },
};

/** SGR codes: 2 dim, 1 bold, 31 red, 32 green, 36 cyan. */
const STYLES: Readonly<Record<CellKind, string>> = {
  empty: "",
  bar: "2",
  edge: "36",
  removed: "2;31",
  context: "2",
  new: "1;32",
};

/** Width of the pitch names before the cells. */
export const GUTTER_COLUMNS = 5;

/** @returns lines without line ends: bar numbers, one line a row, legend */
export function renderText(layout: PictureLayout, useColour: boolean): string[] {
  const paint = (kind: CellKind, text: string) =>
    useColour && STYLES[kind] !== "" ? `\x1b[${STYLES[kind]}m${text}\x1b[0m` : text;
  const rows = layout.rows.map((row) =>
    `${row.label.padStart(GUTTER_COLUMNS - 1)} ${renderCells(row.cells, paint)}`.trimEnd(),
  );
  const legend = [
    `${paint("new", "█▓")} new`,
    `${paint("removed", "░░")} removed`,
    `${paint("context", "▪─")} kept`,
    `${paint("edge", "┃")} region`,
  ].join("   ");
  return [barNumbers(layout), ...rows, `${" ".repeat(GUTTER_COLUMNS)}${legend}`];
}

/** Cells of one kind share one colour sequence. */
function renderCells(cells: readonly Cell[], paint: (kind: CellKind, text: string) => string): string {
  let line = "";
  let segment = "";
  let kind: CellKind = "empty";
  for (const cell of cells) {
    if (cell.kind !== kind) {
      line += paint(kind, segment);
      segment = "";
      kind = cell.kind;
    }
    segment += cell.isOnset ? GLYPHS[cell.kind].onset : GLYPHS[cell.kind].rest;
  }
  return line + paint(kind, segment);
}

/** Numbers that would touch the one before are left out. */
function barNumbers(layout: PictureLayout): string {
  let line = " ".repeat(GUTTER_COLUMNS);
  for (const { bar, column } of layout.bars) {
    const at = column + GUTTER_COLUMNS;
    if (at > line.length || line.trim() === "") line = `${line.padEnd(at)}${bar}`;
  }
  return line;
}
