/**
 * Sorts candidates by what the musician kept before.
 *
 * Of every fill with a choice we know how the accepted candidate differs from the mean of those offered, in four
 * measures. The mean of these differences, in units of their own spread, is a leaning; it counts little while few
 * choices are known (n / (n + 8)), and it can move a candidate past another only if the leaning says more than the
 * rank that the model gave it.
 */
import type { Candidate, FillResult } from "../../protocol/fill.ts";

const MEASURES = 4;
/** Choices after which a leaning counts half. */
const HALF_TRUST = 8;
const MIN_CHOICES = 5;
/** What one rank in the model's own order is worth, in spreads. */
const RANK_WEIGHT = 0.35;
/** So that a measure that never differs says nothing. */
const LEAST_SPREAD = 0.02;

type Vector = readonly number[];

export class Preference {
  private choices = 0;
  private readonly sum = new Array<number>(MEASURES).fill(0);
  private readonly squares = new Array<number>(MEASURES).fill(0);

  /** Learn from a choice; one candidate says nothing, nor do several that differ in no measure. */
  accept(result: FillResult, index: number): void {
    const chosen = result.candidates[index];
    if (chosen === undefined || result.candidates.length < 2) return;
    const offered = result.candidates.map((candidate) => measures(candidate, result));
    const isChoice = offered.some((vector) => vector.some((value, k) => value !== offered[0]?.[k]));
    if (!isChoice) return;
    const mean = meanOf(offered);
    measures(chosen, result).forEach((value, k) => {
      const difference = value - (mean[k] ?? 0);
      this.sum[k] = (this.sum[k] ?? 0) + difference;
      this.squares[k] = (this.squares[k] ?? 0) + difference * difference;
    });
    this.choices += 1;
  }

  /** The candidates in the order to offer, and whether that is another than the model's. */
  order(result: FillResult): { candidates: Candidate[]; isChanged: boolean } {
    const { candidates } = result;
    if (this.choices < MIN_CHOICES || candidates.length < 2) return { candidates, isChanged: false };
    const trust = this.choices / (this.choices + HALF_TRUST);
    const all = candidates.map((candidate) => measures(candidate, result));
    const mean = meanOf(all);
    const scored = candidates.map((candidate, rank) => {
      const vector = all[rank] ?? [];
      const leaning = vector.reduce((sum, value, k) => {
        const spread = Math.sqrt((this.squares[k] ?? 0) / this.choices) + LEAST_SPREAD;
        const towards = (this.sum[k] ?? 0) / this.choices / spread;
        return sum + (towards * (value - (mean[k] ?? 0))) / spread;
      }, 0);
      return { candidate, score: trust * leaning - RANK_WEIGHT * rank };
    });
    // The sort is stable, so equal scores keep the model's order.
    scored.sort((a, b) => b.score - a.score);
    const ordered = scored.map(({ candidate }) => candidate);
    return { candidates: ordered, isChanged: ordered.some((candidate, k) => candidate !== candidates[k]) };
  }
}

/** Repeated, outside the scale, how likely, and how dense beside the old notes. */
function measures({ copied, outOfScale, logProbPerNote, notes }: Candidate, { removed }: FillResult): Vector {
  const density = Math.log((notes.length + 1) / (removed.length + 1));
  return [copied, outOfScale, logProbPerNote / 4, density];
}

function meanOf(vectors: Vector[]): Vector {
  const sum = new Array<number>(MEASURES).fill(0);
  for (const vector of vectors) {
    for (const [k, value] of vector.entries()) sum[k] = (sum[k] ?? 0) + value;
  }
  return sum.map((value) => value / Math.max(1, vectors.length));
}
