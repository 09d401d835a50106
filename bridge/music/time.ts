/**
 * Units of time as types. A number without a unit may become any of them; one that has a unit becomes another only by a
 * conversion, which names both ends.
 */

declare const unit: unique symbol;
type In<Unit extends string> = number & { readonly [unit]?: Unit };

/** A place or a length in a song, in ticks of its PPQ; between two whole ones while it is drawn or played. */
export type Tick = In<"tick">;
/** A place or a length on the models' grid of 1/24 quarter. As `native/tokenizer/src/grid.rs` has it. */
export type GridTick = In<"grid tick">;
/** Quarter notes, in any meter. */
export type Quarters = In<"quarter">;
export type Seconds = In<"second">;

/** Ticks a quarter of a new song: a multiple of the grid that every DAW knows. */
export const USUAL_PPQ = 480;
/** Grid ticks a quarter. */
export const GRID_PPQ = 24;

export function quartersFromTicks(ticks: Tick, ppq: number): Quarters {
  return ticks / ppq;
}

/** With a fraction where the quarters have one at this PPQ. */
export function ticksFromQuarters(quarters: Quarters, ppq: number): Tick {
  return quarters * ppq;
}

export function gridTicksFromQuarters(quarters: Quarters): GridTick {
  return quarters * GRID_PPQ;
}
