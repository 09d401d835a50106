/**
 * Queries to the machine to find the programs on it; tests supply other machines.
 */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";

export interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** The user's own folder. */
  home: string;
  /** Names in a folder; undefined if it does not exist. */
  list(folder: string): string[] | undefined;
}

export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  const { platform } = process;
  const home = (platform === "win32" ? env.USERPROFILE : env.HOME) || homedir();
  return { platform, env, home, list };
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

/** In the machine's own way of writing paths. */
export function joinOn({ platform }: Machine, ...parts: string[]): string {
  return (platform === "win32" ? win32 : posix).join(...parts);
}

/** Where programs keep settings on Linux. */
export function configFolder(machine: Machine): string {
  return machine.env.XDG_CONFIG_HOME || joinOn(machine, machine.home, ".config");
}

/** Where a Flatpak program sees the user's settings. Source: Flatpak documentation, "Sandbox Permissions". */
export function flatpakConfigFolder(machine: Machine, application: string): string {
  return joinOn(machine, machine.home, ".var", "app", application, "config");
}
