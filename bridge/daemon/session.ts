/**
 * A client that is connected: who it is, and how it is told things. Transports make sessions, the dispatcher
 * and the jobs use them.
 */
import { randomBytes } from "node:crypto";
import type { NotificationName, NotificationParams } from "../protocol/methods.ts";

/** Bytes that may wait for a slow reader before progress is left out. */
const SLOW_BYTES = 256 * 1024;
/** Bytes at which a reader that does not read is taken for gone. */
const STUCK_BYTES = 16 * 1024 * 1024;

/** What a session needs of its transport. */
export interface Wire {
  send(text: string): void;
  /** Bytes that were sent and not yet taken by the other side. */
  bufferedBytes(): number;
  close(reason: string): void;
}

export type Transport = "websocket" | "tcp" | "http" | "folder";

export class Session {
  readonly id = randomBytes(8).toString("hex");
  readonly transport: Transport;
  /** What fairness goes by: the connection, or the name that a client without one gives itself. */
  readonly clientKey: string;
  /** Set by initialize. */
  clientName = "unknown";
  private readonly wire: Wire | undefined;
  private readonly controller = new AbortController();

  /** @param wire  none for clients that only ask */
  constructor(transport: Transport, wire?: Wire, clientKey?: string) {
    this.transport = transport;
    this.wire = wire;
    this.clientKey = clientKey ?? this.id;
  }

  /** Aborts when the client is gone. */
  get gone(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether it hears notifications; others ask by fill/get. */
  get isListening(): boolean {
    return this.wire !== undefined && !this.gone.aborted;
  }

  notify<Name extends NotificationName>(method: Name, params: NotificationParams<Name>): void {
    if (this.wire === undefined || this.gone.aborted) return;
    const waiting = this.wire.bufferedBytes();
    // Progress is out of date by the time that a slow reader gets to it.
    if (method === "fill/progress" && waiting > SLOW_BYTES) return;
    if (waiting > STUCK_BYTES) {
      this.wire.close("the client does not read");
      this.end();
      return;
    }
    this.wire.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  end(): void {
    this.controller.abort();
  }
}
