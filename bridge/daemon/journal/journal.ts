/**
 * The append-only record of requests, answers and what the musician kept, in numbered files in the user's folder.
 * Entries that come together are written together. Where they cannot be written they are tried again until they are,
 * and `problem` says why; fills go on meanwhile.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { homeFolder } from "../../instance/folders.ts";
import { AppendLog, LogChanged } from "../storage/append-log.ts";
import { syncFolder } from "../storage/durable-files.ts";
import { EMPTY_LOG, type LogEnd, readLines } from "../storage/lines.ts";
import { ifThereSync, pauseMs, reasonOf, systemCode } from "../storage/system-errors.ts";
import { WriteProblems } from "../storage/write-problems.ts";
import { type Entry, entrySchema, headOf, type NewEntry } from "./entries.ts";

/** Numbered, not dated: a clock may go back. */
const FILE = /^journal-(\d{6})\.jsonl$/;
/** A file of this size is followed by the next. */
const FILE_BYTES = 32 * 1024 * 1024;
/** The oldest go when there are more. */
const MAX_FILES = 32;
/** How long an answer waits for a journal that fails. */
const PATIENCE_MS = 2_000;
/** How long the start waits for a journal that cannot be read. */
const OPEN_MS = 1_000;
/** Of entries that wait for a journal that fails; the oldest go when there are more. */
const MOST_WAITING = 64 * 1024 * 1024;
const NAME = "journal";

export function journalFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), "journal");
}

interface Waiter {
  readonly target: number;
  readonly resolve: (isWritten: boolean) => void;
}

export class Journal {
  private readonly folder: string;
  private readonly problems: WriteProblems;
  /** Undefined until the files of earlier daemons are read. */
  private log: AppendLog | undefined;
  private number = 1;
  private readonly interrupted = new Set<string>();
  private waiting: string[] = [];
  private waitingCharacters = 0;
  private dropped = 0;
  /** Entries since the start, and how many of them are on the disk. */
  private appended = 0;
  private done = 0;
  private waiters: Waiter[] = [];
  private isRead = false;
  private work: Promise<void> | undefined;
  private failingSince: number | undefined;
  private isClosing = false;
  /** Why entries are not written. */
  problem: string | undefined;

  private constructor(folder: string, problems: WriteProblems) {
    [this.folder, this.problems] = [folder, problems];
  }

