/**
 * Whether a run was worth it.
 */
import { BridgeError } from "../bridge-error.ts";
import { readHistory } from "./recorder.ts";

/** @throws BridgeError MODEL_WORSE if a run from a trained model did not get better on what it held out */
export function refuseWorse(path: string): void {
  const { start, heldOut, best } = readHistory(path);
  const before = heldOut[0]?.loss;
  if (start?.from == null || before == null || best?.loss == null || best.loss < before) return;
  throw new BridgeError(
    "MODEL_WORSE",
    `the run's held-out loss did not get better than ${before.toFixed(3)}; train longer, on more pieces or at a lower --lr, or add --force`,
    { data: { before, after: best.loss } },
  );
}
