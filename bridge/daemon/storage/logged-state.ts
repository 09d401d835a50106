/**
 * A value in memory that changes only after its change is on the disk, as in a database: changes that come
 * together are written together, one batch after the other. A write that fails is tried again; where it fails for
 * long, the changes are refused, and neither memory nor disk has them.
 */
import { copyFile, link, unlink } from "node:fs/promises";
import { BridgeError } from "../../bridge-error.ts";
import { AppendLog, LogChanged } from "./append-log.ts";
import { replaceDurably } from "./durable-files.ts";
import { EMPTY_LOG, type LogEnd, lineOf } from "./lines.ts";
import { pauseMs, reasonOf, systemCode } from "./system-errors.ts";
import type { WriteProblems } from "./write-problems.ts";

/** How long a client waits for a write that fails before its change is refused. */
const PATIENCE_MS = 3_000;
/** How often a file that failed is tried when no change waits. */
const PROBE_MS = 1_000;
/** A log is rewritten when it is this long, and this many times as long as what it says. */
const COMPACT_BYTES = 4 * 1024 * 1024;
const COMPACT_RATIO = 3;

/** What a value must be able to do. */
export interface Form<State> {
  /** A copy to change. */
  draft(state: State): State;
  /** Make the value equal to its changed copy. */
  adopt(state: State, draft: State): void;
  /** Lines from which the whole value can be read. */
  snapshot(state: State): string[];
  /** A line that changes nothing. */
  same(state: State): string;
}

/** How a log was found. */
export interface FoundLog {
  end: LogEnd;
  /** Written anew before the next change: it is damaged, or the value was read from files of an older kind. */
  isStale: boolean;
  /** Kept under another name. */
  isDamaged: boolean;
  /** Files whose content the log has once it is written. */
  replaces: readonly string[];
}

export const NEW_LOG: FoundLog = { end: EMPTY_LOG, isStale: false, isDamaged: false, replaces: [] };

interface Waiting<State> {
  /** @returns the line of a change, undefined where nothing changed, and how to answer */
  readonly make: (draft: State) => { line: string | undefined; accept: () => void };
  readonly refuse: (thrown: unknown) => void;
}

export class LoggedState<State> {
  readonly state: State;
  private readonly path: string;
  private readonly name: string;
  private readonly form: Form<State>;
  private readonly problems: WriteProblems;
  private log: AppendLog;
  private found: FoundLog;
  private waiting: Waiting<State>[] = [];
  private work: Promise<void> | undefined;
  private probe: NodeJS.Timeout | undefined;
  private snapshotBytes = 0;
  private refusal: (() => BridgeError) | undefined;
  private isClosing = false;

  /** @param name  of the file, as problems show it */
  constructor(
    state: State,
    file: { path: string; name: string; found: FoundLog },
    form: Form<State>,
    problems: WriteProblems,
  ) {
    [this.state, this.form, this.problems] = [state, form, problems];
    [this.path, this.name, this.found] = [file.path, file.name, file.found];
    this.log = new AppendLog(file.path, file.found.end);
  }

  /** Whether changes are being written. */
  get isBusy(): boolean {
    return this.work !== undefined;
  }

  /**
   * Change the value.
   * @param change  changes a copy, or throws and leaves it alone; gives its line for the log
   * @returns the answer, once the change is on the disk
   * @throws what `change` throws, and CHANGE_NOT_WRITTEN
   */
  change<Answer>(change: (draft: State) => { answer: Answer; line: string | undefined }): Promise<Answer> {
    return new Promise((resolve, refuse) => {
      const make = (draft: State) => {
        const { answer, line } = change(draft);
        return { line, accept: () => resolve(answer) };
      };
      this.waiting.push({ make, refuse });
      this.work ??= this.writeAll();
    });
  }

  /** Refuse changes from now on, also those that wait; what is being written is tried once more. */
  async end(refusal: () => BridgeError): Promise<void> {
    this.refusal = refusal;
    clearTimeout(this.probe);
    this.problems.succeeded(this.name);
    await this.work;
    this.problems.succeeded(this.name);
  }