  /**
   * Open the journal and close what an earlier daemon left open.
   * @returns the jobs that were interrupted; where the journal cannot be read yet, they are found when it can
   */
  static async open(
    env: NodeJS.ProcessEnv,
    version: string,
    problems = new WriteProblems(),
  ): Promise<{ journal: Journal; interrupted: ReadonlySet<string> }> {
    const journal = new Journal(journalFolder(env), problems);
    journal.append({ type: "daemon", version });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, OPEN_MS);
    });
    await Promise.race([journal.work, late]);
    clearTimeout(timer);
    return { journal, interrupted: journal.interrupted };
  }

  /** Write an entry after those before it. */
  append(entry: NewEntry): void {
    const json = JSON.stringify({ ...entry, at: new Date().toISOString() });
    this.waiting.push(json);
    this.appended += 1;
    this.waitingCharacters += json.length;
    this.work ??= this.writeAll();
  }

  /**
   * Wait until every entry so far is on the disk. What a client is told to be begun or kept waits for it, so that a
   * daemon that is killed still knows of it.
   * @returns whether they are; false where the journal has failed for a while
   */
  written(): Promise<boolean> {
    const target = this.appended;
    if (this.done >= target) return Promise.resolve(true);
    if (this.hasFailedLong) return Promise.resolve(false);
    return new Promise((resolve) => this.waiters.push({ target, resolve }));
  }

  /** Resolves when everything is written, or has been tried once more. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.work;
  }

  private get hasFailedLong(): boolean {
    return this.failingSince !== undefined && performance.now() - this.failingSince > PATIENCE_MS;
  }

  private async writeAll(): Promise<void> {
    for (let attempt = 1; this.waiting.length > 0; attempt += 1) {
      // Entries of the same moment share a write.
      await Promise.resolve();
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(batch);
        this.succeeded(batch);
        attempt = 0;
      } catch (thrown) {
        this.waiting = [...batch, ...this.waiting];
        this.failed(thrown);
        if (this.isClosing || this.hasFailedLong) this.answer(() => false);
        if (this.isClosing) break;
        await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt)));
      }
    }
    // Not later: an entry that comes now must begin the work again.
    this.work = undefined;
  }

  private succeeded(batch: readonly string[]): void {
    this.waitingCharacters -= batch.reduce((sum, { length }) => sum + length, 0);
    [this.problem, this.failingSince, this.dropped] = [undefined, undefined, 0];
    this.problems.succeeded(NAME);
    this.done += batch.length;
    this.answer(({ target }) => (this.done >= target ? true : undefined));
  }

  /** @param outcome  undefined for those that wait on */
  private answer(outcome: (waiter: Waiter) => boolean | undefined): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      const isWritten = outcome(waiter);
      if (isWritten === undefined) this.waiters.push(waiter);
      else waiter.resolve(isWritten);
    }
  }

  private failed(thrown: unknown): void {
    if (thrown instanceof LogChanged) this.log = undefined;
    while (this.waitingCharacters > MOST_WAITING) {
      this.waitingCharacters -= this.waiting.shift()?.length ?? this.waitingCharacters;
      this.dropped += 1;
      this.done += 1;
    }
    const lost = this.dropped > 0 ? `; ${this.dropped} entries were dropped` : "";
    this.problem = `${reasonOf(thrown)}${lost}`;
    this.failingSince ??= performance.now();
    this.problems.failed(NAME, this.problem);
  }

  private async write(batch: readonly string[]): Promise<void> {
    let log = this.log ?? (await this.openLast());
    this.log = log;
    if (log.bytes >= FILE_BYTES) {
      this.number += 1;
      log = new AppendLog(this.pathOf(this.number));
      this.log = log;
      this.removeOldest();
    }
    await log.append(batch);
    if (this.isRead) return;
    this.isRead = true;
    for (const jobId of this.interrupted) this.append({ type: "interrupted", jobId });
  }

  /** Read what earlier daemons wrote, to go on after it. */
  private async openLast(): Promise<AppendLog> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await syncFolder(dirname(this.folder));
    const names = journalFiles(this.folder);
    this.number = names.length === 0 ? 1 : numberOf(names.at(-1) ?? "");
    const open = new Set<string>();
    let end: LogEnd = EMPTY_LOG;
    for (const name of names.slice(-2)) {
      end = EMPTY_LOG;
      for await (const line of readLines(join(this.folder, name))) {
        end = line.end;
        const { type, jobId } = line.isWhole ? headOf(line.json) : {};
        if (jobId === undefined) continue;
        if (type === "request") open.add(jobId);
        else open.delete(jobId);
      }
    }
    // Later they are jobs of this daemon, which are open because they run.
    if (!this.isRead) for (const jobId of open) this.interrupted.add(jobId);
    return new AppendLog(this.pathOf(this.number), end);
  }

  private pathOf(number: number): string {
    return join(this.folder, `journal-${String(number).padStart(6, "0")}.jsonl`);
  }

  private removeOldest(): void {
    try {
      for (const name of journalFiles(this.folder).slice(0, -MAX_FILES + 1)) {
        rmSync(join(this.folder, name), { force: true });
      }
    } catch {
      // They go with the next file.
    }
  }
}

/** Names of the journal's files, oldest first. @throws the system's errors, but ENOENT */
function journalFiles(folder: string): string[] {
  const names = ifThereSync(() => readdirSync(folder)) ?? [];
  return names.filter((name) => FILE.test(name)).sort();
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
    try {
      for await (const { json, isWhole } of readLines(join(folder, name))) {
        if (!isWhole) yield {};
        else if (isWanted(headOf(json))) yield { entry: entrySchema.parse(JSON.parse(json)) };
      }
    } catch (thrown) {
      // The oldest file may go while it is looked for.
      if (systemCode(thrown) !== "ENOENT") throw thrown;
    }
  }
}
