/**
 * The user's own models: imported from runs, and removed. They are in CONTINUO_HOME/models.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "../instance/folders.ts";
import { type KnownModel, listModels, MODEL_FILE, type ModelEntry, manifestSchema } from "./models.ts";

const WEIGHTS_FILE = "model.safetensors";
/** What a model folder holds; the runs are of infill models alone. */
const FILES = [MODEL_FILE, WEIGHTS_FILE, "training-runs.bin", "checksums.json"];
/** Safe as a folder on every system. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

const configSchema = z.object({
  architecture: z.object({ family: z.string() }),
  vocabulary: z.object({ hash: z.string() }).optional(),
  encoding: z.object({ name: z.string(), version: z.int() }).optional(),
});

export interface ImportOptions {
  name: string;
  licence: string;
  source: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Copy a model folder under a name; the manifest names it only when it is whole.
 * @throws BridgeError MODEL_NAME_INVALID, MODEL_EXISTS, MODEL_NOT_FOUND, MODEL_DAMAGED, MODEL_NOT_WRITTEN
 */
export function importModel(folder: string, { name, licence, source, env }: ImportOptions): KnownModel {
  checkName(name, env);
  const config = readConfig(folder);
  const home = join(homeFolder(env), "models");
  const target = join(home, name);
  const part = `${target}.part`;
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    for (const file of FILES) {
      if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(part, file));
    }
    const weights = join(part, WEIGHTS_FILE);
    const entry: ModelEntry = {
      id: name,
      file: `${name}/${WEIGHTS_FILE}`,
      size: statSync(weights).size,
      sha256: createHash("sha256").update(readFileSync(weights)).digest("hex"),
      vocabularyHash: config.vocabulary?.hash ?? `${config.encoding?.name}-${config.encoding?.version}`,
      licence,
      source,
    };
    rmSync(target, { recursive: true, force: true });
    renameSync(part, target);
    changeManifest(home, (models) => [...models.filter((model) => model.id !== name), entry]);
    return { ...entry, folder: target, isDefault: false };
  } catch (cause) {
    // Where a file stands for the folder, removing fails too and would hide the reason.
    if (existsSync(part)) rmSync(part, { recursive: true, force: true });
    throw notWritten(home, cause);
  }
}

/** Whether a model is one that the user took in. */
export function isUserModel(model: KnownModel, env: NodeJS.ProcessEnv): boolean {
  return model.folder.startsWith(join(homeFolder(env), "models"));
}

/**
 * Remove one of the user's models. @returns its folder
 * @throws BridgeError MODEL_NOT_FOUND, MODEL_BUNDLED, MODEL_NOT_WRITTEN
 */
export function removeModel(name: string, env: NodeJS.ProcessEnv): string {
  const home = join(homeFolder(env), "models");
  const model = listModels(env).find((known) => known.id === name);
  if (model === undefined) {
    throw new BridgeError("MODEL_NOT_FOUND", `model ${name} not found; continuo models list shows all`, {
      data: { model: name },
    });
  }
  if (!isUserModel(model, env)) {
    throw new BridgeError(
      "MODEL_BUNDLED",
      `${name} came with the program and cannot be removed; to fill with another one, give --model, or "model" in config.json to the daemon`,
      {
        data: { model: name },
      },
    );
  }
  try {
    changeManifest(home, (models) => models.filter((entry) => entry.id !== name));
    rmSync(model.folder, { recursive: true, force: true });
  } catch (cause) {
    throw notWritten(home, cause);
  }
  return model.folder;
}

/** @throws BridgeError MODEL_NAME_INVALID, MODEL_EXISTS */
export function checkName(name: string, env: NodeJS.ProcessEnv): void {
  if (!NAME.test(name)) {
    throw new BridgeError(
      "MODEL_NAME_INVALID",
      `"${name}" cannot name a model; use up to 64 letters, digits, dots, dashes and underscores`,
      { data: { name } },
    );
  }
  if (listModels(env).some((model) => model.id === name)) {
    throw new BridgeError(
      "MODEL_EXISTS",
      `there is a model ${name} already; choose another name, or continuo models remove ${name}`,
      { data: { name } },
    );
  }
}

function readConfig(folder: string): z.infer<typeof configSchema> {
  const path = join(folder, MODEL_FILE);
  if (!existsSync(path) || !existsSync(join(folder, WEIGHTS_FILE))) {
    throw new BridgeError(
      "MODEL_NOT_FOUND",
      `${folder} holds no model; name a run that has ended, its model folder, or an adapter file`,
      { data: { folder } },
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    config = undefined;
  }
  const checked = configSchema.safeParse(config);
  if (checked.success) return checked.data;
  throw new BridgeError("MODEL_DAMAGED", `${path} does not describe a model; train it again`, {
    data: { path },
  });
}

/** Under a temporary name, then renamed. */
function changeManifest(home: string, change: (models: ModelEntry[]) => ModelEntry[]): void {
  const path = join(home, "manifest.json");
  const manifest = existsSync(path)
    ? manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")))
    : { version: 1 as const, models: [] };
  const text = JSON.stringify({ ...manifest, models: change(manifest.models) }, null, 2);
  writeFileSync(`${path}.part`, `${text}\n`);
  renameSync(`${path}.part`, path);
}

function notWritten(home: string, cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BridgeError(
    "MODEL_NOT_WRITTEN",
    `${home} was not changed (${reason}); check its permissions and free space`,
    {
      data: { path: home, name: basename(home) },
      cause,
    },
  );
}
