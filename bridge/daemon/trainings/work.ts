/**
 * The work of a training's process: read the files, then train.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LATEST_FILE } from "./training-folders.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** Checkpoints to hear of a whole run, and looks at what was held out. */
const CHECKPOINTS = 8;
const LOOKS = 30;
/** Rests of what is left that are not worth a start. */
const LEAST_SECONDS = 1;

export function buildArguments(folders: readonly string[], data: string): string[] {
  return ["dataset", "build", ...folders, "-o", data, "--json"];
}

/** @param trainedSeconds  so far, where the run goes on */
export function trainArguments(
  plan: TrainingPlan,
  data: string,
  run: string,
  trainedSeconds: number,
): string[] {
  const all = plan.minutes * 60;
  const left = Math.max(LEAST_SECONDS, all - trainedSeconds);
  const every = (parts: number, most: number) => `${Math.min(most, Math.max(1, all / parts)).toFixed(1)}s`;
  const origin = plan.from === null ? ["--model", plan.model ?? "infill-s"] : ["--from", plan.from];
  const where = canGoOn(run) ? ["--resume", run] : [...origin, "--out", run];
  return [
    ...["train", data, ...where, "--time", `${left.toFixed(1)}s`],
    ...["--checkpoint-every", every(CHECKPOINTS, 3_600), "--evaluate-every", every(LOOKS, 120)],
    ...["--keep", "2", "--hear-checkpoints", "--plain", "--json"],
  ];
}

/** Whether there is a checkpoint. */
export function canGoOn(run: string): boolean {
  return existsSync(join(run, LATEST_FILE));
}
