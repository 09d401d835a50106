/**
 * A roll as a MIDI file: everything unchanged is identical byte for byte.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rewriteSong, writeSong } from "../../engine/song-file.ts";
import { withoutMidiEnding } from "../../music/midi-files.ts";
import { outputError } from "../../output-error.ts";
import type { Roll } from "./roll.ts";
import type { Shelf } from "./shelf.ts";

/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const MOST_CHARACTERS = 100;
const MOST_NUMBERS = 10_000;

/** @throws BridgeError NOTE_OVERLAP where notes of one pitch lie in each other, INPUT_*, OUTPUT_* */
export async function midiBytes(roll: Roll, shelf: Shelf): Promise<Buffer> {
  const { rollId, file, songNumber } = roll.facts;
  const input = shelf.basePath(rollId);
  if (file !== null && roll.changedTracks.size === 0) return readFile(input);
  const output = shelf.temporaryPath(rollId, randomBytes(6).toString("hex"));
  try {
    if (file === null) {
      const tracks = roll.song.tracks.map(({ channel: _, ...track }) => track);
      await writeSong({ ...roll.song, tracks }, output);
    } else {
      const added = new Set(roll.addedTracks.map(({ id }) => id));
      const tracks = [...roll.changedTracks]
        .filter((id) => !added.has(id))
        .map((id) => ({ track: Number(id), notes: roll.track(id).notes }));
      const newTracks = roll.addedTracks.map(({ id, name, channel, program }) => {
        return { name, channel, program, notes: roll.track(id).notes };
      });
      await rewriteSong({ input, output, shownAs: file, song: songNumber, tracks, newTracks });
    }
    return await readFile(output);
  } finally {
    rmSync(output, { force: true });
  }
}

/** The title as the name of a file, on any system. */
export function fileName({ facts: { title } }: Roll): string {
  const name = withoutMidiEnding(title)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be in a name
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+/g, " ")
    .replace(/\s+/g, " ")
    .slice(0, MOST_CHARACTERS)
    // Half a character, as it came or as it was cut, is in no file's name.
    .replace(/\p{Surrogate}/gu, "")
    .replace(/^[. ]+|[. ]+$/g, "");
  if (name === "") return "song.mid";
  return `${RESERVED.test(name) ? `_${name}` : name}.mid`;
}

/**
 * Write it under a name that was free, whole or not at all.
 * @returns its path @throws BridgeError as midiBytes, OUTPUT_*
 */
export async function exportFile(roll: Roll, shelf: Shelf, folder: string): Promise<string> {
  const bytes = await midiBytes(roll, shelf);
  const name = fileName(roll);
  const temporary = join(folder, `.continuo-${randomBytes(6).toString("hex")}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    await writeFile(temporary, bytes, { flag: "wx" });
    return await giveName(temporary, bytes, (number) =>
      join(folder, number === 1 ? name : name.replace(/\.mid$/, ` ${number}.mid`)),
    );
  } catch (cause) {
    throw outputError(join(folder, name), cause);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

async function giveName(temporary: string, bytes: Buffer, path: (number: number) => string): Promise<string> {
  for (let number = 1; number < MOST_NUMBERS; number += 1) {
    try {
      await link(temporary, path(number));
      return path(number);
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
      if (code === "EEXIST") continue;
      if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw cause;
      // A file system without links.
      if (await writeNew(path(number), bytes)) return path(number);
    }
  }
  throw new Error(`${MOST_NUMBERS} files of this name are there`);
}

/** @returns whether the name was free */
async function writeNew(path: string, bytes: Buffer): Promise<boolean> {
  try {
    await writeFile(path, bytes, { flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  }
}
