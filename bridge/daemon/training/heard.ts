/**
 * Checkpoints of a run as models, so that a fill can be asked of them: run:RUNID, run:RUNID/step-000000120.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { MODEL_FILE } from "../../engine/models.ts";
import { exportCheckpoint } from "../../engine/training.ts";
import { EXPORTED_FOLDER, MODEL_FOLDER, Places } from "./places.ts";

export const RUN_PREFIX = "run:";
const CHECKPOINT = /^step-(\d{9})\.safetensors$/;
const EXPORTED = /^step-(\d{9})$/;
const WEIGHTS_FILE = "model.safetensors";

/** Exported checkpoints of a run by step. */
export function exportedSteps(run: string): { name: string; step: number }[] {
  return matches(join(run, EXPORTED_FOLDER), EXPORTED);
}

/** Export what was kept and is not exported yet. @returns whether there was anything */
export async function exportKept(run: string, runId: string): Promise<boolean> {
  const known = new Set(exportedSteps(run).map(({ step }) => step));
  let isNew = false;
  for (const { name, step } of matches(run, CHECKPOINT)) {
    if (known.has(step)) continue;
    const output = join(run, EXPORTED_FOLDER, name.replace(".safetensors", ""));
    const part = `${output}.part`;
    rmSync(part, { recursive: true, force: true });
    try {
      await exportCheckpoint({ run, checkpoint: join(run, name), output: part, modelId: runId });
      renameSync(part, output);
      isNew = true;
    } catch {
      // A checkpoint that made room for a later one meanwhile, or a full disk: the others can be heard.
      rmSync(part, { recursive: true, force: true });
    }
  }
  return isNew;
}

/**
 * The model folder that a name such as run:RUNID means.
 * @throws BridgeError RUN_NOT_FOUND, MODEL_NOT_FOUND
 */
export function chooseHeard(
  name: string,
  env: NodeJS.ProcessEnv,
): { id: string; folder: string; sha256: string } {
  const [runId = "", checkpoint] = name.slice(RUN_PREFIX.length).split("/");
  const run = new Places(env).run(runId);
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

function matches(folder: string, pattern: RegExp): { name: string; step: number }[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.flatMap((name) => {
    const step = pattern.exec(name)?.[1];
    return step === undefined ? [] : [{ name, step: Number(step) }];
  });
}
