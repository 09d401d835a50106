/**
 * Scales as they are offered, by the names that the core knows; which notes they have, the core alone says.
 */

export const TONICS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"] as const;

/** Without the second names of major and minor. */
export const MODES = [
  "major",
  "minor",
  "dorian",
  "phrygian",
  "lydian",
  "mixolydian",
  "locrian",
  "harmonic minor",
  "melodic minor",
  "major pentatonic",
  "minor pentatonic",
  "blues",
] as const;

export type Tonic = (typeof TONICS)[number];
export type Mode = (typeof MODES)[number];

/** Such as "D dorian". */
export function scaleName(tonic: Tonic, mode: Mode): string {
  return `${tonic} ${mode}`;
}
