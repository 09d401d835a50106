/**
 * Measures fills of a file against their surroundings.
 */
import { z } from "zod";
import { warningSchema } from "../protocol/fill.ts";
import { loadAddon } from "./addon.ts";
import type { RegionChoice, TrackChoice } from "./file-region.ts";
import { fileRegionSchema } from "./filled-file.ts";
import { checked } from "./native-call.ts";

const measures = {
  noteCount: z.int(),
  notesPerQuarter: z.number(),
  meanVelocity: z.number(),
  pitchRange: z.tuple([z.int(), z.int()]).nullable().describe("lowest and highest; null without notes"),
  copied: z.number().describe("share of notes in sequences of 8 or more that also occur nearby, 0 to 1"),
  outOfScale: z.number().describe("share of notes outside the scale of the surroundings, 0 to 1"),
  unchanged: z.number().describe("share of notes that equal the old ones, 0 to 1"),
};
export const evaluationSchema = z.strictObject({
  region: fileRegionSchema,
  scale: z.string().nullable(),
  original: z.strictObject(measures),
  candidates: z.array(z.strictObject({ file: z.string(), ...measures })),
  /** Of reading the files. */
  warnings: z.array(warningSchema),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export interface EvaluateRequest {
  /** The file before the fill. */
  input: string;
  /** Which song, from 1, of files that hold several. */
  song?: number;
  track: TrackChoice;
  region: RegionChoice;
  /** The same file with other notes in the region. */
  candidates: string[];
}

/** Measures of fills against their surroundings. @throws BridgeError INPUT_*, MIDI_*, TRACK_*, REGION_* */
export function evaluateFiles(request: EvaluateRequest): Promise<Evaluation> {
  return checked(loadAddon().addon.evaluate(JSON.stringify(request)), evaluationSchema);
}
