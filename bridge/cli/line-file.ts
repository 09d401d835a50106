/**
 * A file of lines that appears under its name only when it is complete.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outputError } from "../output-error.ts";

export class LineFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws BridgeError OUTPUT_FOLDER_MISSING, OUTPUT_READ_ONLY, OUTPUT_FAILED */
  static async create(path: string): Promise<LineFile> {
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.part`);
    try {
      return new LineFile(path, temporary, await open(temporary, "wx"));
    } catch (cause) {
      throw outputError(path, cause);
    }
  }

  /** @throws BridgeError OUTPUT_DISK_FULL, OUTPUT_FAILED */
  async write(line: string): Promise<void> {
    try {
      await this.#handle.write(`${line}\n`);
    } catch (cause) {
      throw outputError(this.#path, cause);
    }
  }

  /** Give the file its name. @throws BridgeError OUTPUT_* */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.#path);
    } catch (cause) {
      throw outputError(this.#path, cause);
    }
  }

  /** Leave nothing behind; also after a finish that failed. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#temporary, { force: true });
  }
}
