/**
 * A fill of a file, by the daemon that runs if one does, else here: the same notes and the same files. The file is
 * read and written on this side by the local core; the daemon sees notes alone.
 */
import { BridgeError } from "../bridge-error.ts";
import { findInstance, type Instance } from "../daemon/lock.ts";
import { readToken } from "../daemon/token.ts";
import { fillFile } from "../engine/engine.ts";
import { type KnownModel, listModels } from "../engine/models.ts";
import type { RunOptions } from "../engine/native-call.ts";
import type { FillRequest } from "../engine/requests.ts";
import type { FillWithView, Progress } from "../engine/schemas.ts";

export interface FillFileOptions extends RunOptions<Progress> {
  env: NodeJS.ProcessEnv;
  /** Of this program: a daemon of another one may have other notes. */
  version: string;
  useDaemon: boolean;
}

/**
 * Fill a region of a file and write the files.
 * @throws BridgeError as engine's fillFile; INPUT_CHANGED
 */
export async function fillFileAnywhere(
  request: FillRequest,
  options: FillFileOptions,
): Promise<FillWithView> {
  const place = options.useDaemon ? placeFor(request, options) : undefined;
  if (place === undefined) return fillFile(request, options);
  // Loaded only where a daemon runs: without one the program starts faster.
  const { fillByDaemon } = await import("./fill-by-daemon.ts");
  return (await fillByDaemon(request, place, options)) ?? (await fillFile(request, options));
}

export interface DaemonPlace {
  instance: Instance;
  token: string | undefined;
  model: KnownModel;
}

/** The daemon that can answer this request as it would be answered here; undefined where there is none. */
function placeFor({ engine }: FillRequest, { env, version }: FillFileOptions): DaemonPlace | undefined {
  // Its device and threads are its own.
  if (engine.device !== "auto" || engine.threads !== undefined) return undefined;
  try {
    const instance = findInstance(env);
    if (instance === undefined || instance.version !== version) return undefined;
    const isMeant = (model: KnownModel) =>
      engine.model === undefined ? model.isDefault : model.id === engine.model;
    // A folder is no model that it knows.
    const model = listModels(env).find(isMeant);
    return model === undefined ? undefined : { instance, token: readToken(env), model };
  } catch (thrown) {
    if (thrown instanceof BridgeError) return undefined;
    throw thrown;
  }
}
