/**
 * Training and evaluation as typed calls; loads the training addon at the first of them.
 */
import { loadTrainAddon } from "./addon.ts";
import { chooseModel } from "./models.ts";
import { type CallOptions, callCancellable, checked } from "./native-call.ts";
import { findRuntimeLibrary } from "./runtime-library.ts";
import {
  applyAdapterAnswerSchema,
  type EvalProgress,
  type EvalReport,
  evalProgressSchema,
  evalReportSchema,
  exportCheckpointAnswerSchema,
  type RunEvent,
  runEventSchema,
  type TrainAnswer,
  trainAnswerSchema,
} from "./train-schemas.ts";

export interface TrainRequest {
  /** Dataset folder. */
  data: string;
  /** Run folder. */
  run: string;
  resume: boolean;
  modelId: string;
  /** infill-s, infill-m, or a cell, a width and layers as lstm-192 or gru-64x2. */
  preset?: string;
  /** Model folder to go on from. */
  from?: string;
  /** Rank of adapters to train instead of all weights. */
  lora?: number;
  /** Dataset folder of what the model should not forget. */
  replay?: string;
  replayShare?: number;
  seconds?: number;
  updates?: number;
  epochs?: number;
  batch?: number;
  sequence?: number;
  learningRate?: number;
  precision?: string;
  device?: string;
  seed?: number;
  checkpointSeconds?: number;
  evaluateSeconds?: number;
  keep?: number;
  withDrums?: boolean;
  /** Recurrent: faster as often as slower. */
  balancedTempo?: boolean;
}

interface EvalRequest {
  /** Folder of MIDI files. */
  data: string;
  regions?: string;
  /** A list of whole parts to generate again. */
  parts?: string;
  model?: string;
  /** Dataset of the order-1 counts. */
  counts?: string;
  candidates: number;
  seed: number;
  contextNotes: number;
  ablations: boolean;
  withoutFills: boolean;
  /** Long regions, velocities, variations and novelty, too. */
  behaviour: boolean;
  every: number;
  /** What the model or the sampler does without. */
  ablation?: string;
}

/**
 * Train until the end; when the signal aborts, the run writes a checkpoint and a model and answers as usual.
 * @throws BridgeError DATASET_*, CHECKPOINT_DAMAGED, DATA_CHANGED, RUN_*, MODEL_*, TRAIN_*, DEVICE_*
 */
export function train(request: TrainRequest, options: CallOptions<RunEvent> = {}): Promise<TrainAnswer> {
  const { addon } = loadTrainAddon(request.device);
  const schemas = { answer: trainAnswerSchema, progress: runEventSchema };
  return callCancellable(addon, addon.train, request, schemas, options);
}

/**
 * Merge adapters into the model that they were trained beside.
 * @throws BridgeError ADAPTER_BASE, CHECKPOINT_DAMAGED, MODEL_*
 */
export async function applyAdapter(request: {
  adapter: string;
  base: string;
  output: string;
  modelId: string;
}): Promise<void> {
  const { addon } = loadTrainAddon();
  await checked(addon.applyAdapter(JSON.stringify(request)), applyAdapterAnswerSchema);
}

/**
 * Write a checkpoint of a run as a model. @returns the updates that it has learnt by
 * @throws BridgeError CHECKPOINT_DAMAGED, MODEL_WRITE_FAILED, TRAIN_IO
 */
export async function exportCheckpoint(request: {
  run: string;
  checkpoint: string;
  output: string;
  modelId: string;
}): Promise<number> {
  const { addon } = loadTrainAddon();
  const answer = await checked(addon.exportCheckpoint(JSON.stringify(request)), exportCheckpointAnswerSchema);
  return answer.step;
}

/** @throws BridgeError EVAL_*, MODEL_*, DATASET_*, CANCELLED */
export function evaluate(
  { model, ...request }: EvalRequest,
  options: CallOptions<EvalProgress> = {},
): Promise<EvalReport> {
  const { addon } = loadTrainAddon();
  const runtimeLibrary = findRuntimeLibrary().path;
  const payload = { ...request, model: chooseModel(model).folder, runtimeLibrary };
  const schemas = { answer: evalReportSchema, progress: evalProgressSchema };
  return callCancellable(addon, addon.evaluate, payload, schemas, options);
}
