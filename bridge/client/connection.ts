/**
 * A connection that reconnects by itself: holds the current wire, and opens the next one when it ends.
 */
import { BridgeError } from "../bridge-error.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import type { Callbacks } from "./callbacks.ts";
import { type ConnectionOptions, closed, lost, type Socket, unreachable } from "./socket.ts";
import { Wire } from "./wire.ts";

const RETRY_MS = [100, 250, 500, 1_000, 2_000];
/** Codes of a daemon that answers and says no. */
const REFUSED = /^(TOKEN_|PROTOCOL_)/;

interface ConnectionEvents {
  onNotification(method: string, params: unknown): void;
  onLost(error: BridgeError): void;
}

export class Connection {
  private readonly options: ConnectionOptions;
  private readonly events: ConnectionEvents;
  private readonly callbacks: Callbacks;
  /** Being opened, or in force. */
  private wire: Wire | undefined;
  private isReady = false;
  private connecting: Promise<Wire> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private isClosed = false;

  constructor(options: ConnectionOptions, events: ConnectionEvents, callbacks: Callbacks) {
    [this.options, this.events, this.callbacks] = [options, events, callbacks];
  }

  get comesBack(): boolean {
    return this.options.reconnect === true && !this.isClosed;
  }

  /**
   * The current wire; opened if there is none, once for all concurrent callers.
   * @throws BridgeError DAEMON_UNREACHABLE, DAEMON_NOT_RUNNING, TOKEN_*, PROTOCOL_MISMATCH, CLIENT_CLOSED
   */
  async connect(): Promise<Wire> {
    if (this.isClosed) throw closed();
    if (this.isReady && this.wire !== undefined) return this.wire;
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  /** End it for good. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.retry);
    this.wire?.end(closed());
  }

  private async open(): Promise<Wire> {
    const { endpoint, createSocket, name, version, onConnection } = this.options;
    const { url, token } = await endpoint();
    if (this.isClosed) throw closed();
    const socket = create(createSocket, url);
    const wire: Wire = new Wire(socket, url, {
      onNotification: this.events.onNotification,
      onEnd: (error) => this.ended(wire, error),
    });
    this.wire = wire;
    try {
      await wire.opened;
      const client = { name, ...(version === undefined ? {} : { version }) };
      const hello = { protocolVersion: PROTOCOL_VERSION, client, ...(token === undefined ? {} : { token }) };
      await wire.request("initialize", hello);
    } catch (thrown) {
      wire.end(lost());
      throw thrown;
    }
    this.isReady = true;
    this.attempts = 0;
    this.callbacks.call(onConnection, true);
    return wire;
  }

  private ended(wire: Wire, error: BridgeError): void {
    if (this.wire !== wire) return;
    const wasReady = this.isReady;
    [this.wire, this.isReady] = [undefined, false];
    if (!wasReady) return;
    this.events.onLost(error);
    this.callbacks.call(this.options.onConnection, false);
    this.again();
  }

  private again(): void {
    if (!this.comesBack) return;
    const delay = RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)];
    this.attempts += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.connect().catch((thrown: unknown) => {
        if (thrown instanceof BridgeError && REFUSED.test(thrown.code)) {
          this.callbacks.call(this.options.onRefused, thrown);
        }
        this.again();
      });
    }, delay);
  }
}

function create(createSocket: ConnectionOptions["createSocket"], url: string): Socket {
  try {
    return createSocket(`${url.replace(/^http/, "ws")}/v1/ws`);
  } catch {
    // An invalid address.
    throw unreachable(url);
  }
}
