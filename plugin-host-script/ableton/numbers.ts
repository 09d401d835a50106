/**
 * Live's numbers: quarters as doubles, now and then a BigInt, against the daemon's whole ticks.
 */

import type { Quarters, Tick } from "../../bridge/music/time.ts";
/** Ticks a quarter; what Live's grid can be set to is whole in it, down to triplets of 64ths. */
export const PPQ = 960;

/** Closer than any two places that a musician can tell apart, farther than the error of a sum of doubles. */
export const NEAR_QUARTERS: Quarters = 1e-6;

/** A value of Live's as a plain number. */
export function plain(value: number | bigint): number {
  return Number(value);
}

export function ticksFromQuarters(quarters: Quarters): Tick {
  return Math.round(quarters * PPQ);
}

export function quartersFromTicks(ticks: Tick): Quarters {
  return ticks / PPQ;
}

/** What names an object of Live's as long as the set is open. */
export function idOf(object: { readonly handle: { readonly id: bigint } }): string {
  return String(object.handle.id);
}
