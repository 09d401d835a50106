/**
 * The append-only record of requests, answers and what the musician kept, in numbered files in the user's folder.
 * It never fails a fill: where it cannot be written, it says so in `problem` and tries again with the next entry.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { homeFolder } from "../../instance/folders.ts";
import { type Entry, entrySchema, headOf, type NewEntry } from "./entries.ts";
import { lineOf, readLines } from "./journal-file.ts";

/** Numbered, not dated: a clock may go back. */
const FILE = /^journal-(\d{6})\.jsonl$/;
/** A file of this size is followed by the next. */
const FILE_BYTES = 32 * 1024 * 1024;
/** The oldest go when there are more. */
const MAX_FILES = 32;
const NEWLINE = 10;

export function journalFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), "journal");
}

export class Journal {
  private readonly folder: string;
  private file: FileHandle | undefined;
  private number = 1;
  private bytes = 0;
  private sum = "";
  private work: Promise<void> = Promise.resolve();
  /** Why the last entry was not written. */
  problem: string | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Open the journal and close what an earlier daemon left open.
   * @returns the jobs that were interrupted
   */
  static async open(
    env: NodeJS.ProcessEnv,
    version: string,
  ): Promise<{ journal: Journal; interrupted: Set<string> }> {
    const journal = new Journal(journalFolder(env));
    const interrupted = new Set<string>();
    try {
      mkdirSync(journal.folder, { recursive: true, mode: 0o700 });
      const names = journalFiles(journal.folder);
      journal.number = Math.max(1, names.length === 0 ? 1 : numberOf(names.at(-1) ?? ""));
      for (const name of names.slice(-2)) {
        for await (const { json, isWhole } of readLines(join(journal.folder, name))) {
          const { type, jobId } = isWhole ? headOf(json) : {};
          if (jobId === undefined) continue;
          if (type === "request") interrupted.add(jobId);
          else interrupted.delete(jobId);
        }
      }
    } catch (thrown) {
      journal.problem = String(thrown);
    }
    journal.append({ type: "daemon", version });
    for (const jobId of interrupted) journal.append({ type: "interrupted", jobId });
    return { journal, interrupted };
  }

  /** Write an entry after those before it. */
  append(entry: NewEntry): void {
    const json = JSON.stringify({ ...entry, at: new Date().toISOString() });
    this.work = this.work.then(async () => {
      try {
        await this.write(json);
        this.problem = undefined;
      } catch (thrown) {
        this.problem = thrown instanceof Error ? thrown.message : String(thrown);
        // What was written of the line, if anything, is closed off when the file is opened again.
        await this.file?.close().catch(() => {});
        this.file = undefined;
      }
    });
  }

  /**
   * Resolves when every entry so far is in the file, or `problem` says why not. What a client is told to be begun or
   * kept waits for it, so that a daemon that is killed still knows of it.
   */
  async written(): Promise<void> {
    await this.work;
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.work;
    await this.file?.close().catch(() => {});
    this.file = undefined;
  }

  private async write(json: string): Promise<void> {
    if (this.bytes >= FILE_BYTES) await this.turn();
    this.file ??= await this.openFile();
    const { sum, line } = lineOf(this.sum, json);
    await this.file.appendFile(line);
    this.sum = sum;
    this.bytes += Buffer.byteLength(line);
  }

  /** Go on in the next file. */
  private async turn(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    this.number += 1;
    for (const name of journalFiles(this.folder).slice(0, -MAX_FILES + 1)) {
      rmSync(join(this.folder, name), { force: true });
    }
  }

  private async openFile(): Promise<FileHandle> {
    const path = join(this.folder, `journal-${String(this.number).padStart(6, "0")}.jsonl`);
    let sum = "";
    for await (const line of readLines(path)) sum = line.sum;
    const file = await open(path, "a+", 0o600);
    const { size } = await file.stat();
    if (size > 0) {
      const end = Buffer.alloc(1);
      await file.read(end, 0, 1, size - 1);
      if (end[0] !== NEWLINE) await file.appendFile("\n");
    }
    [this.sum, this.bytes] = [sum, size];
    return file;
  }
}

/** Names of the journal's files, oldest first. */
function journalFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE.test(name))
      .sort();
  } catch {
    return [];
  }
}

function numberOf(name: string): number {
  return Number(FILE.exec(name)?.[1] ?? 1);
}

interface ReadEntry {
  /** None where the line is damaged. */
  entry?: Entry;
}

/**
 * Every entry, oldest first.
 * @param isWanted  looks at kind and job before an entry, which may be large, is parsed
 */
export async function* readJournal(
  env: NodeJS.ProcessEnv = process.env,
  isWanted: (head: ReturnType<typeof headOf>) => boolean = () => true,
): AsyncGenerator<ReadEntry> {
  const folder = journalFolder(env);
  for (const name of journalFiles(folder)) {
    for await (const { json, isWhole } of readLines(join(folder, name))) {
      if (!isWhole) yield {};
      else if (isWanted(headOf(json))) yield { entry: entrySchema.parse(JSON.parse(json)) };
    }
  }
}
