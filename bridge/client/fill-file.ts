/**
 * Fills a file with the running daemon, otherwise in this process: the same notes and the same files. The local core
 * reads and writes the file; the daemon receives only notes.
 */
import { BridgeError } from "../bridge-error.ts";
import { type FileFill, fillFile, needsModel, type Progress } from "../engine/fill.ts";
import type { FilledFile } from "../engine/filled-file.ts";
import { type KnownModel, listModels } from "../engine/models.ts";
import type { CallOptions } from "../engine/native-call.ts";
import { findInstance } from "../instance/lock.ts";
import { readToken } from "../instance/token.ts";
import type { ChosenDaemon } from "./fill-by-daemon.ts";

export interface FillFileOptions extends CallOptions<Progress> {
  env: NodeJS.ProcessEnv;
  /** Of this program: a daemon of another one may have other notes. */
  version: string;
  useDaemon: boolean;
  /** Hears who fills, and why not the daemon. */
  onChoice?: ((text: string) => void) | undefined;
}

/**
 * Fill a region of a file and write the files.
 * @throws BridgeError as engine's fillFile; INPUT_CHANGED
 */
export async function fillFileAnywhere(request: FileFill, options: FillFileOptions): Promise<FilledFile> {
  const chosen = options.useDaemon ? daemonFor(request, options) : "--no-daemon";
  if (typeof chosen === "string") {
    options.onChoice?.(`filled here: ${chosen}`);
    return fillFile(request, options);
  }
  const { url, pid } = chosen.instance;
  options.onChoice?.(`filled by the daemon at ${url} (process ${pid})`);
  // Loaded only where a daemon runs: without one the program starts faster.
  const { fillByDaemon } = await import("./fill-by-daemon.ts");
  const filled = await fillByDaemon(request, chosen, options);
  if (filled !== undefined) return filled;
  options.onChoice?.("filled here: the daemon did not do it");
  return fillFile(request, options);
}

/** The daemon that can answer this request as it would be answered here, or the reason why none can. */
function daemonFor({ mode, engine }: FileFill, { env, version }: FillFileOptions): ChosenDaemon | string {
  if (!needsModel(mode)) return "it needs no model";
  if (engine.device !== "auto" || engine.threads !== undefined) {
    return "the daemon's device and threads are its own";
  }
  try {
    const instance = findInstance(env);
    if (instance === undefined) return "no daemon runs";
    if (instance.version !== version) return `the daemon is of another version, ${instance.version}`;
    const isMeant = (model: KnownModel) =>
      engine.model === undefined ? model.isDefault : model.id === engine.model;
    const model = listModels(env).find(isMeant);
    if (model === undefined) return "the daemon knows no model in a folder";
    return { instance, token: readToken(env), model };
  } catch (thrown) {
    if (thrown instanceof BridgeError) return thrown.message;
    throw thrown;
  }
}
