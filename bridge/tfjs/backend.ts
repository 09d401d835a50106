/**
 * TensorFlow.js as the gradient backend of a run: found, checked against our own gradients, named.
 */
import { BridgeError } from "../bridge-error.ts";
import { type Agreement, checkCompute } from "../engine/gradient.ts";
import type { GradientFunction } from "../engine/gradient-task.ts";
import { gradientOf } from "./gradient.ts";
import { loadTfjs } from "./load.ts";

export interface Backend {
  compute: GradientFunction;
  /** Package, version and device. */
  name: string;
  /** What a person should know of how it was chosen. */
  remarks: string[];
}

/** Small networks of both cells, two layers each, so that every kind of weight takes part. */
const PROBES = ["lstm-16x2", "gru-16x2"];
/** GPUs that round products to ten bits are off by some thousandths; a wrong result is off by tenths. */
const TOLERANCE = 0.02;

/** @throws BridgeError BACKEND_NOT_INSTALLED, BACKEND_FAILED, BACKEND_DIFFERS */
export async function openTfjs(): Promise<Backend> {
  const { tf, name, broken } = await loadTfjs();
  const compute: GradientFunction = (task) => gradientOf(tf, task);
  const agreements = [];
  for (const probe of PROBES) agreements.push(await checkCompute(compute, probe));
  const off = worst(agreements);
  if (!(off <= TOLERANCE)) {
    throw new BridgeError(
      "BACKEND_DIFFERS",
      `${name} computes other gradients than this program (off by ${percent(off)}); install another version, or leave out --backend`,
      { data: { name, agreements } },
    );
  }
  return { compute, name, remarks: [...broken, `gradients by ${name}, off from our own by ${percent(off)}`] };
}

/** Largest difference; NaN if one value is NaN. */
function worst(agreements: readonly Agreement[]): number {
  const all = agreements.flatMap(({ loss, gradient }) => [loss ?? Number.NaN, gradient ?? Number.NaN]);
  return Math.max(...all);
}

function percent(off: number): string {
  return `${(100 * off).toPrecision(2)} %`;
}
