/**
 * Installing into a location and taking out of it again: first a plan, then its steps, so that a plan can be shown without
 * being carried out. Files that the user changed are kept under another name; files not recorded as ours are never removed.
 */
import { readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import {
  backupNameOf,
  folderOf,
  inTheWay,
  lookAt,
  makeFolders,
  missingFolders,
  type ShippedFile,
  writeWhole,
} from "./files.ts";
import type { Renewal } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import type { Entry } from "./record.ts";

export type Step =
  /** There already, byte for byte. */
  | { action: "same"; path: string }
  | { action: "write" | "replace"; path: string; bytes: Buffer }
  | { action: "remove"; path: string }
  /** Changed by the user: renamed. */
  | { action: "keep"; path: string; backup: string };

export interface InstallPlan {
  location: ScriptLocation;
  steps: Step[];
  /** Folders to make, outermost first. */
  folders: string[];
  /** Copies of the host's own to renew. */
  renewal?: Renewal | undefined;
}

/**
 * What makes a location hold exactly the shipped files.
 * @param before  what was installed there
 * @throws BridgeError HOST_LINK, INSTALL_FAILED
 */
export function planInstall(
  location: ScriptLocation,
  shipped: readonly ShippedFile[],
  before: Entry | undefined,
): InstallPlan {
  const folder = folderOf(location);
  const known = new Map(before?.files.map(({ path, sha256 }) => [path, sha256]));
  const folders = new Set<string>();
  const steps = shipped.flatMap(({ path, bytes, sha256 }): Step[] => {
    for (const missing of missingFolders(location, path)) folders.add(missing);
    const target = join(folder, path);
    const found = lookAt(target);
    if (found.kind === "none") return [{ action: "write", path, bytes }];
    if (found.kind === "folder") throw inTheWay(target, "a folder");
    if (found.kind === "file" && found.sha256 === sha256) return [{ action: "same", path }];
    if (found.kind === "file" && found.sha256 === known.get(path))
      return [{ action: "replace", path, bytes }];
    return [
      { action: "keep", path, backup: backupNameOf(target) },
      { action: "write", path, bytes },
    ];
  });
  const isShipped = new Set(shipped.map(({ path }) => path));
  const old = (before?.files ?? []).filter(({ path }) => !isShipped.has(path));
  return { location, steps: [...steps, ...stepsOut(location, old)], folders: [...folders] };
}

/**
 * What takes everything out that was installed.
 * @throws BridgeError HOST_LINK
 */
export function planUninstall(entry: Entry): InstallPlan {
  return { location: entry, steps: stepsOut(entry, entry.files), folders: [] };
}

function stepsOut(location: ScriptLocation, files: Entry["files"]): Step[] {
  return files.flatMap(({ path, sha256 }): Step[] => {
    // Asked for its error alone: what lies behind a link is another's.
    missingFolders(location, path);
    const target = join(folderOf(location), path);
    const found = lookAt(target);
    if (found.kind === "none" || found.kind === "folder") return [];
    if (found.kind === "file" && found.sha256 === sha256) return [{ action: "remove", path }];
    return [{ action: "keep", path, backup: backupNameOf(target) }];
  });
}

/** @throws BridgeError INSTALL_FAILED */
export function carryOut({ location, steps, folders, renewal }: InstallPlan): void {
  const folder = folderOf(location);
  let path = folder;
  try {
    makeFolders(folders);
    for (const step of steps) {
      path = join(folder, step.path);
      if (step.action === "keep") renameSync(path, step.backup);
      if (step.action === "remove") rmSync(path);
      if (step.action === "write" || step.action === "replace") writeWhole(path, step.bytes);
    }
    if (renewal !== undefined && renewal.old.length > 0) {
      path = renewal.path;
      writeWhole(path, renewal.bytes());
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError(
      "INSTALL_FAILED",
      `${path} was not changed (${reason}); close the DAW that uses it, or check its permissions`,
      {
        data: { path },
        cause,
      },
    );
  }
}

/** What is to be known of an installation that was carried out. */
export function entryOf(
  { location, folders }: InstallPlan,
  shipped: readonly ShippedFile[],
  before: Entry | undefined,
  version: string,
): Entry {
  const { label, root, below } = location;
  return {
    ...{ label, root, below: [...below], version },
    files: shipped.map(({ path, sha256 }) => ({ path, sha256 })),
    folders: [...new Set([...(before?.folders ?? []), ...folders])],
  };
}

/** The folders that were made for an installation, where nothing else is in them. */
export function removeFolders({ folders }: Pick<Entry, "folders">): void {
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      if (readdirSync(folder).length === 0) rmdirSync(folder);
    } catch {
      // Gone already, or somebody else's by now.
    }
  }
}

export function isSameLocation(a: ScriptLocation, b: ScriptLocation): boolean {
  return folderOf(a) === folderOf(b);
}
