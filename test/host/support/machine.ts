/**
 * Simulated machines: a system, its environment, and its folders.
 */
import { posix, win32 } from "node:path";
import type { Machine } from "../../../bridge/install/machine.ts";

export function machineWith(
  platform: NodeJS.Platform,
  home: string,
  folders: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Machine {
  const path = platform === "win32" ? win32 : posix;
  const all = new Set<string>();
  for (const folder of [home, ...folders]) {
    for (let at = folder; !all.has(at); at = path.dirname(at)) all.add(at);
  }
  const list = (folder: string) => {
    if (!all.has(folder)) return undefined;
    const children = [...all].filter((other) => other !== folder && path.dirname(other) === folder);
    return children.map((child) => path.basename(child));
  };
  return { platform, home, env, list };
}
