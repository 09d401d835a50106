/**
 * Results, written where nobody else can reach and then put into an allowed folder: by handles of the folders on the
 * way (openat(2)), so that a folder which is exchanged for a link meanwhile leads nowhere else.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { outputError } from "../output-error.ts";

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;
/** Linux lets a path begin at an open folder; elsewhere the folder is looked at again before and after. */
const HANDLES = "/proc/self/fd";
const hasHandles = process.platform === "linux" && existsSync(HANDLES);

/**
 * @param root       an allowed folder, in its real place
 * @param path       below it, in its real place
 * @param staged     the file whose bytes go there
 * @param overwrite  replace what is there
 * @throws BridgeError OUTPUT_*, FILE_FORBIDDEN where the way to it has changed
 */
export function placeFile(root: string, path: string, staged: string, overwrite: boolean): void {
  const bytes = readFileSync(staged);
  const folder = openFolder(root, dirname(path), path);
  const inFolder = (name: string) =>
    hasHandles ? join(HANDLES, String(folder), name) : join(dirname(path), name);
  const [target, part] = [inFolder(basename(path)), inFolder(`.${randomBytes(6).toString("hex")}.part`)];
  try {
    writeNew(part, bytes);
    if (!hasHandles) checkUnchanged(folder, path);
    if (overwrite) renameSync(part, target);
    else linkOrRename(part, target);
    if (!hasHandles) checkUnchanged(folder, path);
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    if (codeOf(cause) === "EEXIST") throw exists(path);
    throw outputError(path, cause);
  } finally {
    rmSync(part, { force: true });
    if (folder !== undefined) closeSync(folder);
  }
}

function exists(path: string): BridgeError {
  return new BridgeError("OUTPUT_EXISTS", `${path} exists; choose another name, or ask to overwrite it`, {
    data: { path },
  });
}

/** A handle of the folder, reached from the root by folders alone. */
function openFolder(root: string, folder: string, path: string): number | undefined {
  // Windows gives no handles of folders.
  if (process.platform === "win32") return undefined;
  const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  let handle: number | undefined;
  try {
    handle = openSync(root, flags);
    if (!hasHandles) {
      closeSync(handle);
      return openSync(folder, flags);
    }
    for (const name of relative(root, folder).split(sep).filter(Boolean)) {
      const next: number = openSync(join(HANDLES, String(handle), name), flags);
      closeSync(handle);
      handle = next;
    }
    return handle;
  } catch (cause) {
    if (handle !== undefined) closeSync(handle);
    if (codeOf(cause) === "ELOOP" || codeOf(cause) === "ENOTDIR") throw changed(path);
    throw outputError(path, cause);
  }
}

/** The folder of the path is still the one that was opened, and still where it was. */
function checkUnchanged(folder: number | undefined, path: string): void {
  const where = dirname(path);
  const now = lstatSync(where);
  const isSame =
    folder === undefined || (({ dev, ino }) => dev === now.dev && ino === now.ino)(fstatSync(folder));
  if (!isSame || !now.isDirectory() || realpathSync(where) !== where) throw changed(path);
}

function writeNew(path: string, bytes: Buffer): void {
  const file = openSync(path, "wx", 0o666);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Unlike a rename, a link never replaces anything. */
function linkOrRename(part: string, target: string): void {
  try {
    linkSync(part, target);
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") throw cause;
    // A file system without links.
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw exists(target);
    renameSync(part, target);
  }
}

function changed(path: string): BridgeError {
  return new BridgeError(
    "FILE_FORBIDDEN",
    `a folder of ${path} was exchanged for something else; nothing was written`,
    {
      data: { path },
    },
  );
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
