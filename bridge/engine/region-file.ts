/**
 * Fills of files that are made elsewhere: what a daemon must know of a region, and its notes into the file.
 * Only this machine's own core reads and writes files.
 */
import { z } from "zod";
import {
  noteSchema as sentNoteSchema,
  regionSchema as songRegionSchema,
  songSchema,
} from "../protocol/song.ts";
import { loadAddon } from "./addon.ts";
import { checked } from "./native-call.ts";
import type { FillRequest, RegionChoice, TrackChoice } from "./requests.ts";
import { type Note, noteSchema, regionSchema, viewSchema, warningSchema } from "./schemas.ts";

const regionOfFileSchema = z.strictObject({
  /** Every track by its number, with the notes that can matter. */
  song: songSchema,
  region: songRegionSchema,
  lockedNotes: z.array(sentNoteSchema),
  /** The file must still have it when it is written. */
  fingerprint: z.string(),
});
export type RegionOfFile = z.infer<typeof regionOfFileSchema>;

/** @throws BridgeError INPUT_*, MIDI_*, TRACK_*, REGION_*, OUTPUT_* */
export function readRegion(request: FillRequest): Promise<RegionOfFile> {
  const { input, output, existing, strict, song, track, isDrums, region, locks, sampling } = request;
  const { cutCrossing, endHeldNotes } = request;
  const payload = {
    input,
    output,
    existing,
    strict,
    song,
    track,
    isDrums,
    region,
    locks,
    cutCrossing,
    endHeldNotes,
    candidates: sampling.candidates ?? 1,
  };
  return checked(loadAddon().addon.readRegion(JSON.stringify(payload)), regionOfFileSchema);
}

const writtenFillSchema = z.strictObject({
  candidates: z.array(z.strictObject({ notes: z.array(noteSchema), file: z.string() })),
  warnings: z.array(warningSchema),
  /** What became of files that were there. */
  replaced: z.array(warningSchema),
  view: viewSchema,
  backup: z.string().nullable(),
});
type WrittenFill = z.infer<typeof writtenFillSchema>;

interface FillToWrite {
  region: z.infer<typeof regionSchema>;
  removed: Note[];
  /** Best first. */
  candidates: Note[][];
  fingerprint: string;
}

/** One file a candidate, or none. @throws BridgeError INPUT_CHANGED, OUTPUT_* */
export function writeFill(request: FillRequest, fill: FillToWrite): Promise<WrittenFill> {
  const { input, output, existing, strict, song, isDrums, cutCrossing, endHeldNotes } = request;
  const payload = { input, output, existing, strict, song, isDrums, cutCrossing, endHeldNotes, ...fill };
  return checked(loadAddon().addon.writeFill(JSON.stringify(payload)), writtenFillSchema);
}

const measures = {
  noteCount: z.int(),
  notesPerQuarter: z.number(),
  meanVelocity: z.number(),
  pitchRange: z.tuple([z.int(), z.int()]).nullable().describe("lowest and highest; null without notes"),
  copied: z.number().describe("share of notes in runs of 8 or more that stand elsewhere nearby, 0 to 1"),
  outOfScale: z.number().describe("share of notes outside the scale of the surroundings, 0 to 1"),
  unchanged: z.number().describe("share of notes that stood there before, 0 to 1"),
};
export const evaluationSchema = z.strictObject({
  region: regionSchema,
  scale: z.string().nullable(),
  original: z.strictObject(measures),
  candidates: z.array(z.strictObject({ file: z.string(), ...measures })),
  /** Of reading the files. */
  warnings: z.array(warningSchema),
});
type Evaluation = z.infer<typeof evaluationSchema>;

interface EvaluateRequest {
  /** The file before the fill. */
  input: string;
  /** Which song, from 1, of files that hold several. */
  song?: number;
  track: TrackChoice;
  region: RegionChoice;
  /** The same file with other notes in the region. */
  candidates: string[];
}

/** How fills stand to what surrounds them. @throws BridgeError INPUT_*, MIDI_*, TRACK_*, REGION_* */
export function evaluateFiles(request: EvaluateRequest): Promise<Evaluation> {
  return checked(loadAddon().addon.evaluate(JSON.stringify(request)), evaluationSchema);
}
