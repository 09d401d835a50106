/**
 * Data to train on: folders of the user, and files that a page sent.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { opendir } from "node:fs/promises";
import { extname, isAbsolute, join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { readDatasetInfo } from "../../engine/dataset.ts";
import { isMidiName } from "../../music/midi-files.ts";
import type { Params, Result } from "../../protocol/methods.ts";
import type { DatasetReport } from "../../protocol/training.ts";
import { checkFileName, type TrainingFolders } from "./training-folders.ts";

/** Entries that a check looks through; the training itself reads all. */
const MOST_ENTRIES = 20_000;

/** @throws BridgeError FOLDER_NOT_FOUND unless it is an absolute path of a folder */
export function checkFolder(path: string): void {
  let isFolder = false;
  try {
    isFolder = isAbsolute(path) && statSync(path).isDirectory();
  } catch {
    // Not there, or not to be seen.
  }
  if (isFolder) return;
  throw new BridgeError(
    "FOLDER_NOT_FOUND",
    `${path} is not a folder on this machine; give the whole path of one, such as /home/me/Music/midi`,
    { data: { path } },
  );
}

/** How many MIDI files are under a folder. @throws BridgeError FOLDER_NOT_FOUND */
export async function countFiles(path: string): Promise<Result<"dataset/check">> {
  checkFolder(path);
  const folders = [path];
  let [files, entries] = [0, 0];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        entries += 1;
        if (entry.isDirectory()) folders.push(join(folder, entry.name));
        else if (entry.isFile() && isMidiName(entry.name)) files += 1;
        if (entries >= MOST_ENTRIES) break;
      }
    } catch {
      // A folder that may not be read is not learnt from either.
    }
    if (entries >= MOST_ENTRIES) return { path, files, isAll: false };
  }
  return { path, files, isAll: true };
}

/** @throws BridgeError NAME_INVALID, DATASET_IO */
export function addFiles(
  { name, files }: Params<"dataset/add">,
  folders: TrainingFolders,
): Result<"dataset/add"> {
  const folder = folders.files(name);
  for (const file of files) checkFileName(file.name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of files) writeFile(folder, file.name, Buffer.from(file.bytes, "base64"));
    return { name, files: readdirSync(folder).length };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("DATASET_IO", `${folder} cannot be written (${reason}); free some space`, {
      data: { path: folder },
      cause,
    });
  }
}

/** Two files of one name in two folders are both kept. */
function writeFile(folder: string, name: string, bytes: Buffer): void {
  let path = join(folder, name);
  if (existsSync(path)) {
    if (readFileSync(path).equals(bytes)) return;
    const ending = extname(name);
    const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    path = join(folder, `${name.slice(0, -ending.length)} ${mark}${ending}`);
  }
  writeFileSync(`${path}.part`, bytes, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

/** @throws BridgeError DATASET_* */
export async function reportOf(data: string): Promise<DatasetReport> {
  const {
    version: _,
    hash: _hash,
    folders: _folders,
    licence: _licence,
    ...report
  } = await readDatasetInfo(data);
  return report;
}
