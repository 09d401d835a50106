/**
 * A client of the daemon, for Node and for pages: typed calls, notifications, fills that can be aborted, and
 * a connection that reconnects by itself.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import { BridgeError, hasCode } from "../bridge-error.ts";
import { LIMITS } from "../protocol/limits.ts";
import { METHODS, NOTIFICATIONS } from "../protocol/methods.ts";
import { untilAborted, waited } from "./abort.ts";
import { untilFree } from "./busy.ts";
import { Callbacks } from "./callbacks.ts";
import { Connection } from "./connection.ts";
import { type FillEvents, FillWatch } from "./fill-watch.ts";
import { type Filling, type FillProgress, ProgressFeed } from "./filling.ts";
import type {
  Candidate,
  FillRequest,
  FillResult,
  Job,
  MethodParams,
  MethodResults,
  Notifications,
} from "./generated/protocol.ts";
import { type ConnectionOptions, closed } from "./socket.ts";
import { fromEntry } from "./wire.ts";

export { AbortError } from "./abort.ts";
export type { Filling, FillProgress } from "./filling.ts";

export type MethodName = keyof MethodParams;
export type NotificationName = keyof Notifications;
export type ClientOptions = ConnectionOptions;

interface CallOptions {
  /** Stop waiting; what was asked may still be done. */
  signal?: AbortSignal | undefined;
}

export interface ResumeOptions extends FillEvents {
  /** Cancels the fill. */
  signal?: AbortSignal | undefined;
}

export interface FillOptions extends ResumeOptions {
  /** The daemon goes on with it when this client is gone, and this client comes back for it. */
  detached?: boolean | undefined;
  onStart?: ((jobId: string) => void) | undefined;
}

type Listener = (params: unknown) => void;

/** The options of a fill with nothing left open. */
interface HeardOptions {
  signal: AbortSignal | undefined;
  detached: boolean;
  /** Whether somebody looks at the progress; else the daemon is asked less often. */
  isWatched(): boolean;
  onStart(jobId: string): void;
  onProgress(progress: FillProgress): void;
  onCandidate(candidate: Candidate, index: number): void;
}

/** How often a fill is asked for whose notifications went to a connection that is no more. */
const ASK_MS = 250;
/** How long a daemon may be away before a fill is given up for lost. */
const AWAY_MS = 30_000;
const BUSY_MS = 30_000;

export class Client {
  private readonly connection: Connection;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly whenLost = new Set<(error: BridgeError) => void>();
  private readonly callbacks: Callbacks;
  private readonly busyMs: number;

  constructor(options: ClientOptions) {
    this.callbacks = new Callbacks(options.onCallbackError);
    this.busyMs = options.busyMs ?? BUSY_MS;
    const events = {
      onNotification: (method: string, params: unknown) => {
        for (const listener of [...(this.listeners.get(method) ?? [])]) listener(params);
      },
      onLost: (error: BridgeError) => {
        for (const reject of [...this.whenLost]) reject(error);
      },
    };
    this.connection = new Connection(options, events, this.callbacks);
  }

  /**
   * Connect and say who we are; nothing where that is done.
   * @throws BridgeError DAEMON_UNREACHABLE, DAEMON_NOT_RUNNING, TOKEN_*, PROTOCOL_MISMATCH, CLIENT_CLOSED
   */
  async connect(): Promise<void> {
    await this.connection.connect();
  }

  /**
   * Call a method; connects where there is no connection, and asks again where the daemon is busy.
   * @throws BridgeError the daemon's, those of connect, CONNECTION_LOST, ANSWER_INVALID; AbortError by the signal
   */
  async call<Name extends MethodName>(
    method: Name,
    params: MethodParams[Name],
    { signal }: CallOptions = {},
  ): Promise<MethodResults[Name]> {
    const isWanted = () => signal?.aborted !== true;
    return untilAborted(signal, () => untilFree(this.busyMs, isWanted, () => this.ask(method, params)));
  }

