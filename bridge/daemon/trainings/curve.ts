/**
 * The curves of a run, thinned for drawing: means of neighbours for training, and every held-out loss unless there
 * are too many.
 */
import type { TrainingPoint } from "../../protocol/training.ts";
import type { History } from "../../training/history.ts";

/** As many as a screen shows apart. */
const MOST_POINTS = 400;

interface Measured {
  step: number;
  seconds: number;
  loss: number | null;
}

export function curveOf({ steps, heldOut }: History, most: number = MOST_POINTS): TrainingPoint[] {
  const bySteps = new Map<number, TrainingPoint>();
  const at = ({ step, seconds }: Measured): TrainingPoint => {
    const point = bySteps.get(step) ?? { step, seconds, trainLoss: null, heldOutLoss: null };
    bySteps.set(step, point);
    return point;
  };
  for (const point of thinned(steps, most)) at(point).trainLoss = point.loss;
  for (const point of thinned(heldOut, most)) at(point).heldOutLoss = point.loss;
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}

/** Groups of neighbours, each as its mean at its last step. */
function thinned(points: readonly Measured[], most: number): Measured[] {
  const measured = points.filter(({ loss }) => loss !== null);
  const size = Math.max(1, Math.ceil(measured.length / most));
  const groups: Measured[] = [];
  for (let start = 0; start < measured.length; start += size) {
    const group = measured.slice(start, start + size);
    const last = group.at(-1);
    if (last === undefined) continue;
    const loss = group.reduce((sum, point) => sum + (point.loss ?? 0), 0) / group.length;
    groups.push({ step: last.step, seconds: last.seconds, loss });
  }
  return groups;
}
