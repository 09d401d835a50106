/**
 * What of TensorFlow.js is used here; types alone, so that a plain install needs none of it.
 */
import type * as tfjs from "@tensorflow/tfjs";

/** The same for @tensorflow/tfjs, tfjs-node and tfjs-node-gpu. */
export type Tfjs = typeof tfjs;
export type Tensor = tfjs.Tensor;
