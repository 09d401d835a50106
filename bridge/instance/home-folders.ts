/**
 * What lies in the user's folder where the daemon keeps folders of its own.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "./folders.ts";

/** Without its journal and its log a daemon works, and says so; songs that cannot be kept are refused one by one. */
const FOLDERS = ["models", "requests", "runs"];

/**
 * Nothing else stands where a folder is needed: known before anything of the daemon is started.
 * @throws BridgeError HOME_DAMAGED
 */
export function checkHomeFolders(env: NodeJS.ProcessEnv): void {
  const home = homeFolder(env);
  for (const path of [home, ...FOLDERS.map((name) => join(home, name))]) {
    // A link to a folder is one.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) continue;
    throw new BridgeError("HOME_DAMAGED", `${path} is a file, and a folder is needed there; move it away`, {
      data: { path },
    });
  }
}
