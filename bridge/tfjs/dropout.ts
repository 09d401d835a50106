/**
 * Alpha dropout after SELU: values are replaced by the one that SELU goes to far below zero, and all are
 * moved and scaled so that mean and variance stay (Klambauer et al. 2017). The same as in native/train.
 */
import type { Tensor, Tfjs } from "./api.ts";

const SHARE = 0.01;
const SELU_LOW = -1.050701 * 1.6732632;

const KEPT = 1 - SHARE;
const SCALE = 1 / Math.sqrt(KEPT + SELU_LOW * SELU_LOW * KEPT * SHARE);
const SHIFT = -SCALE * SELU_LOW * SHARE;
const DROPPED = SCALE * SELU_LOW + SHIFT;

/** Draws which values go; the same for the same seed. */
export class AlphaDropout {
  #state: number;
  /** Values to pass before the next that goes. */
  #left: number;

  /** @param seed  a whole number below 2^32 */
  constructor(seed: number) {
    this.#state = seed;
    this.#left = this.#gap();
  }

  apply(tf: Tfjs, rows: Tensor): Tensor {
    const scales = new Float32Array(rows.size).fill(SCALE);
    for (const index of this.draw(rows.size)) scales[index] = 0;
    const scale = tf.tensor(scales, rows.shape);
    // Where the scale is kept this is SHIFT, where it is 0 it is DROPPED.
    const shift = tf.add(tf.mul(scale, (SHIFT - DROPPED) / SCALE), DROPPED);
    return tf.add(tf.mul(rows, scale), shift);
  }

  /** Which of the next `length` values go. */
  draw(length: number): number[] {
    const indices: number[] = [];
    for (; this.#left < length; this.#left += 1 + this.#gap()) indices.push(this.#left);
    this.#left -= length;
    return indices;
  }

  /** Gaps between dropped values are geometric, so that only those cost a draw. */
  #gap(): number {
    return Math.floor(Math.log(1 - this.#uniform()) / Math.log(KEPT));
  }

  /** In [0, 1). Source: Mulberry32 (Tommy Ettinger, public domain). */
  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }
}
