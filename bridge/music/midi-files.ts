/**
 * Which files are MIDI by their names: the one list of commands, daemon, watched folders and page. The core has the
 * same in native/midi/src/file_name.rs, where a test compares the two.
 */

/** Plain files, karaoke, files in a RIFF wrapper, and what some programs call them. */
export const MIDI_ENDINGS = [".mid", ".midi", ".kar", ".rmi", ".smf"] as const;

/** For a sentence: ".mid, .midi, .kar, .rmi or .smf". */
export const MIDI_ENDINGS_TEXT = `${MIDI_ENDINGS.slice(0, -1).join(", ")} or ${MIDI_ENDINGS.at(-1)}`;

/** What a file chooser of a browser offers. */
export const MIDI_ACCEPT = [...MIDI_ENDINGS, "audio/midi", "audio/x-midi"].join(",");

const ENDING = new RegExp(`(${MIDI_ENDINGS.map((ending) => `\\${ending}`).join("|")})$`, "i");

/** Whether a file calls itself MIDI, in small or capital letters; hidden files do not. */
export function isMidiName(name: string): boolean {
  return ENDING.test(name) && !/(^|[\\/])\.[^\\/]*$/.test(name);
}

/** The name without its ending, where it is one of MIDI's. */
export function withoutMidiEnding(name: string): string {
  return name.replace(ENDING, "");
}
