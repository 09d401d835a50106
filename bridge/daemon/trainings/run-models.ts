/**
 * Checkpoints of a run as models, so that a fill can be asked of them: run:RUNID, run:RUNID/step-000000120.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { MODEL_FILE } from "../../engine/models.ts";
import {
  CHECKPOINT,
  EXPORTED,
  EXPORTED_FOLDER,
  exportedSteps,
  stepsIn,
} from "../../training/exported-checkpoints.ts";
import { MODEL_FOLDER, TrainingFolders } from "./training-folders.ts";

export const RUN_PREFIX = "run:";
const WEIGHTS_FILE = "model.safetensors";

/** What was kept of a run that is over takes eight times the room of the models that were made of it. */
export function dropExportedCheckpoints(run: string): void {
  const exported = new Set(exportedSteps(run).map(({ step }) => step));
  for (const { name, step } of stepsIn(run, CHECKPOINT)) {
    if (exported.has(step)) rmSync(join(run, name), { force: true });
  }
}

/**
 * The model folder that a name such as run:RUNID means.
 * @throws BridgeError RUN_NOT_FOUND, MODEL_NOT_FOUND
 */
export function chooseRunModel(
  name: string,
  env: NodeJS.ProcessEnv,
): { id: string; folder: string; sha256: string } {
  const [runId = "", checkpoint] = name.slice(RUN_PREFIX.length).split("/");
  const run = new TrainingFolders(env).run(runId);
  const model = join(run, MODEL_FOLDER);
  const latest = exportedSteps(run).at(-1)?.name ?? "";
  const exported = (step: string) => join(run, EXPORTED_FOLDER, step);
  let folder = existsSync(join(model, MODEL_FILE)) ? model : exported(latest);
  if (checkpoint !== undefined) folder = EXPORTED.test(checkpoint) ? exported(checkpoint) : "";
  if (!existsSync(join(folder, MODEL_FILE))) {
    throw new BridgeError(
      "MODEL_NOT_FOUND",
      `${name} cannot be heard: the training has no such checkpoint (yet); training/get names them`,
      { data: { model: name } },
    );
  }
  return { id: name, folder, sha256: sha256Of(join(folder, WEIGHTS_FILE)) };
}

/** By path: hashes of weights, and of which time they are. */
const hashes = new Map<string, { mtimeMs: number; sha256: string }>();

function sha256Of(path: string): string {
  const { mtimeMs } = statSync(path);
  const known = hashes.get(path);
  if (known?.mtimeMs === mtimeMs) return known.sha256;
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  hashes.set(path, { mtimeMs, sha256 });
  return sha256;
}
