// Between Bitwig's beats (quarter notes, as decimals) and ticks. One tick is one step of the grid through which the
// script sees a clip: 1/48 of a quarter holds sixty-fourths as well as triplets of thirty-seconds.

export var PPQ = 48;
export var STEP_BEATS = 1 / PPQ;

/** @param {number} beats */
export function ticksFromBeats(beats) {
  return Math.round(beats * PPQ);
}

/** @param {number} ticks */
export function beatsFromTicks(ticks) {
  return ticks / PPQ;
}

/** @param {number} numerator @param {number} denominator */
export function ticksOfBar(numerator, denominator) {
  return Math.max(1, Math.round((4 * PPQ * numerator) / denominator));
}
