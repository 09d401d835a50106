/**
 * Files that are on the disk, not only in the system's memory, when the call returns.
 */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Write a new file, or the whole of an old one. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Write a file beside its old one and put it in that one's place: there is always one of the two, whole. */
export async function replaceDurably(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeDurably(part, content);
    await rename(part, path);
  } catch (thrown) {
    await rm(part, { force: true }).catch(() => {});
    throw thrown;
  }
  await syncFolder(dirname(path));
}

/** Names that were given and taken in a folder. Windows has no such call, and writes names at once. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
