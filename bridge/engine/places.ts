/**
 * Where things lie: what was installed with the program, and what belongs to the user.
 */
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder; the bundle lies in its dist/. */
export function installFolder(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}

/** The user's models and settings: CONTINUO_HOME, else the platform's own place for them. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CONTINUO_HOME) return env.CONTINUO_HOME;
  if (process.platform === "win32" && env.APPDATA) return join(env.APPDATA, "continuo");
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "continuo");
}
