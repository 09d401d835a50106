/**
 * Trainings that the daemon runs, their data, and comparisons of models.
 */
import * as z from "zod";
import { errorSchema } from "./job.ts";
import { LIMITS } from "./limits.ts";
import { method } from "./method.ts";

const count = z.int().min(0);
const text = z.string().max(LIMITS.textCharacters);
const path = z.string().max(4_096);
const runId = z.string().min(1).max(96);
const measure = z.number().nullable();

/** More than a week of one training is a slip. */
const MOST_MINUTES = 7 * 24 * 60;

const runStateSchema = z
  .enum(["waiting", "preparing", "training", "pausing", "paused", "stopped", "done", "failed"])
  .meta({
    id: "TrainingState",
    description:
      "waiting for another one to end, preparing reads the files, pausing writes its checkpoint; stopped was ended by request.",
  });
export type RunState = z.infer<typeof runStateSchema>;

const runShape = {
  runId,
  name: z.string(),
  state: runStateSchema,
  startedAt: z.string().describe("ISO 8601"),
  from: z.string().nullable().describe("the model that it starts from"),
  model: z.string().nullable().describe("the kind of network, if it starts from scratch"),
  minutes: z.number().describe("total training time"),
  folders: z.array(z.string()),
  pieces: count.nullable().describe("null before the files are read"),
  heldOutPieces: count.nullable(),
  notes: count.nullable(),
  step: count,
  trainedSeconds: z.number(),
  secondsLeft: measure,
  notesPerSecond: measure,
  memoryMib: measure,
  trainLoss: measure.describe("of a note, in nats"),
  lossBefore: measure.describe("on the held-out pieces, before the first step"),
  lossBest: measure.describe("on the held-out pieces, at the best step, whose weights the model has"),
  bestStep: count.nullable(),
  hasModel: z.boolean().describe("it has a model, which can be installed, and used as run:RUNID"),
  installedAs: z.string().nullable(),
  error: errorSchema.nullable(),
};
const runSchema = z.object(runShape).meta({ id: "TrainingRun", description: "The state of a training." });
export type TrainingRunEntry = z.infer<typeof runSchema>;

const pointSchema = z
  .object({
    step: count,
    seconds: z.number(),
    trainLoss: measure,
    heldOutLoss: measure,
  })
  .meta({ id: "TrainingPoint", description: "Losses of a note at a step; null if not measured." });
export type TrainingPoint = z.infer<typeof pointSchema>;

const checkpointSchema = z
  .object({
    model: z.string().describe("what fill/start takes as model, such as run:RUNID/step-000000120"),
    step: count,
    heldOutLoss: measure.describe("as last measured before the checkpoint"),
  })
  .meta({ id: "TrainingCheckpoint", description: "A training at an earlier step, to listen to." });
export type TrainingCheckpoint = z.infer<typeof checkpointSchema>;

const histogram = z.array(z.object({ label: z.string(), count }));

const datasetReportSchema = z
  .object({
    files: count,
    pieces: count,
    heldOutPieces: count,
    clusters: count,
    notes: count,
    duplicates: count,
    failed: z.array(z.object({ path: z.string(), reason: z.string() })),
    bytes: count,
    histograms: z.object({
      pitch: histogram,
      instrument: histogram,
      meter: histogram,
      tempo: histogram,
      notesPerPiece: histogram,
    }),
  })
  .meta({
    id: "DatasetReport",
    description: "The dataset of a training, as `dataset info --json` prints it.",
  });
export type DatasetReport = z.infer<typeof datasetReportSchema>;

const modelCardSchema = z
  .object({
    id: z.string(),
    isDefault: z.boolean(),
    licence: z.string(),
    source: z.string(),
    bytes: count,
    family: z.string().nullable().describe("the kind of network: infill or recurrent"),
    card: z.string().nullable().describe("markdown; null for a model without a card"),
    training: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe("how it was trained, from its own metadata"),
  })
  .meta({ id: "ModelCard", description: "A model and its metadata." });
export type ModelCard = z.infer<typeof modelCardSchema>;

const pairSchema = z
  .object({ modelA: z.string(), modelB: z.string(), a: count, b: count, ties: count })
  .meta({ id: "ComparisonPair", description: "How often each of two models was preferred in blind tests." });
