/**
 * A watched folder for scripts without network: a request is a file that is renamed into it, its answer a file
 * of the same name with another ending.
 *
 *   NAME.request.json   a JSON-RPC request, written under another name and renamed
 *   NAME.response.json  or NAME.response.txt where the request says "format": "lines"
 *   NAME.cancel         asks that the request be given up
 *
 * Whoever can write here is the user: the folder is 0700, links and files of others are refused.
 */
import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { lstat, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { checkRequest, errorResponse, idOf, parseMessage } from "../../protocol/json-rpc.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { linesOfError, linesOfResult } from "../../protocol/lines.ts";
import { isMethod } from "../../protocol/methods.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { Metrics } from "../metrics.ts";
import { Session } from "../session.ts";

const REQUEST = /^([A-Za-z0-9._-]{1,100})\.request\.json$/;
const CANCEL = /^([A-Za-z0-9._-]{1,100})\.cancel$/;
/** Not every file system tells of changes. */
const POLL_MS = 500;
/** Answers that nobody fetched. */
const STALE_MS = 60 * 60 * 1000;

export interface FolderOptions {
  dispatcher: Dispatcher;
  metrics: Metrics;
}

export class WatchedFolder {
  readonly path: string;
  private readonly options: FolderOptions;
  private readonly atWork = new Map<string, AbortController>();
  private readonly session = new Session("folder", undefined, "folder");
  private readonly poller: NodeJS.Timeout;
  private watcher: FSWatcher | undefined;
  private isScanning = false;
  private isAskedAgain = false;

  /** @throws the file system's error where the folder cannot be made */
  constructor(path: string, options: FolderOptions) {
    [this.path, this.options] = [path, options];
    mkdirSync(path, { recursive: true, mode: 0o700 });
    try {
      this.watcher = watch(path, () => void this.scan());
      this.watcher.on("error", () => this.watcher?.close());
    } catch {
      // Polling alone, then.
    }
    this.poller = setInterval(() => void this.scan(), POLL_MS);
    this.poller.unref();
    void this.scan();
  }

  close(): void {
    clearInterval(this.poller);
    this.watcher?.close();
    for (const controller of this.atWork.values()) controller.abort();
    this.session.end();
  }

  private async scan(): Promise<void> {
    if (this.isScanning) {
      this.isAskedAgain = true;
      return;
    }
    this.isScanning = true;
    try {
      const names = await readdir(this.path).catch(() => []);
      for (const name of names) {
        const cancelled = CANCEL.exec(name)?.[1];
        if (cancelled !== undefined) {
          this.atWork.get(cancelled)?.abort();
          await rm(join(this.path, name), { force: true });
        }
        const request = REQUEST.exec(name)?.[1];
        if (request !== undefined && !this.atWork.has(request)) void this.serve(request, name);
        if (name.includes(".response.")) await this.forgetStale(name);
      }
    } finally {
      this.isScanning = false;
      if (this.isAskedAgain) {
        this.isAskedAgain = false;
        void this.scan();
      }
    }
  }

  private async serve(base: string, file: string): Promise<void> {
    const controller = new AbortController();
    this.atWork.set(base, controller);
    this.options.metrics.message("folder");
    let [isLines, method, id]: [boolean, string, ReturnType<typeof idOf>] = [false, "", null];
    let [text, ending] = ["", "json"];
    try {
      const value = parseMessage(await this.read(join(this.path, file)));
      id = idOf(value);
      // "format" stands beside the envelope's own fields and is not one of them.
      const { format, ...envelope } = value as { format?: unknown };
      isLines = format === "lines";
      const request = checkRequest(envelope);
      method = request.method;
      const result = await this.options.dispatcher.call(
        method,
        request.params ?? {},
        this.session,
        controller.signal,
      );
      text =
        isLines && isMethod(method)
          ? linesOfResult(method, result)
          : JSON.stringify({ jsonrpc: "2.0", id, result });
    } catch (thrown) {
      const error = toBridgeError(thrown);
      text = isLines ? linesOfError(error.code, error.message) : JSON.stringify(errorResponse(id, error));
    }
    if (isLines) ending = "txt";
    const answer = join(this.path, `${base}.response.${ending}`);
    try {
      await writeFile(`${answer}.part`, text, { mode: 0o600 });
      await rename(`${answer}.part`, answer);
    } catch {
      await rm(`${answer}.part`, { force: true }).catch(() => {});
    }
    await rm(join(this.path, file), { force: true }).catch(() => {});
    this.atWork.delete(base);
  }

  /** @throws BridgeError FILE_FORBIDDEN, MESSAGE_TOO_LARGE */
  private async read(path: string): Promise<string> {
    const link = await lstat(path);
    if (!link.isFile()) {
      throw new BridgeError(
        "FILE_FORBIDDEN",
        "a request must be a plain file; links and folders are not read",
      );
    }
    const file = await open(path, "r");
    try {
      const found = await file.stat();
      // The file that was opened must be the one that was looked at.
      const isSame = found.ino === link.ino && found.dev === link.dev;
      const isOwn = process.getuid === undefined || found.uid === process.getuid();
      if (!isSame || !isOwn) {
        throw new BridgeError("FILE_FORBIDDEN", "the request is a file of another user; it is not read");
      }
      if (found.size > LIMITS.bodyBytes) {
        throw new BridgeError(
          "MESSAGE_TOO_LARGE",
          `the request has ${found.size} bytes, the limit is ${LIMITS.bodyBytes}; send less context`,
          { data: { limit: LIMITS.bodyBytes } },
        );
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  }

  private async forgetStale(name: string): Promise<void> {
    const path = join(this.path, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
}
