/**
 * Counts in words.
 */

/** "1 note", "12 notes". @param shown  the count as it is written */
export function countOf(count: number, one: string, shown = String(count)): string {
  return `${shown} ${one}${count === 1 ? "" : "s"}`;
}
