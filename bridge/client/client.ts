/**
 * A client of the daemon, for Node and for pages: typed calls, notifications, fills that can be aborted, and a
 * connection that comes back by itself.
 */
import { BridgeError } from "../bridge-error.ts";
import { LIMITS } from "../protocol/limits.ts";
import { METHODS, NOTIFICATIONS } from "../protocol/methods.ts";
import { untilAborted, waited } from "./abort.ts";
import { Connection } from "./connection.ts";
import { type FillEvents, FillWatch } from "./fill-watch.ts";
import type {
  FillRequest,
  FillResult,
  Job,
  MethodParams,
  MethodResults,
  Notifications,
} from "./generated/protocol.ts";
import { type ConnectionOptions, closed } from "./socket.ts";
import { fromEntry } from "./wire.ts";

export type MethodName = keyof MethodParams;
export type NotificationName = keyof Notifications;
export type ClientOptions = ConnectionOptions;

export interface CallOptions {
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

/** How often a fill is asked for whose notifications went to a connection that is no more. */
const ASK_MS = 250;
/** How long a daemon may be away before a fill is given up for lost. */
const AWAY_MS = 30_000;
/** Codes of a daemon that is not there, and may be again. */
const AWAY = new Set(["CONNECTION_LOST", "DAEMON_UNREACHABLE", "DAEMON_NOT_RUNNING"]);

export class Client {
  private readonly connection: Connection;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly whenLost = new Set<(error: BridgeError) => void>();

  constructor(options: ClientOptions) {
    this.connection = new Connection(options, {
      onNotification: (method, params) => {
        for (const listener of [...(this.listeners.get(method) ?? [])]) listener(params);
      },
      onLost: (error) => {
        for (const reject of [...this.whenLost]) reject(error);
      },
    });
  }

  /**
   * Connect and say who we are; nothing where that is done.
   * @throws BridgeError DAEMON_UNREACHABLE, DAEMON_NOT_RUNNING, TOKEN_*, PROTOCOL_MISMATCH, CLIENT_CLOSED
   */
  async connect(): Promise<void> {
    await this.connection.connect();
  }

  /**
   * Call a method; connects where there is no connection.
   * @throws BridgeError the daemon's, those of connect, CONNECTION_LOST, ANSWER_INVALID, CANCELLED by the signal
   */
  async call<Name extends MethodName>(
    method: Name,
    params: MethodParams[Name],
    { signal }: CallOptions = {},
  ): Promise<MethodResults[Name]> {
    return untilAborted(signal, async () => {
      const wire = await this.connection.connect();
      const checked = METHODS[method].result.safeParse(await wire.request(method, params));
      // The generated types are compared with the schemas' by a test.
      if (checked.success) return checked.data as MethodResults[Name];
      throw invalid(method);
    });
  }

  /** Hear a notification, on this connection and those that follow. @returns what ends that */
  on<Name extends NotificationName>(name: Name, listener: (params: Notifications[Name]) => void): () => void {
    const heard: Listener = (params) => {
      const checked = NOTIFICATIONS[name].params.safeParse(params);
      if (!checked.success) return;
      try {
        listener(checked.data as Notifications[Name]);
      } catch (thrown) {
        // The fault of one listener is not the others'; it is reported as any that nobody catches.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    };
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(heard));
    return () => listeners.delete(heard);
  }

  /**
   * Fill a region and wait for its notes. When the connection is lost, so is the fill, unless it is detached and
   * the client reconnects: then it is asked for until it is there.
   * @throws BridgeError CANCELLED when the signal aborts; the daemon's; CONNECTION_LOST, JOB_INTERRUPTED
   */
  async fill(request: FillRequest, options: FillOptions = {}): Promise<FillResult> {
    const { signal, detached = false, onStart } = options;
    const events = { ...options, onCandidate: once(options.onCandidate) };
    const watch = new FillWatch(this, events);
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
        const { jobId: id } = await this.call("fill/start", { request, detached });
        jobId = id;
        if (signal?.aborted) this.cancel(id);
        else onStart?.(id);
        watch.begin(id);
        return resultOf(await Promise.race([watch.ended, dropped]));
      });
    } catch (thrown) {
      if (jobId === undefined) throw thrown;
      if (signal?.aborted) this.cancel(jobId);
      else if (detached && this.connection.comesBack && isAway(thrown))
        return await this.resume(jobId, events);
      throw thrown;
    } finally {
      this.whenLost.delete(drop);
      watch.stop();
    }
  }

  /**
   * Come back for a fill by its id, of this client or another one.
   * @throws BridgeError as fill; JOB_NOT_FOUND once its result is no longer kept
   */
  async resume(jobId: string, { signal, onProgress, onCandidate }: ResumeOptions = {}): Promise<FillResult> {
    const waitMs = onProgress === undefined ? LIMITS.waitMs / 3 : ASK_MS;
    let seenAt = performance.now();
    try {
      for (;;) {
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
            onCandidate?.(candidate, index);
          return resultOf(job);
        }
        onProgress?.(job);
      }
    } catch (thrown) {
      if (signal?.aborted) this.cancel(jobId);
      throw thrown;
    }
  }

  /** End the connection, and with it the fills that are not detached. */
  close(): void {
    this.connection.close();
    for (const reject of [...this.whenLost]) reject(closed());
  }

  private cancel(jobId: string): void {
    // Whether it is heard or not, nobody waits for that fill any more.
    this.call("fill/cancel", { jobId }).catch(() => {});
  }
}

/** Each candidate, known by its seed, is told once, though a fill that is come back for names all of them. */
function once(tell: FillOptions["onCandidate"]): FillOptions["onCandidate"] {
  const told = new Set<number>();
  return (candidate, index) => {
    if (told.has(candidate.seed)) return;
    told.add(candidate.seed);
    tell?.(candidate, index);
  };
}

function isAway(thrown: unknown): boolean {
  return thrown instanceof BridgeError && AWAY.has(thrown.code);
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
