/**
 * Whether a preference can be chance: the sign test, by the binomial distribution itself.
 */

/** Below this few would call it chance. */
const SURE = 0.05;
/** Fewer choices than this cannot be sure, whatever they are. */
const LEAST_CHOICES = 6;

export interface Score {
  /** How often the musician's own model was preferred, and the other one. */
  readonly own: number;
  readonly other: number;
  readonly ties: number;
}

/** How often a coin would be at least as one-sided, on either side. 1 where nothing was preferred. */
export function chanceOf({ own, other }: Score): number {
  const count = own + other;
  const fewer = Math.min(own, other);
  // Of C(count, k) / 2^count from one to the next, so that nothing gets too large.
  let share = 0.5 ** count;
  let sum = 0;
  for (let k = 0; k <= fewer; k += 1) {
    sum += share;
    share *= (count - k) / (k + 1);
  }
  return Math.min(1, 2 * sum);
}

/** The score in a sentence. @param name  of the musician's own model */
export function verdict(score: Score, name: string): string {
  const { own, other, ties } = score;
  const count = own + other;
  const alike = ties === 0 ? "" : `, ${ties} without a difference`;
  if (count === 0) return ties === 0 ? "Nothing compared yet." : `No difference heard, ${times(ties)}.`;
  const result = `${own} of ${count} for ${name}${alike}`;
  if (count < LEAST_CHOICES) return `${result}: too few to tell, ${LEAST_CHOICES - count} more at least.`;
  if (chanceOf(score) >= SURE) return `${result}: could still be chance.`;
  return own > other
    ? `${result}: hardly chance, it is the better one for you.`
    : `${result}: hardly chance, the other is the better one for you.`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
