/**
 * Notes and lengths as stored in Ardour's sources.
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
