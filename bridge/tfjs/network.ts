/**
 * Howl's network in operations of TensorFlow.js: cells, blocks and heads, by the names of our model files.
 */
import type { SequenceBatch } from "../engine/gradient-task.ts";
import type { Tensor, Tfjs } from "./api.ts";
import { runCell } from "./cells.ts";
import { AlphaDropout } from "./dropout.ts";

const VALUES = 3;
const PITCHES = 120;
/** The values' head is 4 * sigmoid. */
const VALUE_SCALE = 4;

/** A tensor by its name in a model file. */
export type Weights = (name: string) => Tensor;

interface Network {
  cell: "lstm" | "gru";
  layers: number;
  blocks: number;
}

/** Sums over all rows that have a note to predict. */
export interface Losses {
  pitchNats: Tensor;
  /** Squared errors of delay, duration and volume: three times their mean. */
  valueSquares: Tensor;
  /** Pitches that were not the likeliest. */
  misses: Tensor;
}

export function lossesOf(tf: Tfjs, network: Network, weights: Weights, batch: SequenceBatch): Losses {
  const { logits, values } = forward(tf, network, weights, batch);
  const rows = batch.lanes * batch.steps;
  // Class 255 is not a column, so a row without a target has no 1 in it.
  const target = tf.oneHot(tf.tensor1d(Int32Array.from(batch.targetClasses), "int32"), PITCHES);
  const hot = tf.cast(target, "float32");
  const hasTarget = tf.sum(hot, 1, true);
  const error = tf.sub(values, tf.tensor2d(batch.targetValues, [rows, VALUES]));
  const likeliest = tf.max(logits, 1, true);
  const isMissed = tf.cast(tf.less(tf.sum(tf.mul(hot, logits), 1, true), likeliest), "float32");
  return {
    pitchNats: tf.neg(tf.sum(tf.mul(hot, tf.logSoftmax(logits)))),
    valueSquares: tf.sum(tf.mul(tf.square(error), hasTarget)),
    misses: tf.sum(tf.mul(isMissed, hasTarget)),
  };
}

function forward(
  tf: Tfjs,
  network: Network,
  weights: Weights,
  batch: SequenceBatch,
): { logits: Tensor; values: Tensor } {
  const { lanes, steps } = batch;
  const sequences = { lanes, steps, keeps: keepsOf(tf, batch) };
  let y = inputOf(tf, batch);
  for (let i = 0; i < network.layers; i++) {
    const part = (name: string) => weights(`cells.${i}.${name}`);
    const cell = { input: part("input"), recurrent: part("recurrent"), bias: part("bias") };
    const ofCell = network.cell === "gru" ? { ...cell, recurrentBias: part("recurrent_bias") } : cell;
    y = runCell(tf, network.cell, ofCell, y, sequences);
  }
  const dropout = batch.dropoutSeed === undefined ? undefined : new AlphaDropout(batch.dropoutSeed);
  let z = y;
  for (let i = 0; i < network.blocks; i++) {
    z = tf.selu(linear(tf, weights, `blocks.${i}`, z));
    if (dropout !== undefined) z = dropout.apply(tf, z);
  }
  const both = tf.concat([y, z], 1);
  return {
    logits: linear(tf, weights, "pitch", both),
    values: tf.mul(tf.sigmoid(linear(tf, weights, "values", both)), VALUE_SCALE),
  };
}

function linear(tf: Tfjs, weights: Weights, name: string, rows: Tensor): Tensor {
  return tf.add(tf.matMul(rows, weights(`${name}.weight`)), weights(`${name}.bias`));
}

/** Delay, duration and volume with the one-hot of the pitch class, `[rows, 123]`. */
function inputOf(tf: Tfjs, batch: SequenceBatch): Tensor {
  const rows = batch.lanes * batch.steps;
  const width = VALUES + PITCHES;
  const input = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    input.set(batch.values.subarray(row * VALUES, (row + 1) * VALUES), row * width);
    input[row * width + VALUES + (batch.classes[row] ?? 0)] = 1;
  }
  return tf.tensor2d(input, [rows, width]);
}

/** The first step begins with a state of zero anyway, and most others end no piece. */
function keepsOf(tf: Tfjs, { lanes, steps, begins }: SequenceBatch): (Tensor | undefined)[] {
  return Array.from({ length: steps }, (_, t) => {
    const now = begins.subarray(t * lanes, (t + 1) * lanes);
    if (t === 0 || now.every((begin) => begin === 0)) return undefined;
    return tf.tensor2d(
      Float32Array.from(now, (begin) => 1 - begin),
      [lanes, 1],
    );
  });
}

/** A lookup in tensors by name. */
export function weightsOf(names: readonly string[], tensors: readonly Tensor[]): Weights {
  const byName = new Map(names.map((name, index) => [name, tensors[index]]));
  return (name) => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new Error(`the network has no tensor ${name}`);
    return tensor;
  };
}
