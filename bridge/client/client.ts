/**
 * A client of the daemon, for Node and for pages: typed calls, notifications, fills that can be aborted, and a
 * connection that comes back by itself.
 */
import { BridgeError, toBridgeError } from "../bridge-error.ts";
import type { Candidate, FillRequestInput, FillResult } from "../protocol/fill.ts";
import { rpcMessageSchema } from "../protocol/json-rpc.ts";
import {
  type JobEntry,
  METHODS,
  type MethodName,
  NOTIFICATIONS,
  type NotificationName,
  type NotificationParams,
  type ParamsInput,
  type Result,
} from "../protocol/methods.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";

/** The part of a WebSocket that is used; both the browser's and ws's have it. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
}

export interface ClientOptions {
  /** Told anew for each connection: a daemon that was started again may listen elsewhere. */
  endpoint: () => Promise<{ url: string; token?: string }> | { url: string; token?: string };
  createSocket: (url: string) => Socket;
  name: string;
  version?: string;
  /** Connect again when the connection is lost. */
  reconnect?: boolean;
  onConnection?: (isConnected: boolean) => void;
}

export interface FillOptions {
  signal?: AbortSignal;
  /** The daemon goes on with it when this client is gone. */
  detached?: boolean;
  onStart?: (jobId: string) => void;
  onProgress?: (progress: NotificationParams<"fill/progress">) => void;
  onCandidate?: (candidate: Candidate, index: number) => void;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: BridgeError) => void;
}

type Listener = (params: unknown) => void;

const RETRY_MS = [100, 250, 500, 1_000, 2_000];
const CONNECT_MS = 5_000;

export class Client {
  private readonly options: ClientOptions;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<NotificationName, Set<Listener>>();
  private socket: Socket | undefined;
  private connecting: Promise<void> | undefined;
  private nextId = 1;
  private attempts = 0;
  private isClosed = false;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  /**
   * Connect and say who we are.
   * @throws BridgeError DAEMON_UNREACHABLE, TOKEN_WRONG, PROTOCOL_MISMATCH
   */
  async connect(): Promise<void> {
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    await this.connecting;
  }

  /**
   * Call a method.
   * @throws BridgeError the daemon's, CONNECTION_LOST
   */
  async call<Name extends MethodName>(method: Name, params: ParamsInput<Name>): Promise<Result<Name>> {
    if (this.socket === undefined) await this.connect();
    const result = await this.send(method, params);
    const checked = METHODS[method].result.safeParse(result);
    if (checked.success) return checked.data as Result<Name>;
    throw new BridgeError(
      "ANSWER_INVALID",
      `the daemon's answer to ${method} has another shape; bring both up to date`,
    );
  }

