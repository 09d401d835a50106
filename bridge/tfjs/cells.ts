/**
 * LSTM and GRU through time, with gates and biases as in our model files: in the order of ONNX, which is
 * neither that of tf.layers nor, for the GRU's reset, its rule.
 */
import type { Tensor, Tfjs } from "./api.ts";

interface CellWeights {
  /** `[inputs, gates]`. */
  input: Tensor;
  /** `[width, gates]`. */
  recurrent: Tensor;
  /** `[gates]`. */
  bias: Tensor;
  /** `[width]`, of a GRU's hidden gate, inside the reset. */
  recurrentBias?: Tensor;
}

export interface Sequences {
  lanes: number;
  steps: number;
  /** By step `[lanes, 1]`: 0 where a piece begins, so that nothing is heard of the one before, else 1. */
  keeps: readonly (Tensor | undefined)[];
}

/** @param rows `[steps * lanes, inputs]`, time-major  @returns `[steps * lanes, width]` */
export function runCell(
  tf: Tfjs,
  cell: "lstm" | "gru",
  weights: CellWeights,
  rows: Tensor,
  { lanes, steps, keeps }: Sequences,
): Tensor {
  const [width = 0, gates = 0] = weights.recurrent.shape;
  const fromInput = tf.add(tf.matMul(rows, weights.input), weights.bias);
  // One split for all steps: a slice at each would cost a whole gradient at each.
  const byStep = tf.unstack(tf.reshape(fromInput, [steps, lanes, gates]));
  const step = cell === "lstm" ? lstmStep : gruStep;
  let state: State = { h: tf.zeros([lanes, width]), c: tf.zeros([lanes, width]) };
  const outputs = byStep.map((gatesOfInput, t) => {
    const keep = keeps[t];
    if (keep !== undefined) state = { h: tf.mul(state.h, keep), c: tf.mul(state.c, keep) };
    state = step(tf, weights, gatesOfInput, state);
    return state.h;
  });
  return tf.concat(outputs, 0);
}

interface State {
  h: Tensor;
  /** Memory of an LSTM. */
  c: Tensor;
}

/** Gates: input, output, forget, cell. */
function lstmStep(tf: Tfjs, weights: CellWeights, fromInput: Tensor, { h, c }: State): State {
  const [i, o, f, g] = quarters(tf, tf.add(fromInput, tf.matMul(h, weights.recurrent)));
  const memory: Tensor = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { h: tf.mul(tf.sigmoid(o), tf.tanh(memory)), c: memory };
}

/** Gates: update, reset, hidden; the reset acts after the product with the state. */
function gruStep(tf: Tfjs, weights: CellWeights, fromInput: Tensor, { h, c }: State): State {
  const [zInput, rInput, nInput] = thirds(tf, fromInput);
  const [zState, rState, nState] = thirds(tf, tf.matMul(h, weights.recurrent));
  const z = tf.sigmoid(tf.add(zInput, zState));
  const r = tf.sigmoid(tf.add(rInput, rState));
  const { recurrentBias } = weights;
  const fromState = recurrentBias === undefined ? nState : tf.add(nState, recurrentBias);
  const n = tf.tanh(tf.add(nInput, tf.mul(r, fromState)));
  return { h: tf.add(n, tf.mul(z, tf.sub(h, n))), c };
}

type Quarters = [Tensor, Tensor, Tensor, Tensor];

function quarters(tf: Tfjs, gates: Tensor): Quarters {
  return tf.split(gates, 4, 1) as Quarters;
}

type Thirds = [Tensor, Tensor, Tensor];

function thirds(tf: Tfjs, gates: Tensor): Thirds {
  return tf.split(gates, 3, 1) as Thirds;
}
