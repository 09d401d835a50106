/**
 * A watched folder for scripts without network: a request is a file that is renamed into it, its answer a file
 * of the same name with another ending.
 *
 *   NAME.request.json   a JSON-RPC request, written under another name and renamed
 *   NAME.response.json  or NAME.response.txt where the request says "format": "lines"
 *   NAME.cancel         asks that the request be given up; with a text in it, nobody waits for the answer
 *
 * Whoever can write here is the user: the folder is 0700, links and files of others are refused.
 */
import { constants, type FSWatcher, mkdirSync, statSync, watch } from "node:fs";
import { lstat, open, readdir, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { errorResponse } from "../../protocol/json-rpc.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Metrics } from "../jobs/metrics.ts";
import type { Dispatcher } from "../messages/dispatcher.ts";
import { Session } from "../messages/session.ts";

const REQUEST = /^([A-Za-z0-9._-]{1,100})\.request\.json$/;
const CANCEL = /^([A-Za-z0-9._-]{1,100})\.cancel$/;
/** Not every file system tells of changes. */
const POLL_MS = 500;
/** Answers that nobody fetched. */
const STALE_MS = 60 * 60 * 1000;
/** Requests that are answered side by side. */
const AT_ONCE = 64;
/** Clients that take turns separately. */
const CLIENTS = 256;
/** Windows has neither. */
const { O_NOFOLLOW: NO_FOLLOW = 0, O_NONBLOCK: NO_WAIT = 0 } = constants;

interface FolderOptions {
  dispatcher: Dispatcher;
  metrics: Metrics;
  /** Hears of a file that could not be dealt with, once for each. */
  onTrouble(reason: string): void;
}

export class WatchedFolder {
  readonly path: string;
  private readonly options: FolderOptions;
  private readonly atWork = new Map<string, AbortController>();
  private readonly refused = new Set<string>();
  /** Files whose trouble was reported and that are still there. */
  private readonly troubled = new Set<string>();
  /** Requests at work whose answer nobody will fetch. */
  private readonly unwanted = new Set<string>();
  private readonly sessions = new Map<string, Session>();
  private readonly poller: NodeJS.Timeout;
  private watcher: FSWatcher | undefined;
  private isScanning = false;
  private isAskedAgain = false;

  /**
   * @throws BridgeError FOLDER_SHARED where others could put requests into it; the file system's error where it
   * cannot be made
   */
  constructor(path: string, options: FolderOptions) {
    [this.path, this.options] = [path, options];
    mkdirSync(path, { recursive: true, mode: 0o700 });
    checkIsOwn(path);
    try {
      this.watcher = watch(path, () => this.look());
      this.watcher.on("error", () => this.watcher?.close());
    } catch {
      // Polling alone, then.
    }
    this.poller = setInterval(() => this.look(), POLL_MS);
    this.poller.unref();
    this.look();
  }

  close(): void {
    clearInterval(this.poller);
    this.watcher?.close();
    for (const controller of this.atWork.values()) controller.abort();
    for (const session of this.sessions.values()) session.end();
  }

  private look(): void {
    this.scan().catch((thrown) => this.report(this.path, thrown));
  }

  private async scan(): Promise<void> {
    if (this.isScanning) {
      this.isAskedAgain = true;
      return;
    }
    this.isScanning = true;
    try {
      const names = await readdir(this.path).catch((): string[] => []);
      const there = new Set(names);
      for (const name of this.refused) if (!there.has(name)) this.refused.delete(name);
      for (const name of this.troubled) if (!there.has(name)) this.troubled.delete(name);
      // One that cannot be dealt with does not keep the others waiting.
      for (const name of names) await this.take(name).catch((thrown) => this.report(name, thrown));
    } finally {
      this.isScanning = false;
      if (this.isAskedAgain) {
        this.isAskedAgain = false;
        this.look();
      }
    }
  }

  /** Do what a file asks for. */
  private async take(name: string): Promise<void> {
    const cancelled = CANCEL.exec(name)?.[1];
    if (cancelled !== undefined && !this.refused.has(name)) await this.cancel(cancelled, name);
    const request = REQUEST.exec(name)?.[1];
    const isNew = request !== undefined && !this.atWork.has(request) && !this.refused.has(name);
    // Those that are too many now lie there until others are done.
    if (isNew && this.atWork.size < AT_ONCE) {
      this.serve(request, name).catch((thrown) => this.report(name, thrown));
    }
    if (name.includes(".response.")) await this.forgetStale(name);
  }

  private async cancel(base: string, name: string): Promise<void> {
    const found = await lstat(join(this.path, name)).catch(() => undefined);
    const atWork = this.atWork.get(base);
    if (atWork !== undefined && found !== undefined && found.size > 0) this.unwanted.add(base);
    atWork?.abort();
    // The answer was written at the same moment, and the client that cancelled has already looked for it.
    if (atWork === undefined) await this.forgetAnswer(base);
    await this.remove(name);
  }

  /** What cannot be removed, such as a folder, is dealt with once. */
  private async remove(name: string): Promise<void> {
    await removeFile(join(this.path, name)).catch((thrown) => {
      this.refused.add(name);
      this.report(name, thrown);
    });
  }

  private report(name: string, thrown: unknown): void {
    if (this.troubled.has(name)) return;
    this.troubled.add(name);
    this.options.onTrouble(`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }

  private async serve(base: string, file: string): Promise<void> {
    const controller = new AbortController();
    this.atWork.set(base, controller);
    this.options.metrics.message("folder");
    let [text, isLines] = ["", false];
    try {
      const bytes = await this.read(join(this.path, file));
      // It was answered, or taken back, after the folder was looked at.
      if (bytes === undefined) {
        this.atWork.delete(base);
        this.unwanted.delete(base);
        return;
      }
      const session = this.sessionOf(base);
      const answer = await this.options.dispatcher.answerInFormat([bytes], session, {
        gone: controller.signal,
      });
      // A script that waits for a file gets one also for what has no answer.
      [text, isLines] = [answer.text ?? "null", answer.isLines];
    } catch (thrown) {
      text = JSON.stringify(errorResponse(null, toBridgeError(thrown)));
    }
    const answer = join(this.path, `${base}.response.${isLines ? "txt" : "json"}`);
    try {
      await removeFile(`${answer}.part`);
      // Never through a link that somebody put there.
      await writeFile(`${answer}.part`, text, { mode: 0o600, flag: "wx" });
      await rename(`${answer}.part`, answer);
    } catch (thrown) {
      this.report(`${base}.response`, thrown);
      await removeFile(`${answer}.part`).catch(() => {});
    }
    await this.remove(file);
    this.atWork.delete(base);
    if (this.unwanted.delete(base)) await this.forgetAnswer(base);
    this.look();
  }

  /** A script counts its requests, so names that differ in a number at their end alone are of one client. */
  private sessionOf(base: string): Session {
    const client = base.replace(/[._-]?\d+$/, "");
    const session = this.sessions.get(client) ?? new Session("folder", undefined, `folder:${client}`);
    this.sessions.delete(client);
    this.sessions.set(client, session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > CLIENTS && oldest !== undefined) this.sessions.delete(oldest);
    return session;
  }

  /**
   * The file, unless it is gone.
   * @throws BridgeError FILE_FORBIDDEN, MESSAGE_TOO_LARGE
   */
  private async read(path: string): Promise<Buffer | undefined> {
    const link = await lstat(path).catch(() => undefined);
    if (link === undefined) return undefined;
    if (!link.isFile()) {
      throw new BridgeError(
        "FILE_FORBIDDEN",
        "a request must be a plain file; links and folders are not read",
      );
    }
    // It may be a link or a pipe by now: the first is not followed, the second not waited for.
    const file = await open(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT);
    try {
      const found = await file.stat();
      // The file that was opened must be the one that was looked at.
      const isSame = found.ino === link.ino && found.dev === link.dev;
      const isOwn = process.getuid === undefined || found.uid === process.getuid();
      if (!isSame || !isOwn) {
        throw new BridgeError("FILE_FORBIDDEN", "the request file belongs to another user; it was not read");
      }
      if (found.size > LIMITS.bodyBytes) {
        throw new BridgeError(
          "MESSAGE_TOO_LARGE",
          `the request has ${found.size} bytes, the limit is ${LIMITS.bodyBytes}; send less context`,
          { data: { limit: LIMITS.bodyBytes } },
        );
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  private async forgetAnswer(base: string): Promise<void> {
    for (const ending of ["json", "txt"]) {
      await removeFile(join(this.path, `${base}.response.${ending}`)).catch(() => {});
    }
  }

  private async forgetStale(name: string): Promise<void> {
    const path = join(this.path, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() === false && Date.now() - found.mtimeMs > STALE_MS) await removeFile(path);
  }
}

/** A file that may be gone already; never a folder, as `rm` would where one comes at that moment. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) throw thrown;
  }
}

/** @throws BridgeError FOLDER_SHARED where others could put requests into it */
export function checkIsOwn(path: string): void {
  // Windows has no such bits: there the folder in the user's profile is what keeps others out.
  if (process.getuid === undefined) return;
  const { uid, mode } = statSync(path);
  if (uid === process.getuid() && (mode & 0o022) === 0) return;
  throw new BridgeError(
    "FOLDER_SHARED",
    `others can write into ${path}, the folder of requests; name one that is yours alone as "folder" in config.json`,
    { data: { path } },
  );
}