  /** Hear a notification. @returns what ends that */
  on<Name extends NotificationName>(
    name: Name,
    listener: (params: NotificationParams<Name>) => void,
  ): () => void {
    const heard: Listener = (params) => {
      const checked = NOTIFICATIONS[name].params.safeParse(params);
      if (checked.success) listener(checked.data as NotificationParams<Name>);
    };
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(heard));
    return () => listeners.delete(heard);
  }

  /**
   * Fill a region and wait for its notes.
   * @throws BridgeError CANCELLED when the signal aborts; the daemon's; CONNECTION_LOST
   */
  async fill(request: FillRequestInput, options: FillOptions = {}): Promise<FillResult> {
    const { signal, onStart, onProgress, onCandidate } = options;
    if (signal?.aborted) throw cancelled();
    const early: JobEntry[] = [];
    let jobId: string | undefined;
    let settle: ((job: JobEntry) => void) | undefined;
    // Notifications may come before the answer that names the job.
    const stops = [
      this.on("fill/progress", (progress) => progress.jobId === jobId && onProgress?.(progress)),
      this.on("fill/candidate", (told) => told.jobId === jobId && onCandidate?.(told.candidate, told.index)),
      this.on("fill/end", (job) => (settle === undefined ? early.push(job) : settle(job))),
    ];
    const cancel = () => {
      if (jobId !== undefined) void this.call("fill/cancel", { jobId }).catch(() => {});
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const started = await this.call("fill/start", { request, detached: options.detached ?? false });
      jobId = started.jobId;
      onStart?.(jobId);
      if (signal?.aborted) cancel();
      const job = await new Promise<JobEntry>((resolve, reject) => {
        settle = (ended) => ended.jobId === jobId && resolve(ended);
        for (const ended of early) settle(ended);
        this.lost.add(reject);
        stops.push(() => this.lost.delete(reject));
      });
      if (job.result !== null) return job.result;
      throw job.error === null ? cancelled() : fromEntry(job.error);
    } finally {
      signal?.removeEventListener("abort", cancel);
      for (const stop of stops) stop();
    }
  }

  close(): void {
    this.isClosed = true;
    this.socket?.close();
    this.drop();
  }

  private readonly lost = new Set<(error: BridgeError) => void>();

  private async open(): Promise<void> {
    const { endpoint, createSocket, name, version } = this.options;
    const { url, token } = await endpoint();
    const socket = createSocket(`${url.replace(/^http/, "ws")}/v1/ws`);
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(unreachable(url));
      const timer = setTimeout(fail, CONNECT_MS);
      socket.onopen = () => {
        clearTimeout(timer);
        resolve();
      };
      socket.onclose = fail;
      socket.onerror = fail;
    });
    this.socket = socket;
    socket.onmessage = ({ data }) => this.receive(String(data));
    socket.onerror = () => {};
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.drop();
      this.again();
    };
    const client = { name, ...(version === undefined ? {} : { version }) };
    try {
      await this.send("initialize", {
        protocolVersion: PROTOCOL_VERSION,
        client,
        ...(token === undefined ? {} : { token }),
      });
    } catch (thrown) {
      this.socket = undefined;
      socket.close();
      throw thrown;
    }
    this.attempts = 0;
    this.options.onConnection?.(true);
  }

  private again(): void {
    if (this.isClosed || !this.options.reconnect) return;
    const delay = RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)];
    this.attempts += 1;
    setTimeout(() => {
      if (!this.isClosed && this.socket === undefined) this.connect().catch(() => this.again());
    }, delay);
  }

  private drop(): void {
    const wasConnected = this.socket !== undefined;
    this.socket = undefined;
    const error = new BridgeError("CONNECTION_LOST", "the connection to the daemon was lost; ask again", {
      retryable: true,
    });
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    for (const reject of this.lost) reject(error);
    if (wasConnected) this.options.onConnection?.(false);
  }

  private send(method: string, params: unknown): Promise<unknown> {
    const { socket } = this;
    if (socket === undefined) throw unreachable("the daemon");
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  private receive(text: string): void {
    let message: ReturnType<typeof rpcMessageSchema.safeParse>;
    try {
      message = rpcMessageSchema.safeParse(JSON.parse(text));
    } catch {
      return;
    }
    if (!message.success) return;
    const { data } = message;
    if ("method" in data) {
      if (Object.hasOwn(NOTIFICATIONS, data.method)) {
        for (const listener of this.listeners.get(data.method as NotificationName) ?? [])
          listener(data.params);
      }
      return;
    }
    const pending = typeof data.id === "number" ? this.pending.get(data.id) : undefined;
    if (pending === undefined || typeof data.id !== "number") return;
    this.pending.delete(data.id);
    if ("error" in data) {
      const { code, message: what, data: entry } = data.error;
      pending.reject(entry === undefined ? new BridgeError(`RPC_${Math.abs(code)}`, what) : fromEntry(entry));
    } else {
      pending.resolve(data.result);
    }
  }
}

function fromEntry({ code, message, data, retryable }: NonNullable<JobEntry["error"]>): BridgeError {
  return new BridgeError(code, message, { data, retryable });
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was changed");
}

function unreachable(where: string): BridgeError {
  return toBridgeError(
    new BridgeError("DAEMON_UNREACHABLE", `${where} does not answer; start it with continuo serve --detach`, {
      retryable: true,
    }),
  );
}
