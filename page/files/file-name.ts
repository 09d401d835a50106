/**
 * Names of files, and of the songs in them.
 */
import { withoutMidiEnding } from "../../bridge/music/midi-files.ts";

/** What no system takes in a name, and what hides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
const NOT_IN_NAMES = /[\\/:*?"<>|\u0000-\u001f\u007f]+/g;

/** What a song is called: the name of a file without its ending. */
export function titleOf(fileName: string): string {
  return withoutMidiEnding(fileName).trim() || "Untitled";
}

/** What a song is called as a file, without the ending. */
export function fileNameOf(title: string): string {
  const name = withoutMidiEnding(title)
    .replace(NOT_IN_NAMES, "-")
    .replace(/^[\s.-]+|[\s.-]+$/g, "")
    .slice(0, 100);
  return name || "continuo";
}

/** Where the daemon gives a song as a MIDI file. */
export function downloadPath(rollId: string, title: string): string {
  return `/rolls/${encodeURIComponent(rollId)}/${encodeURIComponent(fileNameOf(title))}.mid`;
}
