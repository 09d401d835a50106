/**
 * Counted things in English.
 */

/** "1 piece", "2 pieces". @param shown  the count as it is written */
export function plural(count: number, noun: string, shown = String(count)): string {
  return `${shown} ${noun}${count === 1 ? "" : "s"}`;
}
