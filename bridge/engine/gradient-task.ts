/**
 * The data passed to a JavaScript gradient function, and its result.
 */
import { z } from "zod";

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
  /** Those of the note to predict; class 255 if there is none. */
  targetValues: floats,
  targetClasses: bytes,
  /** 1 where a piece begins, so that the state is zero. */
  begins: bytes,
  /** Below 2^32; without it there is no dropout. */
  dropoutSeed: count.optional(),
});
export type SequenceBatch = z.infer<typeof sequenceBatchSchema>;

export const gradientTaskSchema = z.strictObject({
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
