/**
 * What crosses the border to the addon: requests as it reads them, answers as they are checked. The types
 * come from the schemas, so bridge and checks cannot drift apart.
 */
import { z } from "zod";

const count = z.int().nonnegative();

export const warningSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  /** How often it was met; the message names the first place. */
  count: z.int().positive().optional(),
});

/** Ticks at the file's own PPQ; channel 0-15. */
export const noteSchema = z.strictObject({
  startTick: count,
  durationTicks: z.int().positive(),
  pitch: count.max(127),
  velocity: z.int().min(1).max(127),
  /** 0-15. */
  channel: count.max(15),
  /** From 1; only where a fill has several tracks or regions. */
  track: z.int().positive().optional(),
});
export type Note = z.infer<typeof noteSchema>;

const maps = {
  tempoMap: z.array(z.strictObject({ tick: count, qpm: z.number().positive() })),
  /** Those that start bars. */
  timeSignatures: z.array(
    z.strictObject({ tick: count, numerator: z.int().positive(), denominator: z.int().positive() }),
  ),
};

export const infoAnswerSchema = z.strictObject({
  format: count.max(2),
  ppq: z.int().positive().describe("ticks a quarter note"),
  durationTicks: count,
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
        .array(z.strictObject({ tick: count, bar: z.int().positive(), program: count.max(127) }))
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
        durationTicks: count,
        bars: count,
        ...maps,
      }),
    )
    .optional(),
  warnings: z.array(warningSchema),
});
export type InfoAnswer = z.infer<typeof infoAnswerSchema>;

export const regionSchema = z.strictObject({
  track: z.int().positive(),
  startTick: count,
  endTick: count.describe("not inside any more"),
});

export const candidateSchema = z.strictObject({
  seed: count.describe("tells candidates apart; that of the answer repeats all of them"),
  notes: z.array(noteSchema),
  logProbPerNote: z
    .number()
    .describe("mean log-probability of a note by the model, in nats; nearer to 0 is likelier"),
  copied: z
    .number()
    .describe("share of notes in runs of 8 or more that stand elsewhere in the context, 0 to 1"),
  outOfScale: z.number().describe("share of notes outside the scale of the surroundings, 0 to 1"),
  file: z.string(),
});

/** What a piano roll shows around a fill. */
export const viewSchema = z.strictObject({
  startTick: count,
  endTick: count,
  /** Bar lines in view: number from 1, and where it starts. */
  bars: z.array(z.strictObject({ bar: z.int().positive(), startTick: count })),
  trackName: z.string(),
  isDrums: z.boolean(),
  /** Notes of the filled track that stay. */
  context: z.array(noteSchema),
  /** Pitched notes of the other tracks. */
  others: z.array(noteSchema),
});
export type FillView = z.infer<typeof viewSchema>;

export const fillAnswerSchema = z.strictObject({
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  device: z.string(),
  seed: count.describe("repeats the answer, where all else that is asked is the same"),
  /** The first, where there are several. */
  region: regionSchema,
  /** All of them, where there are several. */
  regions: z.array(regionSchema).optional(),
  removed: z.array(noteSchema),
  candidates: z.array(candidateSchema),
  warnings: z.array(warningSchema),
  timings: z.strictObject({
    loadMs: z.number(),
    promptMs: z.number(),
    generateMs: z.number(),
    totalMs: z.number(),
  }),
});
export type FillAnswer = z.infer<typeof fillAnswerSchema>;

export const fillWithViewSchema = z.strictObject({
  answer: fillAnswerSchema,
  /** One a region, in their order. */
  views: z.array(viewSchema).min(1),
  /** Where the original of an in-place fill was kept. */
  backup: z.string().nullable(),
});
export type FillWithView = z.infer<typeof fillWithViewSchema>;

export const progressSchema = z.strictObject({ fraction: z.number(), noteCount: count });
export type Progress = z.infer<typeof progressSchema>;

/** A song on the grid of 1/24 quarter; all ticks are grid ticks. */
export const eventsDocumentSchema = z.strictObject({
  encoding: z.literal("events"),
  gridPpq: z.literal(24),
  vocabulary: z.strictObject({ version: count, hash: z.string() }),
  tempoMap: infoAnswerSchema.shape.tempoMap,
  timeSignatures: infoAnswerSchema.shape.timeSignatures,
  tracks: z.array(
    infoAnswerSchema.shape.tracks.element.omit({ noteCount: true, drums: true }).extend({
      /** Each [onset, pitch, duration, velocity]. */
      notes: z.array(z.tuple([count, count.max(127), z.int().positive(), count.max(127)])),
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
