/**
 * The append-only record of requests, answers and what the musician kept: a file a month in the user's folder.
 * It never fails a fill: where it cannot be written, it says so in `problem` and tries again with the next entry.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { homeFolder } from "../../engine/places.ts";
import { type Entry, entrySchema, type NewEntry } from "./entries.ts";
import { lineOf, readLines } from "./journal-file.ts";

const FILE = /^journal-\d{4}-\d{2}\.jsonl$/;
const NEWLINE = 10;

export function journalFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), "journal");
}

export class Journal {
  private readonly folder: string;
  private file: FileHandle | undefined;
  private fileName = "";
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
      const last = files(journal.folder).slice(-2);
      for (const name of last) {
        for await (const { entry } of readEntries(join(journal.folder, name))) {
          if (entry?.type === "request") interrupted.add(entry.jobId);
          else if (entry !== undefined && "jobId" in entry) interrupted.delete(entry.jobId);
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
    const at = new Date();
    const json = JSON.stringify({ ...entry, at: at.toISOString() });
    this.work = this.work.then(async () => {
      try {
        await this.write(json, `journal-${at.toISOString().slice(0, 7)}.jsonl`);
        this.problem = undefined;
      } catch (thrown) {
        this.problem = thrown instanceof Error ? thrown.message : String(thrown);
        // What was written of the line, if anything, is closed off when the file is opened again.
        await this.file?.close().catch(() => {});
        this.file = undefined;
      }
    });
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.work;
    await this.file?.close().catch(() => {});
    this.file = undefined;
  }

  private async write(json: string, name: string): Promise<void> {
    if (this.file === undefined || name !== this.fileName) await this.openFile(name);
    const { sum, line } = lineOf(this.sum, json);
    await this.file?.appendFile(line);
    this.sum = sum;
  }

  private async openFile(name: string): Promise<void> {
    await this.file?.close();
    const path = join(this.folder, name);
    let sum = "";
    for await (const line of readLines(path)) sum = line.sum;
    const file = await open(path, "a+", 0o600);
    const { size } = await file.stat();
    if (size > 0) {
      const end = Buffer.alloc(1);
      await file.read(end, 0, 1, size - 1);
      if (end[0] !== NEWLINE) await file.appendFile("\n");
    }
    [this.file, this.fileName, this.sum] = [file, name, sum];
  }
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE.test(name))
      .sort();
  } catch {
    return [];
  }
}

export interface ReadEntry {
  number: number;
  /** None where the line is damaged. */
  entry?: Entry;
}

export async function* readEntries(path: string): AsyncGenerator<ReadEntry> {
  for await (const { number, json, isWhole } of readLines(path)) {
    yield isWhole ? { number, entry: entrySchema.parse(JSON.parse(json)) } : { number };
  }
}

/** Every entry of every month, oldest first. */
export async function* readJournal(env: NodeJS.ProcessEnv = process.env): AsyncGenerator<ReadEntry> {
  const folder = journalFolder(env);
  for (const name of files(folder)) yield* readEntries(join(folder, name));
}
