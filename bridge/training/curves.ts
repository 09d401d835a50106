/**
 * Curves of a run in characters: each cell has two by four dots of Unicode's braille block.
 */
import type { Point } from "./history.ts";

const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x2800;

export interface Curve {
  points: readonly Point[];
  /** Puts characters in this curve's colour. */
  paint: (text: string) => string;
}

/**
 * Lines of a plot with the loss on the left and updates below. Later curves cover earlier ones.
 * @param columns, rows  of the plot itself; the labels come on top
 */
export function plotCurves(curves: readonly Curve[], columns: number, rows: number): string[] {
  const all = curves.flatMap((curve) => curve.points);
  if (all.length === 0) return [];
  const losses = all.map((point) => point.loss).sort((a, b) => a - b);
  const low = losses[0] ?? 0;
  // The first losses are far above the rest and would flatten it.
  const high = Math.max(losses[Math.floor(losses.length * 0.98)] ?? low, low + 1e-3);
  const lastStep = Math.max(1, ...all.map((point) => point.step));
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => ({ dots: 0, curve: 0 })),
  );
  curves.forEach((curve, index) => {
    for (const { step, loss } of curve.points) {
      const x = Math.round((step / lastStep) * (columns * 2 - 1));
      const height = (Math.min(loss, high) - low) / (high - low);
      const y = Math.round((1 - height) * (rows * 4 - 1));
      const cell = cells[y >> 2]?.[x >> 1];
      if (cell === undefined) continue;
      cell.dots |= DOTS[(x & 1) as 0 | 1][(y & 3) as 0 | 1 | 2 | 3];
      cell.curve = index;
    }
  });
  const labels = cells.map((_, row) => {
    const isEnd = row === 0 || row === rows - 1 || row === Math.floor(rows / 2);
    const loss = high - (row / Math.max(1, rows - 1)) * (high - low);
    return (isEnd ? loss.toFixed(2) : "").padStart(7);
  });
  const lines = cells.map((row, index) => {
    const drawn = row.map(({ dots, curve }) =>
      dots === 0 ? " " : (curves[curve]?.paint ?? String)(String.fromCharCode(BRAILLE + dots)),
    );
    return `${labels[index]} │${drawn.join("").trimEnd()}`;
  });
  const end = String(lastStep);
  return [
    ...lines,
    `${" ".repeat(8)}└${"─".repeat(columns)}`,
    `${" ".repeat(9)}0${end.padStart(columns - 1)}`,
  ];
}
