/**
 * A file of lines with checksums that only grows. An append is on the disk when it returns; one that failed leaves
 * nothing behind, since the next attempt first cuts the file to where it was.
 *
 * The file is open during a write only: thousands of songs need no handles.
 */
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./durable-files.ts";
import { EMPTY_LOG, type LogEnd, lineOf } from "./lines.ts";

/** The file is not as this program left it: gone, cut, or longer. */
export class LogChanged extends Error {}

export class AppendLog {
  readonly path: string;
  private end: LogEnd;
  /** Whether the folder's entry of the file may not be on the disk yet. */
  private isUnnamed: boolean;
  /** Whether a failed append may have left bytes after the end. */
  private isTorn = false;

  /** @param end  of the file as it was read; nothing where there is no file */
  constructor(path: string, end: LogEnd = EMPTY_LOG) {
    [this.path, this.end] = [path, end];
    this.isUnnamed = end.bytes === 0;
  }

  get bytes(): number {
    return this.end.bytes;
  }

  /** @throws LogChanged, and the system's errors; then none of the lines will be read again */
  async append(jsons: readonly string[]): Promise<void> {
    let [{ sum }, text] = [this.end, this.end.isClosed ? "" : "\n"];
    for (const json of jsons) {
      const next = lineOf(sum, json);
      sum = next.sum;
      text += next.line;
    }
    const content = Buffer.from(text);
    await this.withFile(async (file) => {
      this.isTorn = true;
      await file.appendFile(content);
      await file.datasync();
    });
    this.isTorn = false;
    this.end = { bytes: this.end.bytes + content.length, sum, isClosed: true };
  }

  /** Remove what a failed append left. @throws the system's errors */
  async takeBack(): Promise<void> {
    if (this.isTorn) await this.withFile(async () => {});
  }

  private async withFile(work: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = await open(this.path, "a", 0o600);
    try {
      await this.cutToEnd(file);
      if (this.isUnnamed) {
        await syncFolder(dirname(this.path));
        this.isUnnamed = false;
      }
      await work(file);
    } finally {
      // The data is on the disk already; a failing close changes nothing about that.
      await file.close().catch(() => {});
    }
  }

  private async cutToEnd(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    if (size < this.end.bytes || (size > this.end.bytes && !this.isTorn)) {
      throw new LogChanged(`${this.path} was changed or removed by another program`);
    }
    if (size > this.end.bytes) {
      await file.truncate(this.end.bytes);
      await file.datasync();
    }
    this.isTorn = false;
  }
}
