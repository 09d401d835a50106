/**
 * How dense music is, on the scale of 1 (sparse) to 10 (dense) of a fill's density. As `native/tokenizer/src/vocabulary.rs`
 * has it.
 */
import type { Quarters } from "./time.ts";

/** Notes a quarter above which the next level begins. */
const EDGES = [0.35, 0.6, 0.85, 1.2, 1.7, 2.4, 3.4, 4.8, 7.0];
export const LEVELS = EDGES.length + 1;

/** @param noteCount  notes that start in so many quarters */
export function densityLevel(noteCount: number, quarters: Quarters): number {
  const density = noteCount / Math.max(quarters, 1e-9);
  return 1 + EDGES.filter((edge) => density > edge).length;
}
