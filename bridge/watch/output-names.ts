/**
 * Fills beside the song that they belong to: NAME.filled.mid, NAME.filled-2.mid and so on, never replacing another
 * file.
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, copyFile, link, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMidiName, withoutMidiEnding } from "../music/midi-files.ts";
import { outputError } from "../output-error.ts";

const OWN = /\.filled(-\d+)?$/i;

/** Whether a file is one that was written here, which is filled no further. */
export function isOwnOutput(name: string): boolean {
  return isMidiName(name) && OWN.test(withoutMidiEnding(name));
}

/** A fill is of the song's own kind: what is wrapped stays wrapped. @param number  from 1 */
export function outputName(song: string, number: number): string {
  const name = withoutMidiEnding(song);
  const ending = song.slice(name.length).toLowerCase();
  const mark = number === 1 ? "filled" : `filled-${number}`;
  return `${name}.${mark}${ending === ".midi" || ending === "" ? ".mid" : ending}`;
}

/**
 * Copy finished fills beside a song, each whole or not at all.
 * @param linkFile  how a second name is given to a file
 * @returns their names, in the same order, with the lowest numbers that are free
 * @throws BridgeError OUTPUT_*
 */
export async function copyBeside(
  song: string,
  fills: readonly string[],
  linkFile: typeof link = link,
): Promise<string[]> {
  const folder = dirname(song);
  const parts: string[] = [];
  const names: string[] = [];
  try {
    for (const fill of fills) {
      // No DAW takes it for a song before it has its name.
      const part = join(folder, `.${randomBytes(6).toString("hex")}.part`);
      parts.push(part);
      await copyFile(fill, part, constants.COPYFILE_EXCL);
    }
    let number = 1;
    for (const part of parts) {
      while (!(await take(part, join(folder, outputName(basename(song), number)), linkFile))) number += 1;
      names.push(outputName(basename(song), number));
      number += 1;
    }
    return names;
  } catch (cause) {
    throw outputError(join(folder, outputName(basename(song), names.length + 1)), cause);
  } finally {
    await Promise.all(parts.map((part) => rm(part, { force: true })));
  }
}

/** Give a file a name that is free. @returns whether it was */
async function take(part: string, path: string, linkFile: typeof link): Promise<boolean> {
  try {
    await linkFile(part, path);
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
  }
  // A file system without links, such as that of a memory stick, which every system says in another way.
  const isTaken = await access(path).then(
    () => true,
    () => false,
  );
  if (!isTaken) await rename(part, path);
  return !isTaken;
}
