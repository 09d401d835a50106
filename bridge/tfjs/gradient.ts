/**
 * One update's losses and gradient by TensorFlow.js: flat arrays in, flat arrays out.
 */
import type { GradientAnswer, GradientTask, SequenceBatch } from "../engine/gradient-task.ts";
import type { Tensor, Tfjs } from "./api.ts";
import { lossesOf, weightsOf } from "./network.ts";

type Losses = Omit<GradientAnswer, "gradient">;

export function gradientOf(tf: Tfjs, task: GradientTask): GradientAnswer {
  const answer: GradientAnswer = { gradient: new Float32Array(0), pitchNats: 0, valueSquares: 0, misses: 0 };
  // Nothing is returned from the scope: it would look for tensors in every value of an array.
  tf.tidy(() => {
    const weights = unflatten(tf, task);
    let sums: Tensor[] | undefined;
    for (const batch of task.batches) {
      const { losses, gradients } = ofBatch(tf, task, weights, batch);
      for (const name of ["pitchNats", "valueSquares", "misses"] as const) answer[name] += losses[name];
      sums = sums === undefined ? gradients : sums.map((sum, i) => tf.add(sum, gradients[i] ?? 0));
    }
    answer.gradient = flatten(tf, sums ?? weights.map((weight) => tf.zerosLike(weight)));
  });
  return answer;
}

/** What lies between forward and backward is given back before the next batch. */
function ofBatch(
  tf: Tfjs,
  task: GradientTask,
  weights: Tensor[],
  batch: SequenceBatch,
): { losses: Losses; gradients: Tensor[] } {
  const names = task.tensors.map(({ name }) => name);
  const losses = { pitchNats: Number.NaN, valueSquares: Number.NaN, misses: Number.NaN };
  const gradients = tf.tidy(() =>
    tf.grads((...of: Tensor[]) => {
      const { pitchNats, valueSquares, misses } = lossesOf(tf, task, weightsOf(names, of), batch);
      losses.pitchNats = numberOf(pitchNats);
      losses.valueSquares = numberOf(valueSquares);
      losses.misses = numberOf(misses);
      return tf.add(pitchNats, valueSquares);
    })(weights),
  );
  return { losses, gradients };
}

function numberOf(scalar: Tensor): number {
  return scalar.dataSync()[0] ?? Number.NaN;
}

function unflatten(tf: Tfjs, { tensors, weights }: GradientTask): Tensor[] {
  let from = 0;
  return tensors.map(({ shape }) => {
    const to = from + shape.reduce((product, size) => product * size, 1);
    const tensor = tf.tensor(weights.subarray(from, to), shape, "float32");
    from = to;
    return tensor;
  });
}

function flatten(tf: Tfjs, tensors: Tensor[]): Float32Array {
  const parts = tensors.map((tensor) => tf.reshape(tensor, [-1]));
  return Float32Array.from(tf.concat(parts).dataSync());
}
