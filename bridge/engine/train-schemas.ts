/**
 * What crosses the border to the training addon. A measure that has no meaning, as of no fills, is null.
 */
import { z } from "zod";

const count = z.int().nonnegative();
const measure = z.number().nullable();
const fields = z.array(measure).length(5);

export const buildProgressSchema = z.strictObject({ done: count, total: count });
export type BuildProgress = z.infer<typeof buildProgressSchema>;

export const buildAnswerSchema = z.strictObject({
  pieces: count,
  notes: count,
  failed: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});
export type BuildAnswer = z.infer<typeof buildAnswerSchema>;

/** One line of a run's events.jsonl. Losses are nats a note. */
export const runEventSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("step"),
    step: count,
    loss: measure,
    fields,
    learningRate: z.number(),
    gradientNorm: measure,
    stepsPerSecond: z.number(),
    notesPerSecond: z.number(),
    seconds: z.number(),
    secondsLeft: measure,
  }),
  z.strictObject({
    event: z.literal("heldOut"),
    step: count,
    loss: measure,
    fields,
    pitched: measure,
    pitchedPitch: measure,
    drums: measure,
    seconds: z.number(),
  }),
  z.strictObject({ event: z.literal("checkpoint"), step: count, path: z.string() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const trainAnswerSchema = z.strictObject({
  updates: count,
  notesSeen: count,
  trainedSeconds: z.number(),
  heldOutLoss: measure,
  model: z.string(),
  stopped: z.boolean(),
});
export type TrainAnswer = z.infer<typeof trainAnswerSchema>;

export const evalProgressSchema = z.strictObject({ fraction: z.number() });
export type EvalProgress = z.infer<typeof evalProgressSchema>;

export const evalReportSchema = z.strictObject({
  model: z.string(),
  sha256: z.string(),
  regions: count,
  baselineNotes: count,
  nats: z.array(z.strictObject({ name: z.string(), kind: z.string(), total: measure, fields, notes: count })),
  fills: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      fills: count,
      noteF1: measure,
      onsetF1: measure,
      pitchClassEntropyDifference: measure,
      groove: measure,
      outOfScale: measure,
      empty: measure,
      copiedRun: measure,
      notes: measure,
    }),
  ),
  fillMilliseconds: measure,
});
export type EvalReport = z.infer<typeof evalReportSchema>;
