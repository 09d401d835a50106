/**
 * Paths: of the files installed with the program, and of the user's files.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder: the nearest one above this code with a package.json, whether bundled or not. */
export function installFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** The user's models and settings: CONTINUO_HOME, else the platform's own place for them. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CONTINUO_HOME) return env.CONTINUO_HOME;
  if (process.platform === "win32" && env.APPDATA) return join(env.APPDATA, "continuo");
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "continuo");
}
