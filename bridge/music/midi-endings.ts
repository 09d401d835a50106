/**
 * How names of MIDI files end.
 */
export const MIDI_ENDINGS = [".mid", ".midi", ".smf", ".kar", ".rmi"] as const;

const ENDING = new RegExp(`(?:${MIDI_ENDINGS.map((ending) => `\\${ending}`).join("|")})$`, "i");

export function hasMidiEnding(fileName: string): boolean {
  return ENDING.test(fileName);
}

/** "song.mid" as "song"; what ends otherwise as it is. */
export function withoutMidiEnding(fileName: string): string {
  return fileName.replace(ENDING, "");
}
