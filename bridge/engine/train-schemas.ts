/**
 * Requests and answers of the training addon. A measure without a meaning, such as one of no fills, is null.
 */
import { z } from "zod";

const count = z.int().nonnegative();
const measure = z.number().nullable();
const fields = z.array(measure).length(5);

/** Parts of a loss by name, such as pitch; pitchError is a share. */
const parts = z.record(z.string(), measure);

/** What was gained on held-out pieces, piece by piece; below 0 is better. */
const gainSchema = z.strictObject({
  pieces: count,
  mean: measure,
  /** None of a single piece. */
  standardError: measure,
});
export type Gain = z.infer<typeof gainSchema>;

/** One line of a run's events.jsonl, or how far measuring has come. Losses are those of a note. */
export const runEventSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("start"),
    modelId: z.string(),
    family: z.enum(["infill", "recurrent"]),
    device: z.string(),
    parameters: count,
    pieces: count,
    heldOutPieces: count,
    notes: count,
    /** What ends the run. */
    updates: count.nullable(),
    seconds: z.number().nullable(),
    step: count,
    /** sha256 of the model that it starts from. */
    from: z.string().nullable(),
    /** Pieces that the run had before its data grew. */
    grownFrom: count.nullish(),
  }),
  z.strictObject({
    event: z.literal("step"),
    step: count,
    loss: measure,
    parts,
    learningRate: z.number(),
    gradientNorm: measure,
    stepsPerSecond: z.number(),
    notesPerSecond: z.number(),
    seconds: z.number(),
    secondsLeft: measure,
    memoryMib: z.number(),
  }),
  z.strictObject({
    event: z.literal("heldOut"),
    step: count,
    /** The data's own pieces, or those of the replayed data. */
    set: z.enum(["data", "replay"]),
    loss: measure,
    parts,
    seconds: z.number(),
    isBest: z.boolean(),
    gain: gainSchema.nullish(),
  }),
  z.strictObject({
    event: z.literal("evaluating"),
    step: count,
    done: count,
    total: count,
    /** Of the whole run. */
    secondsLeft: measure,
  }),
  z.strictObject({
    event: z.literal("checkpoint"),
    step: count,
    path: z.string(),
    kind: z.enum(["latest", "best", "kept"]),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const trainAnswerSchema = z.strictObject({
  updates: count,
  notesSeen: count,
  trainedSeconds: z.number(),
  heldOutLoss: measure,
  heldOutBefore: measure,
  heldOutGain: gainSchema.nullable(),
  replayLoss: measure,
  replayBefore: measure,
  model: z.string(),
  stopped: z.boolean(),
});
export type TrainAnswer = z.infer<typeof trainAnswerSchema>;

export const applyAdapterAnswerSchema = z.strictObject({ model: z.string() });

export const exportCheckpointAnswerSchema = z.strictObject({ model: z.string(), step: count });

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
  parts: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      fills: count,
      splitsVoice: measure,
      beyondRange: measure,
      offKit: measure,
      seam: measure,
      hasDensity: measure,
      repeatedBars: measure,
    }),
  ),
  newParts: z.array(
    z.strictObject({
      name: z.string(),
      role: z.string(),
      parts: count,
      registerError: measure,
      notesAtOnce: measure,
      rootsOnDownbeats: measure,
      chordTones: measure,
      range: measure,
      snareOnBackbeats: measure,
      hats: measure,
      offSixteenths: measure,
      notes: measure,
    }),
  ),
  behaviour: z.array(z.strictObject({ name: z.string(), asked: z.string(), got: measure, fills: count })),
  fillMilliseconds: measure,
});
export type EvalReport = z.infer<typeof evalReportSchema>;
