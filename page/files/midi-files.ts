/**
 * Which files are taken for MIDI, by their names.
 */
import { hasMidiEnding, MIDI_ENDINGS } from "../../bridge/music/midi-endings.ts";

/** What a dialog for files offers first. */
export const MIDI_ACCEPT = [...MIDI_ENDINGS, "audio/midi", "audio/x-midi"].join(",");

/** Hidden files, such as those that macOS leaves beside others, are none. */
export function isMidiFile({ name }: { readonly name: string }): boolean {
  return hasMidiEnding(name) && !name.startsWith(".");
}
