/**
 * The description of a program that our scripts run in.
 */
import type { ShippedFile } from "./files.ts";
import type { ScriptLocation } from "./location.ts";
import type { Machine } from "./machine.ts";

export const HOST_NAMES = ["ardour", "reaper", "bitwig", "ableton"] as const;
export type HostName = (typeof HOST_NAMES)[number];

/** What the plugin is loaded as; each is a host of its own to the installer. */
export const PLUGIN_FORMATS = ["clap", "vst3", "lv2"] as const;
export type PluginFormat = (typeof PLUGIN_FORMATS)[number];

export const INSTALL_NAMES = [...HOST_NAMES, ...PLUGIN_FORMATS] as const;
export type InstallName = HostName | PluginFormat;

/** What a host keeps of scripts that the musician chose, and runs in place of them. */
export interface Renewal {
  /** The host's own file. */
  path: string;
  /** The copies of ours, as the musician sees them. */
  titles: readonly string[];
  /** Where the musician chose them, and takes them out. */
  menu: string;
  /** Those that are of another version. */
  old: readonly string[];
  /** The file with the shipped ones. */
  bytes(): Buffer;
}

export interface Search {
  found: ScriptLocation[];
  /** Every folder that was looked for. */
  looked: string[];
}

export interface Host {
  name: InstallName;
  title: string;
  /** What `continuo install` calls it, where that is not its name. */
  command?: string;
  /** What builds its files in a clone, where that is not `npm run build`. */
  build?: string;
  /** What `--to` names. */
  toMeans: string;
  search(machine: Machine): Search;
  /** The place in a folder that the user names, which is there. */
  locationIn(folder: string, machine: Machine): ScriptLocation;
  /** Where the host runs copies of its own: how they become those that are shipped. */
  renewal?(location: ScriptLocation, shipped: readonly ShippedFile[]): Renewal | undefined;
  /** What to click then, a line each. */
  next(installed: Installed): string[];
}

export interface Installed {
  machine: Machine;
  /** The folder that the scripts are in; the first of several. */
  folder: string;
  /** Their names. */
  files: readonly string[];
}

/** The locations of those of these folders that are there. */
export function searchFolders(
  machine: Machine,
  folders: readonly Omit<ScriptLocation, "below">[],
  below: readonly string[],
): Search {
  const isThere = ({ root }: Omit<ScriptLocation, "below">) => machine.list(root) !== undefined;
  return {
    found: folders.filter(isThere).map((folder) => ({ ...folder, below })),
    looked: folders.map(({ root }) => root),
  };
}

/** The last name of a path, whichever system wrote it. */
export function lastName(path: string): string {
  return path.split(/[\\/]/).findLast((name) => name !== "") ?? "";
}
