/**
 * Training with gradients from JavaScript: what crosses the border to a function of ours and back.
 */
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { type CancelHandle, loadTrainAddon } from "./addon.ts";
import { callCancellable, checked, type RunOptions } from "./native-call.ts";
import { type RunEvent, runEventSchema, type TrainAnswer, trainAnswerSchema } from "./train-schemas.ts";
import type { TrainRequest } from "./training.ts";

const count = z.int().nonnegative();
const floats = z.instanceof(Float32Array);
const bytes = z.instanceof(Uint8Array);

/** Sequences side by side, time-major: row `t * lanes + lane`. */
const sequenceBatchSchema = z.strictObject({
  lanes: count,
  steps: count,
  /** Delay, duration and volume of each row's note, `[rows, 3]`. */
  values: floats,
  /** Its pitch class, 0-119. */
  classes: bytes,
  /** Those of the note to predict; class 255 where there is none. */
  targetValues: floats,
  targetClasses: bytes,
  /** 1 where a piece begins, so that the state is zero. */
  begins: bytes,
  /** Below 2^32; without it there is no dropout. */
  dropoutSeed: count.optional(),
});
export type SequenceBatch = z.infer<typeof sequenceBatchSchema>;

const gradientTaskSchema = z.strictObject({
  cell: z.enum(["lstm", "gru"]),
  layers: count,
  blocks: count,
  /** Names, shapes and the order of what `weights` holds; matrices are `[in, out]` for y = x W. */
  tensors: z.array(z.strictObject({ name: z.string(), shape: z.array(count) })),
  weights: floats,
  batches: z.array(sequenceBatchSchema),
});
export type GradientTask = z.infer<typeof gradientTaskSchema>;

/** Sums over all rows with a target. */
export interface GradientAnswer {
  /** Of `pitchNats + valueSquares`, flat as the weights. */
  gradient: Float32Array;
  pitchNats: number;
  valueSquares: number;
  /** Pitches that were not the likeliest. */
  misses: number;
}

/** Losses and gradient of one update, without waiting: the run goes on with it in another thread. */
export type GradientFunction = (task: GradientTask) => GradientAnswer;

/** As the addon calls it: null where it failed. */
export type NativeGradientFunction = (task: unknown) => GradientAnswer | null;

/**
 * As `train`, with gradients by `compute`. Recurrent models only.
 * @throws BridgeError BACKEND_FAILED, BACKEND_UNSUPPORTED, and those of `train`
 */
export function trainBy(
  compute: GradientFunction,
  request: TrainRequest,
  options: RunOptions<RunEvent> = {},
): Promise<TrainAnswer> {
  const { addon } = loadTrainAddon();
  const schemas = { answer: trainAnswerSchema, progress: runEventSchema };
  return withReason(compute, (guarded, gone) =>
    callCancellable(
      addon,
      (text, cancel, onProgress) => addon.trainBy(text, guarded, gone, cancel, onProgress),
      request,
      schemas,
      options,
    ),
  );
}

const agreementSchema = z.strictObject({ loss: z.number().nullable(), gradient: z.number().nullable() });
/** Largest relative differences from our own losses and gradient; null is no number. */
export type Agreement = z.infer<typeof agreementSchema>;

/**
 * How far `compute` is from our own on a small network, such as lstm-16x2.
 * @throws BridgeError BACKEND_FAILED
 */
export function checkCompute(compute: GradientFunction, preset: string): Promise<Agreement> {
  const { addon } = loadTrainAddon();
  return withReason(compute, (guarded, gone) =>
    checked(addon.checkCompute(JSON.stringify({ preset }), guarded, gone), agreementSchema),
  );
}

/**
 * The addon's thread waits for each answer: an exception must not leave the callback, and an exit, which
 * answers nothing more, must end the wait.
 */
async function withReason<Answer>(
  compute: GradientFunction,
  call: (guarded: NativeGradientFunction, gone: CancelHandle) => Promise<Answer>,
): Promise<Answer> {
  let reason: unknown;
  const guarded = (task: unknown) => {
    try {
      return compute(gradientTaskSchema.parse(task));
    } catch (error) {
      reason = error;
      return null;
    }
  };
  const gone = new (loadTrainAddon().addon.CancelHandle)();
  const onExit = () => gone.cancel();
  process.once("exit", onExit);
  try {
    return await call(guarded, gone);
  } catch (error) {
    if (reason === undefined) throw error;
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new BridgeError(
      "BACKEND_FAILED",
      `TensorFlow.js failed (${message.replaceAll("\n", " ")}); go on by --resume without --backend, or begin again with a lower --batch or --seq`,
      { cause: reason },
    );
  } finally {
    process.removeListener("exit", onExit);
  }
}
