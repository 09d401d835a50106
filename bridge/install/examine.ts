/**
 * The state of our scripts in a host: missing, current, or what is wrong and how to fix it.
 */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { folderOf, readShipped, type ShippedFile } from "./files.ts";
import type { Host } from "./host.ts";
import { isSameLocation, planInstall, type Step } from "./install.ts";
import type { ScriptLocation } from "./location.ts";
import type { Machine } from "./machine.ts";
import { type Program, programFile, readProgramFile } from "./program-file.ts";
import type { Entry } from "./record.ts";

export interface Finding {
  name: string;
  /** Absent or unusual does not count as a failure. */
  state: "ok" | "note" | "broken";
  detail: string;
  code?: string;
}

/** One finding for each location of a host. */
export function examineHost(
  host: Host,
  machine: Machine,
  shippedFolder: string,
  entries: readonly Entry[],
): Finding[] {
  const { found } = host.search(machine);
  const others = entries.filter((entry) => !found.some((location) => isSameLocation(location, entry)));
  const locations: ScriptLocation[] = [...found, ...others];
  if (locations.length === 0) {
    return [{ name: host.title, state: "note", detail: "not found on this machine" }];
  }
  let shipped: ShippedFile[];
  try {
    shipped = readShipped(shippedFolder, host.build);
  } catch (thrown) {
    return [{ name: host.title, ...failure(thrown, entries.length > 0) }];
  }
  return locations.map((location) => {
    const entry = entries.find((candidate) => isSameLocation(candidate, location));
    return { name: location.label, ...examineLocation(host, location, shipped, entry) };
  });
}

type Verdict = Omit<Finding, "name">;

function examineLocation(
  host: Host,
  location: ScriptLocation,
  shipped: readonly ShippedFile[],
  entry: Entry | undefined,
): Verdict {
  const install = `continuo install ${host.command ?? host.name}`;
  const kind = host.command === "plugin" ? "plugin" : "scripts";
  let steps: Step[];
  try {
    ({ steps } = planInstall(location, shipped, entry));
  } catch (thrown) {
    return failure(thrown, entry !== undefined);
  }
  const folder = folderOf(location);
  const paths = (action: Step["action"]) =>
    steps.filter((step) => step.action === action).map(({ path }) => path);
  const changed = paths("keep");
  const missing = paths("write").filter((path) => !changed.includes(path));
  const old = [...paths("replace"), ...paths("remove")];
  if (entry === undefined && paths("same").length === 0) {
    return { state: "note", detail: `found, without our ${kind}; ${install}` };
  }
  if (missing.length > 0) {
    return { state: "broken", detail: `${missing.join(", ")} not in ${folder}; ${install}` };
  }
  if (old.length > 0) {
    return {
      state: "broken",
      detail: `${folder} has ${kind} of version ${entry?.version ?? "?"}; ${install}`,
    };
  }
  const copies = host.renewal?.(location, shipped);
  if (copies !== undefined && copies.old.length > 0) {
    const titles = copies.old.map((title) => `"${title}"`).join(", ");
    return {
      state: "broken",
      detail: `${host.title} still runs old copies of ${titles}; ${install}, then restart ${host.title}`,
    };
  }
  if (changed.length > 0) {
    return {
      state: "note",
      detail: `${changed.join(", ")} in ${folder} changed by you; ${install} puts ours there and keeps yours`,
    };
  }
  return {
    state: "ok",
    detail: `${steps.length} ${steps.length === 1 ? "file" : "files"} in ${folder}, current`,
  };
}

function failure(thrown: unknown, isInstalled: boolean): Verdict {
  if (!(thrown instanceof BridgeError)) throw thrown;
  const { code, message } = thrown;
  return { state: isInstalled ? "broken" : "note", detail: message, code };
}

/** Whether program.txt starts a daemon, and this one. */
export function examineProgramFile(env: NodeJS.ProcessEnv, current: Program, isNeeded: boolean): Finding {
  const [name, path] = ["program.txt", programFile(env)];
  const found = readProgramFile(env);
  const again = "continuo install, for any host, writes it";
  if (found === undefined) {
    const detail = existsSync(path) ? `${path} is not two lines; ${again}` : `not there; ${again}`;
    return { name, state: isNeeded ? "broken" : "note", detail };
  }
  if (isOpenToOthers(path)) {
    const detail = `others can change ${path}, which says what hosts start; chmod go-w it and its folder`;
    return { name, state: "broken", detail };
  }
  const gone = [found.node, found.program].filter((file) => !existsSync(file));
  if (gone.length > 0) {
    const detail = `${gone.join(" and ")}, which hosts start, not there any more; ${again}`;
    return { name, state: "broken", detail };
  }
  if (found.node !== current.node || found.program !== current.program) {
    const detail = `hosts start ${found.program} by ${found.node}, another than this; ${again}`;
    return { name, state: "note", detail };
  }
  return { name, state: "ok", detail: path };
}

/** Whether another user could exchange a file. Windows has no such bits: there the user's profile keeps others out. */
function isOpenToOthers(path: string): boolean {
  if (process.platform === "win32") return false;
  return [path, dirname(path)].some((location) => (statSync(location).mode & 0o022) !== 0);
}
