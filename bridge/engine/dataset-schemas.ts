/**
 * Requests and answers of the training addon about datasets.
 */
import { z } from "zod";

const count = z.int().nonnegative();

export const buildProgressSchema = z.strictObject({
  total: count,
  done: count,
  unchanged: count,
  notes: count,
  failed: count,
  filesPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
});
export type BuildProgress = z.infer<typeof buildProgressSchema>;

const failureSchema = z.strictObject({ path: z.string(), reason: z.string() });

export const buildAnswerSchema = z.strictObject({
  files: count,
  read: count,
  pieces: count,
  heldOutPieces: count,
  clusters: count,
  notes: count,
  duplicates: count,
  /** Pieces of an earlier build whose folders were not read now. */
  keptPieces: count,
  keptFolders: z.array(z.string()),
  /** The longest piece, where that is more than a third of all notes. */
  largest: z.strictObject({ path: z.string(), notes: count }).nullable(),
  failed: z.array(failureSchema),
});
export type BuildAnswer = z.infer<typeof buildAnswerSchema>;

/** Bars of a histogram: a label and how many. */
const histogram = z.array(z.strictObject({ label: z.string(), count }));

export const datasetInfoSchema = z.strictObject({
  version: count,
  hash: z.string(),
  folders: z.array(z.string()),
  licence: z.string().nullable(),
  files: count,
  pieces: count,
  heldOutPieces: count,
  clusters: count,
  notes: count,
  duplicates: count,
  failed: z.array(failureSchema),
  bytes: count,
  histograms: z.strictObject({
    pitch: histogram,
    instrument: histogram,
    meter: histogram,
    tempo: histogram,
    notesPerPiece: histogram,
  }),
});
export type DatasetInfo = z.infer<typeof datasetInfoSchema>;

export const verifyAnswerSchema = z.strictObject({
  pieces: count,
  problems: z.array(z.strictObject({ path: z.string(), what: z.string() })),
});
export type VerifyAnswer = z.infer<typeof verifyAnswerSchema>;

export const exportAnswerSchema = z.strictObject({
  files: z.array(z.strictObject({ file: z.string(), rows: count, bytes: count })),
});
export type ExportAnswer = z.infer<typeof exportAnswerSchema>;
