/**
 * The daemon's own data about a training, besides the files of the run: plan.json in its folder.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { errorSchema } from "../../protocol/job.ts";

const PLAN_FILE = "plan.json";

const planSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string(),
  name: z.string(),
  startedAt: z.string(),
  folders: z.array(z.string()),
  from: z.string().nullable(),
  model: z.string().nullable(),
  minutes: z.number(),
  /** As it was last; of a daemon that is gone, preparing and training mean paused. */
  state: z.enum(["waiting", "preparing", "training", "paused", "stopped", "done", "failed"]),
  /** Of the program that trains, as long as it does. */
  pid: z.int().nullable(),
  installedAs: z.string().nullable(),
  error: errorSchema.nullable(),
});
export type TrainingPlan = z.infer<typeof planSchema>;

/** undefined where the folder has none that can be read. */
export function readPlan(folder: string): TrainingPlan | undefined {
  try {
    return planSchema.parse(JSON.parse(readFileSync(join(folder, PLAN_FILE), "utf8")));
  } catch {
    return undefined;
  }
}

/** Under a temporary name, then renamed. */
export function writePlan(folder: string, plan: TrainingPlan): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, PLAN_FILE);
  writeFileSync(`${path}.part`, `${JSON.stringify(plan, null, 2)}\n`);
  renameSync(`${path}.part`, path);
}
