/**
 * The gain on held-out pieces, in words, and whether it can be chance.
 */
import type { Gain } from "../engine/train-schemas.ts";

/**
 * Student's t by degrees of freedom from 1: a mean of so many differences lies farther from 0, in standard errors,
 * in one of twenty cases where nothing was gained. Beyond the table it is little more than 1.96.
 */
const T_95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
const T_95_OF_MANY = 2.1;

/** Whether a difference may be chance. */
export function mayBeChance({ pieces, mean, standardError }: Gain): boolean {
  if (mean === null || standardError === null) return true;
  return Math.abs(mean) <= standardError * (T_95[pieces - 2] ?? T_95_OF_MANY);
}

/** "-0.153 ± 0.021 over 8 pieces" */
export function describeGain({ pieces, mean, standardError }: Gain): string {
  const error = standardError === null ? "" : ` ± ${standardError.toFixed(3)}`;
  const difference = mean === null ? "?" : `${mean > 0 ? "+" : ""}${mean.toFixed(3)}`;
  return `${difference}${error} over ${pieces === 1 ? "1 piece" : `${pieces} pieces`}`;
}