  /** Resolves when everything that waits is on the disk, or refused. */
  async close(): Promise<void> {
    clearTimeout(this.probe);
    this.isClosing = true;
    await this.work;
    clearTimeout(this.probe);
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      // Changes of the same moment share a batch.
      await Promise.resolve();
      const batch = this.waiting;
      this.waiting = [];
      await this.writeBatch(batch);
    }
    // Not later: a change that comes now must begin the work again.
    this.work = undefined;
  }

  private async writeBatch(batch: readonly Waiting<State>[]): Promise<void> {
    const draft = this.form.draft(this.state);
    const [lines, made]: [string[], { accept: () => void; refuse: (thrown: unknown) => void }[]] = [[], []];
    for (const { make, refuse } of batch) {
      try {
        if (this.refusal !== undefined) throw this.refusal();
        const { line, accept } = make(draft);
        if (line !== undefined) lines.push(line);
        made.push({ accept, refuse });
      } catch (thrown) {
        refuse(thrown);
      }
    }
    try {
      if (lines.length > 0) await this.write(lines);
    } catch (thrown) {
      for (const { refuse } of made) refuse(thrown);
      return;
    }
    this.form.adopt(this.state, draft);
    for (const { accept } of made) accept();
    await this.compact();
  }

  /** @throws BridgeError CHANGE_NOT_WRITTEN once it is certain that the lines will not be read again */
  private async write(lines: readonly string[]): Promise<void> {
    const begun = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const reason = await this.attempt(lines);
      if (reason === undefined) return;
      const isOver = performance.now() - begun > PATIENCE_MS || this.isClosing || this.refusal !== undefined;
      if (isOver) {
        const isTakenBack = await this.isTakenBack();
        if (this.refusal !== undefined) throw this.refusal();
        if (isTakenBack) throw this.notWritten(reason);
        if (this.isClosing) throw notKnown(reason);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt)));
    }
  }

  private notWritten(reason: string): BridgeError {
    this.probeLater();
    return new BridgeError(
      "CHANGE_NOT_WRITTEN",
      `nothing was changed, since it cannot be written to the disk (${reason}); free some space, or fix the permissions of ${this.path}, and try again`,
      { data: { path: this.path, reason }, retryable: true },
    );
  }

  /** @returns why it failed */
  private async attempt(lines: readonly string[]): Promise<string | undefined> {
    try {
      if (this.found.isStale) await this.rewrite();
      await this.log.append(lines);
      this.problems.succeeded(this.name);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof LogChanged) this.found = { ...this.found, isStale: true, isDamaged: true };
      const reason = reasonOf(thrown);
      this.problems.failed(this.name, reason);
      return reason;
    }
  }

  private async isTakenBack(): Promise<boolean> {
    try {
      await this.log.takeBack();
      return true;
    } catch (thrown) {
      // Without the file, or with another one, there is nothing of ours left.
      return systemCode(thrown) === "ENOENT" || thrown instanceof LogChanged;
    }
  }

  private probeLater(): void {
    clearTimeout(this.probe);
    if (this.isClosing) return;
    this.probe = setTimeout(() => {
      const done = () => {};
      const make = () => ({ line: this.form.same(this.state), accept: done });
      this.waiting.push({ make, refuse: done });
      this.work ??= this.writeAll();
    }, PROBE_MS);
    this.probe.unref();
  }

  /** The value as it is, in place of the log. */
  private async rewrite(): Promise<void> {
    let [text, sum] = ["", ""];
    for (const json of this.form.snapshot(this.state)) {
      const next = lineOf(sum, json);
      sum = next.sum;
      text += next.line;
    }
    if (this.found.isDamaged) {
      const kept = `${this.path}.damaged-${Date.now().toString(36)}`;
      await keepAs(this.path, kept);
    }
    const content = Buffer.from(text);
    await replaceDurably(this.path, content);
    const { replaces } = this.found;
    this.log = new AppendLog(this.path, { bytes: content.length, sum, isClosed: true });
    [this.found, this.snapshotBytes] = [NEW_LOG, content.length];
    for (const path of replaces) await unlink(path).catch(() => {});
  }

  private async compact(): Promise<void> {
    if (this.refusal !== undefined) return;
    if (this.log.bytes < Math.max(COMPACT_BYTES, COMPACT_RATIO * this.snapshotBytes)) return;
    try {
      await this.rewrite();
    } catch {
      // The long log is still right; the next attempt comes when it has grown by as much again.
      this.snapshotBytes = this.log.bytes;
    }
  }
}

/** Of a daemon that ends while even cutting a file fails. */
function notKnown(reason: string): BridgeError {
  return new BridgeError(
    "SHUTTING_DOWN",
    `the daemon is shutting down, and the disk fails (${reason}): whether this was changed is seen when it is started again`,
    { data: { reason }, retryable: true },
  );
}

/** Give a file a second name, where the file system has none a copy. */
async function keepAs(path: string, kept: string): Promise<void> {
  try {
    await link(path, kept);
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "EEXIST") return;
    await copyFile(path, kept);
  }
}
