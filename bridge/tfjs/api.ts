/**
 * The parts of TensorFlow.js used here; only types, so that a plain install does not need it.
 */
import type * as tfjs from "@tensorflow/tfjs";

/** The same for @tensorflow/tfjs, tfjs-node and tfjs-node-gpu. */
export type Tfjs = typeof tfjs;
export type Tensor = tfjs.Tensor;