  /** Hear a notification, on this connection and those that follow. @returns what ends that */
  on<Name extends NotificationName>(name: Name, listener: (params: Notifications[Name]) => void): () => void {
    const heard: Listener = (params) => {
      const checked = NOTIFICATIONS[name].params.safeParse(params);
      if (checked.success) this.callbacks.call(listener, checked.data as Notifications[Name]);
    };
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(heard));
    return () => listeners.delete(heard);
  }

  /**
   * Fill a region: a promise of its notes, and its progress for `for await`. When the connection is lost, so is the
   * fill, unless it is detached and the client reconnects: then it is asked for until it is there.
   * @throws BridgeError the daemon's; CONNECTION_LOST, JOB_INTERRUPTED; AbortError when the signal aborts
   */
  fill(request: FillRequest, options: FillOptions = {}): Filling {
    const feed = new ProgressFeed();
    return feed.with(this.filled(request, this.heard(feed, options)));
  }

  /**
   * Come back for a fill by its id, of this client or another one.
   * @throws BridgeError as fill; JOB_NOT_FOUND once its result is no longer kept
   */
  resume(jobId: string, options: ResumeOptions = {}): Filling {
    const feed = new ProgressFeed();
    return feed.with(this.resumed(jobId, this.heard(feed, options)));
  }

  /** End the connection, and with it the fills that are not detached. */
  close(): void {
    this.connection.close();
    for (const reject of [...this.whenLost]) reject(closed());
  }

  /** Ends it where it was made by `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  private async ask<Name extends MethodName>(
    method: Name,
    params: MethodParams[Name],
  ): Promise<MethodResults[Name]> {
    const wire = await this.connection.connect();
    const checked = METHODS[method].result.safeParse(await wire.request(method, params));
    // The generated types are compared with the schemas' by a test.
    if (checked.success) return checked.data as MethodResults[Name];
    throw invalid(method);
  }

  /** The callbacks of a fill, none of which can fail; each candidate is reported once. */
  private heard(feed: ProgressFeed, options: FillOptions): HeardOptions {
    const { signal, detached = false, onStart, onProgress, onCandidate } = options;
    return {
      signal,
      detached,
      isWatched: () => onProgress !== undefined || feed.isWalked,
      onStart: (jobId) => this.callbacks.call(onStart, jobId),
      onProgress: (progress) => {
        feed.tell(progress);
        this.callbacks.call(onProgress, progress);
      },
      onCandidate: once((candidate, index) => this.callbacks.call(onCandidate, candidate, index)),
    };
  }

  private async filled(request: FillRequest, options: HeardOptions): Promise<FillResult> {
    const { signal, detached, onStart } = options;
    const watch = new FillWatch(this, options);
    let drop: (error: BridgeError) => void = () => {};
    const dropped = new Promise<never>((_, reject) => {
      drop = reject;
    });
    dropped.catch(() => {});
    let jobId: string | undefined;
    try {
      return await untilAborted(signal, async () => {
        // Lost between its start and its end; before, the call itself fails.
        this.whenLost.add(drop);
        const isWanted = () => signal?.aborted !== true;
        const start = () => this.ask("fill/start", { request, detached });
        const { jobId: id } = await untilFree(this.busyMs, isWanted, start);
        jobId = id;
        if (signal?.aborted) this.cancel(id);
        else onStart(id);
        watch.begin(id);
        return resultOf(await Promise.race([watch.ended, dropped]));
      });
    } catch (thrown) {
      if (jobId === undefined) throw thrown;
      if (signal?.aborted) this.cancel(jobId);
      else if (detached && this.connection.comesBack && isAway(thrown))
        return await this.resumed(jobId, options);
      throw thrown;
    } finally {
      this.whenLost.delete(drop);
      watch.stop();
    }
  }

  private async resumed(
    jobId: string,
    { signal, isWatched, onProgress, onCandidate }: HeardOptions,
  ): Promise<FillResult> {
    let seenAt = performance.now();
    // Whoever walks through the progress begins to, and is seen by isWatched.
    await Promise.resolve();
    try {
      for (;;) {
        const waitMs = isWatched() ? ASK_MS : LIMITS.waitMs / 3;
        const job = await this.call("fill/get", { jobId, waitMs }, { signal }).catch((thrown: unknown) => {
          const isPatient = this.connection.comesBack && performance.now() - seenAt < AWAY_MS;
          if (isAway(thrown) && isPatient) return undefined;
          throw thrown;
        });
        if (job === undefined) {
          await untilAborted(signal, () => waited(ASK_MS));
          continue;
        }
        seenAt = performance.now();
        if (job.state !== "queued" && job.state !== "running") {
          for (const [index, candidate] of job.result?.candidates.entries() ?? [])
            onCandidate(candidate, index);
          return resultOf(job);
        }
        onProgress(job);
      }
    } catch (thrown) {
      if (signal?.aborted) this.cancel(jobId);
      throw thrown;
    }
  }

  private cancel(jobId: string): void {
    // Whether it is heard or not, nobody waits for that fill any more.
    this.call("fill/cancel", { jobId }).catch(() => {});
  }
}

/** Each candidate, identified by its seed, is reported once, although resuming a fill names all of them. */
function once(tell: HeardOptions["onCandidate"]): HeardOptions["onCandidate"] {
  const reported = new Set<number>();
  return (candidate, index) => {
    if (reported.has(candidate.seed)) return;
    reported.add(candidate.seed);
    tell(candidate, index);
  };
}

/** Of a daemon that is not there, and may be again. */
function isAway(thrown: unknown): boolean {
  return hasCode(thrown, "CONNECTION_LOST", "DAEMON_UNREACHABLE", "DAEMON_NOT_RUNNING");
}

function resultOf({ result, error }: Job): FillResult {
  if (result !== null) return result;
  throw error === null ? invalid("fill/get") : fromEntry(error);
}

function invalid(method: string): BridgeError {
  return new BridgeError(
    "ANSWER_INVALID",
    `the daemon's answer to ${method} has another shape; bring daemon and client up to date`,
  );
}
