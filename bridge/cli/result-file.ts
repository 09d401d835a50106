/**
 * Files that a command writes itself, such as pictures and lists: written atomically, also to pipes and devices, and
 * overwriting only an earlier result of the same kind. The same rules as native/operations/src/files/output.rs has
 * for music.
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  copyFile,
  type FileHandle,
  link,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { outputError } from "../output-error.ts";

export interface ResultOptions {
  /** Replace whatever is there. */
  force?: boolean | undefined;
  /** Whether a text is a result of before, which nobody misses. */
  isEarlier: (text: string) => boolean;
}

export interface OutputWarning {
  code: string;
  message: string;
}

/** Longer texts are looked at only so far to see what they are. */
const HEAD_BYTES = 64 * 1024;

export class ResultFile {
  private readonly path: string;
  private readonly target: string;
  /** None where the bytes go straight into a device or a pipe. */
  private readonly temporary: string | undefined;
  private readonly handle: FileHandle;

  private constructor(path: string, target: string, temporary: string | undefined, handle: FileHandle) {
    [this.path, this.target, this.temporary, this.handle] = [path, target, temporary, handle];
  }

  /** @throws BridgeError OUTPUT_FOLDER_MISSING, OUTPUT_READ_ONLY, OUTPUT_IS_A_FOLDER, OUTPUT_FAILED */
  static async create(path: string): Promise<ResultFile> {
    try {
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
      if (found !== undefined && !found.isFile()) {
        return new ResultFile(path, path, undefined, await open(path, constants.O_WRONLY));
      }
      const target = await realpath(path).catch(() => path);
      const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.part`);
      return new ResultFile(path, target, temporary, await open(temporary, "wx", found?.mode ?? 0o666));
    } catch (cause) {
      throw outputError(path, cause);
    }
  }

  /** @throws BridgeError OUTPUT_DISK_FULL, OUTPUT_FAILED */
  async write(text: string): Promise<void> {
    try {
      await this.handle.write(text);
    } catch (cause) {
      throw outputError(this.path, cause);
    }
  }

  /**
   * Give the file its name.
   * @returns what happened to an existing file, if the user should know
   * @throws BridgeError OUTPUT_*
   */
  async finish(options: ResultOptions): Promise<OutputWarning[]> {
    try {
      if (this.temporary === undefined) {
        await this.handle.close();
        return [];
      }
      await this.handle.sync();
      await this.handle.close();
      const warnings = options.force ? [] : await keepOld(this.path, this.target, this.temporary, options);
      await rename(this.temporary, this.target);
      return warnings;
    } catch (cause) {
      throw outputError(this.path, cause);
    }
  }

  /** Leave nothing behind; also after a finish that failed. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => {});
    if (this.temporary !== undefined) await rm(this.temporary, { force: true });
  }
}

/** Write a text. @throws BridgeError OUTPUT_* */
export async function writeResult(
  path: string,
  text: string,
  options: ResultOptions,
): Promise<OutputWarning[]> {
  const file = await ResultFile.create(path);
  try {
    await file.write(text);
    return await file.finish(options);
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function keepOld(
  path: string,
  target: string,
  temporary: string,
  { isEarlier }: ResultOptions,
): Promise<OutputWarning[]> {
  const old = await readFile(target).catch(() => undefined);
  if (old === undefined || old.equals(await readFile(temporary))) return [];
  if (isEarlier(old.subarray(0, HEAD_BYTES).toString("utf8"))) {
    return [{ code: "OUTPUT_REPLACED", message: `${path} held an earlier result, which was replaced` }];
  }
  const backup = await backUp(target);
  return [
    {
      code: "OUTPUT_BACKED_UP",
      message: `${path} held something else, which is kept as ${backup}; --force replaces it`,
    },
  ];
}

/** Give a file a second name that was free. */
async function backUp(target: string): Promise<string> {
  const ending = extname(target);
  const stem = target.slice(0, target.length - ending.length);
  for (let number = 1; ; number += 1) {
    const backup = `${stem}.bak${number === 1 ? "" : `.${number}`}${ending}`;
    try {
      await link(target, backup);
      return backup;
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") continue;
    }
    try {
      // A file system without links.
      await copyFile(target, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
    }
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
