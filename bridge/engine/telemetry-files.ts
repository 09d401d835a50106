/**
 * Files that ONNX Runtime's telemetry left on this machine before it was switched off, or while another program uses the library: an
 * identifier of the device, and events that were not sent yet. Only files with its own names are ever touched.
 */
import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Names that it gives, of version 1.30. */
const OWN_NAME = /^(deviceid(\.lock|\.tmp\.[0-9a-f-]+)?|onnxruntime\.db(-journal|-wal|-shm)?)$/;

interface TelemetryFiles {
  folder: string;
  /** Plain files of this user, by name. */
  names: readonly string[];
}

/** Undefined on Windows, where it keeps no files. */
export function telemetryFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === "win32") return undefined;
  const home = env.HOME || homedir();
  const parent =
    platform === "darwin"
      ? join(home, "Library", "Application Support")
      : env.XDG_CACHE_HOME || join(home, ".cache");
  return join(parent, "Microsoft", "DeveloperTools", ".onnxruntime");
}

/** Undefined where there are none. A folder that is a link is left alone. */
export function findTelemetryFiles(env?: NodeJS.ProcessEnv): TelemetryFiles | undefined {
  const folder = telemetryFolder(env);
  if (folder === undefined || !isOwn(folder, "directory")) return undefined;
  const names = readdirSync(folder).filter(
    (name) => OWN_NAME.test(name) && isOwn(join(folder, name), "file"),
  );
  return names.length > 0 ? { folder, names: names.sort() } : undefined;
}

/** Delete them, and the folders around them that are empty then. */
export function removeTelemetryFiles({ folder, names }: TelemetryFiles): void {
  for (const name of names) rmSync(join(folder, name), { force: true });
  const tools = dirname(folder);
  for (const emptied of [folder, tools, dirname(tools)]) {
    try {
      rmdirSync(emptied);
    } catch {
      // Something else is in it.
      return;
    }
  }
}

function isOwn(path: string, kind: "file" | "directory"): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.uid !== process.getuid?.()) return false;
  return kind === "file" ? found.isFile() : found.isDirectory();
}
