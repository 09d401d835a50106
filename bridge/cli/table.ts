/**
 * Columns of text under their titles.
 */
import { visibleLine } from "./visible.ts";

export interface Column {
  title: string;
  align?: "left" | "right";
}

/** Rows as lines; the last column is not padded. */
export function formatTable(columns: readonly Column[], given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(visibleLine));
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const [cell, width] = [cells[index] ?? "", widths[index] ?? 0];
        return column.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(titles), ...rows.map(line)];
}
