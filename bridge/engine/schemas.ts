/**
 * Requests and answers of the addon: requests as it reads them, answers as they are checked. The types
 * come from the schemas, so bridge and checks cannot drift apart.
 */
import { z } from "zod";
import { GRID_PPQ, type GridTick, type Tick } from "../music/time.ts";
import { warningSchema } from "../protocol/fill.ts";
import { tempoSchema, timeSignatureSchema } from "../protocol/song.ts";

const count = z.int().nonnegative();
const ticks: z.ZodType<Tick, Tick> = count;

const maps = {
  tempoMap: z.array(tempoSchema),
  /** Those that start bars. */
  timeSignatures: z.array(timeSignatureSchema),
};

export const infoAnswerSchema = z.strictObject({
  format: count.max(2),
  ppq: z.int().positive().describe("ticks a quarter note"),
  durationTicks: ticks,
  /** Of format 2 those of the longest pattern; the maps are the first one's. */
  bars: count.describe("how many; the first is bar 1"),
  ...maps,
  tracks: z.array(
    z.strictObject({
      track: z.int().positive(),
      name: z.string(),
      channel: count.max(15).describe("from 0; drums are usually on 9"),
      /** From 0; where the file uses more than one. */
      port: count.max(255).optional(),
      program: count.max(127).describe("General MIDI instrument at the first note, from 0: 32-39 are basses"),
      /** Those that follow; bars from 1. */
      programChanges: z
        .array(z.strictObject({ tick: ticks, bar: z.int().positive(), program: count.max(127) }))
        .optional(),
      isDrums: z.boolean(),
      /** How that is known; null where there is nothing to say. */
      drums: z.strictObject({ reason: z.string(), description: z.string() }).nullable(),
      noteCount: count,
    }),
  ),
  /** Of format 2: songs of their own, in the order of their chunks. */
  patterns: z
    .array(
      z.strictObject({
        tracks: z.array(z.int().positive()),
        durationTicks: ticks,
        bars: count,
        ...maps,
      }),
    )
    .optional(),
  /** Where they are asked for. */
  chords: z
    .array(
      z.strictObject({
        startTick: ticks,
        endTick: ticks,
        bar: z.int().positive().describe("that it starts in, from 1"),
        symbol: z.string().describe('such as "F#m7" or "C/E"'),
        confidence: z.number().describe("0 to 1"),
      }),
    )
    .optional(),
  warnings: z.array(warningSchema),
});
export type InfoAnswer = z.infer<typeof infoAnswerSchema>;

const gridTick: z.ZodType<GridTick, GridTick> = count;
const gridLength: z.ZodType<GridTick, GridTick> = z.int().positive();
/** A song on the grid of 1/24 quarter. */
export const eventsDocumentSchema = z.strictObject({
  encoding: z.literal("events"),
  gridPpq: z.literal(GRID_PPQ),
  vocabulary: z.strictObject({ version: count, hash: z.string() }),
  /** By grid tick, as the notes. */
  tempoMap: infoAnswerSchema.shape.tempoMap,
  timeSignatures: infoAnswerSchema.shape.timeSignatures,
  tracks: z.array(
    infoAnswerSchema.shape.tracks.element.omit({ noteCount: true, drums: true }).extend({
      /** Each [onset, pitch, duration, velocity]. */
      notes: z.array(z.tuple([gridTick, count.max(127), gridLength, count.max(127)])),
    }),
  ),
});
/** Howl's encoding: each [delay, duration, volume, pitch] in seconds, 0-1 and semitones from C4. */
export const howlDocumentSchema = z.array(
  z.tuple([z.number().nonnegative(), z.number().nonnegative(), z.number().min(0).max(1), z.int()]),
);
export const notesAnswerSchema = z.strictObject({
  document: z.union([howlDocumentSchema, eventsDocumentSchema]),
  warnings: z.array(warningSchema),
});
export type NotesAnswer = z.infer<typeof notesAnswerSchema>;

export const decodeAnswerSchema = z.strictObject({
  file: z.string(),
  trackCount: count,
  noteCount: count,
  /** What became of a file that was there. */
  warnings: z.array(warningSchema).optional(),
});
export type DecodeAnswer = z.infer<typeof decodeAnswerSchema>;

export const generateProgressSchema = z.strictObject({ noteCount: count });
export const generateAnswerSchema = z.strictObject({
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  file: z.string(),
  seed: count,
  given: count,
  generated: count,
  seconds: z.number(),
  /** What became of a file that was there. */
  warnings: z.array(warningSchema).optional(),
});
export type GenerateAnswer = z.infer<typeof generateAnswerSchema>;

export const modelInfoSchema = z.strictObject({
  /** model.json. */
  config: z.object({
    id: z.string(),
    architecture: z.record(z.string(), z.union([z.string(), z.number()])),
    /** Of an infill model. */
    vocabulary: z.strictObject({ version: count, hash: z.string() }).optional(),
    /** Of a recurrent one. */
    encoding: z.strictObject({ name: z.string(), version: count }).optional(),
    training: z.unknown(),
  }),
  sha256: z.string(),
  parameterCount: count,
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

export const exportAnswerSchema = z.strictObject({
  file: z.string(),
  bytes: count,
  /** What became of a file that was there. */
  warnings: z.array(warningSchema).optional(),
});
export type ExportAnswer = z.infer<typeof exportAnswerSchema>;

export const probeAnswerSchema = z.strictObject({
  runtimeLibrary: z.string(),
  /** What --device auto takes. */
  device: z.string(),
  devices: z.array(z.strictObject({ device: z.string(), isChosen: z.boolean(), reason: z.string() })),
  loadMs: z.number(),
});
export type ProbeAnswer = z.infer<typeof probeAnswerSchema>;
