/**
 * Datasets, training and evaluation as typed calls; loads the training addon at the first of them.
 */
import { loadTrainAddon } from "./addon.ts";
import { chooseModel } from "./models.ts";
import { callCancellable, type RunOptions } from "./native-call.ts";
import { findRuntimeLibrary } from "./runtime-library.ts";
import {
  type BuildAnswer,
  type BuildProgress,
  buildAnswerSchema,
  buildProgressSchema,
  type EvalProgress,
  type EvalReport,
  evalProgressSchema,
  evalReportSchema,
  type RunEvent,
  runEventSchema,
  type TrainAnswer,
  trainAnswerSchema,
} from "./train-schemas.ts";

export interface BuildRequest {
  /** Folder of MIDI files. */
  input: string;
  /** Dataset folder. */
  output: string;
}

export interface TrainRequest {
  /** Dataset folder. */
  data: string;
  /** Run folder. */
  run: string;
  resume: boolean;
  modelId: string;
  seconds?: number;
  updates?: number;
  learningRate?: number;
  stepsPerShard?: number;
  seed?: number;
  checkpointSeconds?: number;
}

export interface EvalRequest {
  /** Folder of MIDI files. */
  data: string;
  regions?: string;
  model?: string;
  /** Dataset of the order-1 counts. */
  counts?: string;
  candidates: number;
  seed: number;
  contextNotes: number;
  ablations: boolean;
  withoutFills: boolean;
  every: number;
}

/** @throws BridgeError DATASET_EMPTY, TRAIN_IO, CANCELLED */
export function buildDataset(
  request: BuildRequest,
  options: RunOptions<BuildProgress> = {},
): Promise<BuildAnswer> {
  const { addon } = loadTrainAddon();
  const schemas = { answer: buildAnswerSchema, progress: buildProgressSchema };
  return callCancellable(addon, addon.buildDataset, request, schemas, options);
}

/**
 * Train until the end; when the signal aborts, the run writes a checkpoint and a model and answers as usual.
 * @throws BridgeError DATASET_*, CHECKPOINT_DAMAGED, DATA_CHANGED, TRAIN_*
 */
export function train(request: TrainRequest, options: RunOptions<RunEvent> = {}): Promise<TrainAnswer> {
  const { addon } = loadTrainAddon();
  const schemas = { answer: trainAnswerSchema, progress: runEventSchema };
  return callCancellable(addon, addon.train, request, schemas, options);
}

/** @throws BridgeError EVAL_*, MODEL_*, DATASET_*, CANCELLED */
export function evaluate(
  { model, ...request }: EvalRequest,
  options: RunOptions<EvalProgress> = {},
): Promise<EvalReport> {
  const { addon } = loadTrainAddon();
  const runtimeLibrary = findRuntimeLibrary().path;
  const payload = { ...request, model: chooseModel(model).folder, runtimeLibrary };
  const schemas = { answer: evalReportSchema, progress: evalProgressSchema };
  return callCancellable(addon, addon.evaluate, payload, schemas, options);
}
