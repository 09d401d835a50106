/**
 * Errors in a musician's words: error messages speak of files and bytes, so texts are chosen by their codes.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { Bars } from "../../bridge/music/bars.ts";
import { isAway } from "./is-away.ts";

const DAMAGED = "is damaged or cut off. Export or copy it again.";

/** After the name of the file, where the daemon says it. */
const OF_A_FILE: Readonly<Record<string, string>> = {
  MIDI_EMPTY: "is empty.",
  MIDI_NOT_MIDI: "is not a MIDI file.",
  MIDI_TOO_LARGE: "is too large. Split it.",
  MIDI_FORMAT: "is an unknown kind of MIDI file. Export it as format 0 or 1.",
  MIDI_NO_TRACKS: "has no tracks. Export it again with at least one.",
  MIDI_SMPTE: "counts time in video frames. Export it with musical time (ticks per quarter note).",
  MIDI_TIME_OVERFLOW: "is longer than a song can be.",
  MIDI_SONG_MISSING: "does not contain that many songs.",
};

const AS_A_WHOLE: Readonly<Record<string, string>> = {
  ROLL_NOT_FOUND: "This song has been removed. Open its file again.",
  ROLL_HOSTLESS: "The DAW no longer waits for these notes. Download the song, or start again in the DAW.",
  ROLL_CHANGED: "Another page changed these notes first. This is how they are now; try again.",
  ROLLS_FULL: "Continuo keeps as many songs as it can. Remove some from the list first.",
  MESSAGE_TOO_LARGE: "That was too much at once. Do it in smaller parts.",
  BUSY: "Continuo is busy. Try again in a moment.",
  SHUTTING_DOWN: "Continuo is shutting down. Start it again with continuo open.",
  OUTPUT_DISK_FULL: "The disk is full. Free some space and save again.",
  OUTPUT_READ_ONLY: "The folder for exports cannot be written. Download the song instead.",
  OUTPUT_FOLDER_MISSING: "The folder for exports is missing. Download the song instead.",
  HOME_NOT_WRITABLE: "Continuo cannot write its own folder. Free some space on the disk.",
  TRACK_IN_USE: "Only empty tracks that were added here can be removed. Delete the notes of the track first.",
  TRACK_NOT_FOUND: "This track is no longer in the song. Load the page again.",
};

/** What is odd about a file's bytes and not about its music; it is kept as it is. */
const OF_BYTES = new Set([
  "MIDI_TRACK_COUNT",
  "MIDI_TRAILING_BYTES",
  "MIDI_RIFF_SIZE",
  "MIDI_END_OF_TRACK_MISSING",
  "MIDI_BYTES_AFTER_END",
  "MIDI_RUNNING_STATUS",
  "MIDI_SYSTEM_EVENT",
  "MIDI_META_SHORT",
  "MIDI_UNKNOWN_CHUNK",
  "MIDI_FORMAT_0_TRACKS",
  "MIDI_MACBINARY",
  "MIDI_LEADING_BYTES",
  "MIDI_BETWEEN_CHUNKS",
  "MIDI_CHUNK_LENGTH",
  "MIDI_NUMBER_TOO_LONG",
]);

const OWN_WARNINGS: Readonly<Record<string, string>> = {
  MIDI_MORE_SONGS: "This is one of several songs in its file. Drop the file here to open all of them.",
};

/** What a musician wants to know of how a file was read. */
export function warningsWorthTelling(
  warnings: readonly { readonly code: string; readonly message: string }[],
): string[] {
  const shown = warnings.filter(({ code }) => !OF_BYTES.has(code));
  return shown.map(({ code, message }) => OWN_WARNINGS[code] ?? sentence(message));
}

const AWAY = "Continuo is not answering. Try again when it is back.";

/** A sentence or two that say what happened and what to do. @param bars  of the open song */
export function plainText(thrown: unknown, bars?: Bars): string {
  if (!(thrown instanceof BridgeError)) {
    return sentence(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const { code, message } = thrown;
  if (isAway(thrown)) return AWAY;
  if (code.startsWith("MIDI_")) {
    const name = /^(.+?): /.exec(message)?.[1];
    return `${name === undefined ? "The file" : `“${name}”`} ${OF_A_FILE[code] ?? DAMAGED}`;
  }
  if (code === "ROLL_TOO_LARGE") return sentence(message);
  if (code === "NOTE_OVERLAP") return overlapText(message, bars);
  return AS_A_WHOLE[code] ?? sentence(message);
}

function overlapText(message: string, bars: Bars | undefined): string {
  const tick = /at tick (\d+)/.exec(message)?.[1];
  const position = bars === undefined || tick === undefined ? undefined : bars.positionAtTick(Number(tick));
  const where = position === undefined ? "" : ` in bar ${position.bar + 1}, beat ${position.beat + 1}`;
  return `Two notes of the same pitch overlap${where}, which a MIDI file cannot represent. Shorten or delete one of them.`;
}

/** A message as a sentence. */
export function sentence(message: string): string {
  const text = message.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? "" : "."}`;
}
