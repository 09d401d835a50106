/**
 * Counted things in English.
 */

/** "1 piece", "2 pieces". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
