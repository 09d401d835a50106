/**
 * Our files in other programs' folders: compared by their bytes, written atomically, never through a link that
 * leads out of the host's folder.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import type { ScriptLocation } from "./location.ts";

/** A file as it is shipped. */
export interface ShippedFile {
  /** Names of folders and file, joined by slashes. */
  path: string;
  bytes: Buffer;
  sha256: string;
}

/**
 * Everything in a folder and the folders below.
 * @param build  what makes them in a clone
 * @throws BridgeError HOST_FILES_MISSING
 */
export function readShipped(folder: string, build = "npm run build"): ShippedFile[] {
  const paths = existsSync(folder) ? pathsBelow(folder) : [];
  if (paths.length > 0) {
    return paths.map((path) => {
      const bytes = readFileSync(join(folder, path));
      return { path, bytes, sha256: sha256Of(bytes) };
    });
  }
  throw new BridgeError(
    "HOST_FILES_MISSING",
    `${folder} has no files to install; run ${build} in a clone, or npm install -g continuo again`,
    { data: { folder } },
  );
}

function pathsBelow(folder: string, above = ""): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = `${above}${entry.name}`;
    if (entry.isDirectory()) return pathsBelow(join(folder, entry.name), `${path}/`);
    return entry.isFile() ? [path] : [];
  });
  return paths.sort();
}

export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What is at a path: the hash of a plain file's bytes; a link is another's, whatever it leads to. */
export function lookAt(
  path: string,
): { kind: "none" | "folder" | "other" } | { kind: "file"; sha256: string } {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { kind: "none" };
  if (found.isDirectory()) return { kind: "folder" };
  return found.isFile() ? { kind: "file", sha256: sha256Of(readFileSync(path)) } : { kind: "other" };
}

/** Where a location's files lie. */
export function folderOf({ root, below }: ScriptLocation): string {
  return join(root, ...below);
}

/**
 * The folders of a file below a location's root that are not there yet, outermost first.
 * @throws BridgeError HOST_LINK where one of them is a link out of the root, INSTALL_FAILED where one is a file
 */
export function missingFolders({ root, below }: ScriptLocation, path: string): string[] {
  const inside = existsSync(root) ? realpathSync(root) : root;
  const missing: string[] = [];
  let folder = root;
  for (const name of ["", ...below, ...path.split("/").slice(0, -1)]) {
    folder = join(folder, name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined) missing.push(folder);
    else if (found.isSymbolicLink() && name !== "") checkLink(folder, inside);
    else if (!found.isDirectory() && !found.isSymbolicLink()) throw inTheWay(folder, "a file");
  }
  return missing;
}

export function inTheWay(path: string, what: string): BridgeError {
  return new BridgeError("INSTALL_FAILED", `${path} is ${what}; move it away`, { data: { path } });
}

function checkLink(folder: string, inside: string): void {
  const target = existsSync(folder) ? realpathSync(folder) : undefined;
  if (target === inside || target?.startsWith(`${inside}${sep}`)) return;
  throw new BridgeError(
    "HOST_LINK",
    `${folder} is a link to ${target ?? "nowhere"}, outside of ${inside}, and is not followed; name the folder that it leads to: --to FOLDER`,
    { data: { folder, target: target ?? null } },
  );
}

/** Write under another name, then rename: a link there is replaced, not followed. */
export function writeWhole(path: string, bytes: Buffer): void {
  const part = join(dirname(path), `.${randomBytes(6).toString("hex")}.part`);
  try {
    const file = openSync(part, "wx", 0o644);
    try {
      writeSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

export function makeFolders(folders: readonly string[]): void {
  for (const folder of folders) mkdirSync(folder, { recursive: true });
}

/** A name beside a file that nothing has: NAME.bak, NAME.bak2 and so on. No host reads such files. */
export function backupNameOf(path: string): string {
  for (let number = 1; ; number++) {
    const name = `${path}.bak${number === 1 ? "" : number}`;
    if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return name;
  }
}
