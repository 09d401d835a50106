/**
 * All hosts, and where each is on this machine.
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { ableton } from "./ableton.ts";
import { ardour } from "./ardour.ts";
import { bitwig } from "./bitwig.ts";
import type { Host, InstallName } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import type { Machine } from "./machine.ts";
import { pluginFormat } from "./plugin.ts";
import { reaper } from "./reaper.ts";

export const HOSTS: Readonly<Record<InstallName, Host>> = {
  ...{ ardour, reaper, bitwig, ableton },
  clap: pluginFormat("clap"),
  vst3: pluginFormat("vst3"),
  lv2: pluginFormat("lv2"),
};

/**
 * Every location that the host reads scripts from, or the one in the folder that the user names.
 * @throws BridgeError HOST_NOT_FOUND
 */
export function locationsOf(host: Host, machine: Machine, to?: string): ScriptLocation[] {
  if (to !== undefined) {
    const folder = resolve(to);
    if (existsSync(folder) && statSync(folder).isDirectory()) return [host.locationIn(folder, machine)];
    throw notFound(host, `${folder} is not a folder`, [folder]);
  }
  const { found, looked } = host.search(machine);
  if (found.length > 0) return found;
  const where = looked.length === 0 ? "it does not run on this system" : `looked for ${looked.join(" and ")}`;
  throw notFound(host, where, looked);
}

function notFound(host: Host, what: string, looked: string[]): BridgeError {
  return new BridgeError(
    "HOST_NOT_FOUND",
    `${host.title} was not found: ${what}; start it once, or name ${host.toMeans}: --to FOLDER`,
    { data: { host: host.name, looked } },
  );
}