export type ComparisonPair = z.infer<typeof pairSchema>;

export const TRAINING_METHODS = {
  "training/list": method(
    "Trainings, the latest first; those of earlier daemons too.",
    z.strictObject({}),
    z.object({
      runs: z.array(runSchema),
      problem: z.string().nullable().describe("why training is not possible on this machine; null if it is"),
    }),
  ),
  "training/start": method(
    "Learn from MIDI files. One training runs at a time, others wait.",
    z.strictObject({
      name: z.string().max(64),
      folders: z.array(path).max(64).default([]).describe("absolute, on the daemon's machine"),
      dataset: z.string().max(64).optional().describe("the files collected by dataset/add"),
      from: text.optional().describe("the model to start from; the default model if omitted"),
      model: text
        .optional()
        .describe("instead of from: a kind of network to train from scratch, such as infill-s or lstm-192"),
      minutes: z.number().positive().max(MOST_MINUTES),
    }),
    runSchema,
  ),
  "training/get": method(
    "A training with its curves, and its checkpoints that can be heard.",
    z.strictObject({ runId }),
    z.object({
      run: runSchema,
      points: z.array(pointSchema).describe("a few hundred at most, by step"),
      checkpoints: z.array(checkpointSchema).describe("by step"),
    }),
  ),
  "training/pause": method(
    "End it for now, with a checkpoint from which it can go on.",
    z.strictObject({ runId }),
    runSchema,
  ),
  "training/resume": method(
    "Go on with one that is paused, or failed.",
    z.strictObject({ runId }),
    runSchema,
  ),
  "training/stop": method(
    "End it for good; the model of its best step stays.",
    z.strictObject({ runId }),
    runSchema,
  ),
  "training/remove": method(
    "Delete it with its checkpoints, and what it has learnt; a model that was installed stays.",
    z.strictObject({ runId }),
    z.object({ removed: z.string() }),
  ),
  "training/install": method(
    "Take its model in under a name, so that every fill and host can name it.",
    z.strictObject({
      runId,
      name: z.string().max(64),
      force: z.boolean().default(false).describe("even if it did not improve on the held-out pieces"),
    }),
    z.object({ model: z.string().describe("its id") }),
  ),
  "dataset/check": method(
    "Whether a folder can be learnt from: how many MIDI files are under it.",
    z.strictObject({ path }),
    z.object({
      path: z.string(),
      files: count,
      isAll: z.boolean().describe("false if the folder is too large to be searched completely"),
    }),
  ),
  "dataset/add": method(
    "Put MIDI files together to learn from; as often as there are files.",
    z.strictObject({
      name: z.string().max(64),
      files: z
        .array(
          z.strictObject({
            name: z.string().max(255),
            bytes: z.base64().max(LIMITS.fileCharacters).describe("the bytes of a MIDI file"),
          }),
        )
        .min(1)
        .max(1_024),
    }),
    z.object({ name: z.string(), files: count.describe("total so far") }),
  ),
  "dataset/info": method(
    "What a training learns from: counts and histograms.",
    z.strictObject({ runId }),
    datasetReportSchema,
  ),
  "models/cards": method(
    "The models that a fill can name, with their cards and how they were trained.",
    z.strictObject({}),
    z.object({ models: z.array(modelCardSchema) }),
  ),
  "comparison/record": method(
    "Keep which of two models was preferred by somebody who did not know which is which.",
    z.strictObject({
      modelA: text,
      modelB: text,
      winner: z.enum(["a", "b", "tie"]),
      title: text.default("").describe("of the song"),
      startTick: count,
      endTick: count,
      seed: count,
    }),
    z.object({ comparisons: count.describe("total for these two models") }),
  ),
  "comparison/score": method(
    "How often which model was preferred.",
    z.strictObject({}),
    z.object({ pairs: z.array(pairSchema) }),
  ),
} as const;

export const TRAINING_NOTIFICATIONS = {
  "training/changed": {
    description: "A training progressed (at most one a second), or its state changed.",
    params: z.object({ run: runSchema }),
  },
  "training/removed": {
    description: "A training was deleted.",
    params: z.object({ runId }),
  },
} as const;
