/**
 * Notes and lengths as Ardour's sources have them.
 */
export const QUARTER = 1920;
export const BAR = 4 * QUARTER;

/** Start, duration (ticks from the source's begin), pitch, velocity, channel, release velocity. */
export type SourceNote = [
  start: number,
  duration: number,
  pitch: number,
  velocity: number,
  channel?: number,
  offVelocity?: number,
];
