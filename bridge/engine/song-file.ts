/**
 * Whole songs and files: what a piano roll shows of a file.
 */
import { z } from "zod";
import { loadAddon } from "./addon.ts";
import { checked } from "./native-call.ts";
import { infoAnswerSchema, type Note, noteSchema, warningSchema } from "./schemas.ts";

const wholeTrackSchema = z.strictObject({
  /** Its number, as `continuo info` has it. */
  id: z.string(),
  name: z.string(),
  channel: z.int().min(0).max(15),
  program: z.int().min(0).max(127),
  isDrums: z.boolean(),
  notes: z.array(noteSchema),
});

const wholeSongSchema = z.strictObject({
  ppq: z.int().positive(),
  durationTicks: z.int().nonnegative(),
  tempoMap: infoAnswerSchema.shape.tempoMap,
  timeSignatures: infoAnswerSchema.shape.timeSignatures,
  tracks: z.array(wholeTrackSchema),
  warnings: z.array(warningSchema),
});
export type WholeSong = z.infer<typeof wholeSongSchema>;
export type { Note };

export interface ReadSongRequest {
  input: string;
  /** What the musician calls the file, for errors that name it. */
  shownAs: string;
  mostNotes: number;
}

/** Every note of a file, at its own ticks. @throws BridgeError INPUT_*, MIDI_*, ROLL_TOO_LARGE */
export function readSong(request: ReadSongRequest): Promise<WholeSong> {
  return checked(loadAddon().addon.readSong(JSON.stringify(request)), wholeSongSchema);
}
