/**
 * Finds the model of a request: an id of a manifest (the bundled one or the user's), or a folder with a model in it.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder, installFolder } from "../instance/folders.ts";

export const MODEL_FILE = "model.json";
/** Where a training's folder has its best model. */
const RUN_MODEL = "model";
/** What tells the folder of a training from others. */
const RUN_EVENTS = "events.jsonl";

const modelEntrySchema = z.strictObject({
  id: z.string().min(1),
  /** Weights, relative to the manifest; model.json lies beside them. */
  file: z.string().min(1),
  size: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  vocabularyHash: z.string().min(1),
  licence: z.string().min(1),
  source: z.string().min(1),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  /** Taken where the user names no model. */
  defaultModel: z.string().min(1).optional(),
  models: z.array(modelEntrySchema),
});

export const knownModelSchema = z.strictObject({
  ...modelEntrySchema.shape,
  /** Folder that holds the weights and model.json. */
  folder: z.string(),
  isDefault: z.boolean(),
});
export type KnownModel = z.infer<typeof knownModelSchema>;

export interface ChosenModel {
  id: string;
  folder: string;
}

/**
 * All models of both manifests; the user's hide bundled ones of the same id.
 * @throws BridgeError MANIFEST_DAMAGED
 */
export function listModels(env: NodeJS.ProcessEnv = process.env): KnownModel[] {
  const folders = [join(homeFolder(env), "models"), join(installFolder(), "models")];
  const known = new Map<string, KnownModel>();
  for (const model of folders.flatMap(readManifest)) {
    if (!known.has(model.id)) known.set(model.id, model);
  }
  return [...known.values()];
}

function readManifest(folder: string): KnownModel[] {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return [];
  const manifest = manifestSchema.safeParse(parseJson(path));
  if (!manifest.success) {
    throw new BridgeError(
      "MANIFEST_DAMAGED",
      `${path} is not a list of models (${z.prettifyError(manifest.error)}); restore it or delete it`,
      { data: { path } },
    );
  }
  const { models, defaultModel } = manifest.data;
  return models.map((entry) => ({
    ...entry,
    folder: dirname(join(folder, entry.file)),
    isDefault: entry.id === defaultModel,
  }));
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("MANIFEST_DAMAGED", `${path} is not JSON (${reason}); restore it or delete it`, {
      data: { path },
      cause,
    });
  }
}

/** The folder of a model's files: the one that is named, or the model inside of a training's folder. */
export function modelFolderOf(path: string): string | undefined {
  return [path, join(path, RUN_MODEL)].find((folder) => existsSync(join(folder, MODEL_FILE)));
}

/**
 * A model by id or by its folder or its training's, or the default one. Weights named by a manifest are checked against its hash.
 * @throws BridgeError MODEL_NOT_FOUND, MODEL_DAMAGED, MANIFEST_DAMAGED
 */
export function chooseModel(name: string | undefined, env: NodeJS.ProcessEnv = process.env): ChosenModel {
  const models = listModels(env);
  const entry =
    name === undefined ? models.find((model) => model.isDefault) : models.find((model) => model.id === name);
  if (entry !== undefined) {
    checkOnce(entry);
    return { id: entry.id, folder: entry.folder };
  }
  const folder = name === undefined ? undefined : modelFolderOf(name);
  // A training's model goes by the name of the training.
  if (name !== undefined && folder !== undefined)
    return { id: basename(resolve(name)), folder: resolve(folder) };
  if (name !== undefined && existsSync(join(name, RUN_EVENTS))) {
    throw new BridgeError(
      "MODEL_NOT_FOUND",
      `the training ${name} has no model yet; it writes one with its first checkpoint`,
      { data: { model: name, installed: models.map((model) => model.id) } },
    );
  }
  const ids = models.map((model) => model.id).join(", ") || "none";
  throw new BridgeError(
    "MODEL_NOT_FOUND",
    `model ${name ?? "to start with"} not found; installed: ${ids}, or give the folder of a training or one with a ${MODEL_FILE}`,
    { data: { model: name ?? null, installed: models.map((model) => model.id) } },
  );
}

/** Folders whose weights this process has checked: a batch names the same model on every line. */
const checked = new Set<string>();

function checkOnce(entry: KnownModel): void {
  if (checked.has(entry.folder)) return;
  const problem = damageOf(entry);
  if (problem !== undefined) throw problem;
  checked.add(entry.folder);
}

const configSchema = z.object({ architecture: z.object({ family: z.string() }) });

/** The kind of a model, infill or recurrent; undefined where its model.json does not say. */
export function familyOf({ folder }: { folder: string }): string | undefined {
  try {
    const config = configSchema.safeParse(JSON.parse(readFileSync(join(folder, MODEL_FILE), "utf8")));
    return config.data?.architecture.family;
  } catch {
    return undefined;
  }
}

/** What is wrong with the weights of a manifest's model, if anything. */
export function damageOf(model: KnownModel): BridgeError | undefined {
  const path = join(model.folder, basename(model.file));
  const isBundled = dirname(dirname(path)) === join(installFolder(), "models");
  const again = isBundled
    ? "install Continuo again"
    : `continuo models remove ${model.id}, then import it again`;
  if (!existsSync(path)) {
    return new BridgeError("MODEL_NOT_FOUND", `the weights of ${model.id} are not at ${path}; ${again}`, {
      data: { model: model.id, path },
    });
  }
  const { size } = statSync(path);
  const found =
    size === model.size ? createHash("sha256").update(readFileSync(path)).digest("hex") : `${size} bytes`;
  if (found === model.sha256) return undefined;
  const expected = size === model.size ? model.sha256 : `${model.size} bytes`;
  return new BridgeError(
    "MODEL_DAMAGED",
    `${path} is not the file that the manifest names (${found}, expected ${expected}); ${again}`,
    { data: { model: model.id, path, found, expected } },
  );
}
