/**
 * A connected client: its name, and how to notify it. Transports make sessions, the dispatcher
 * and the jobs use them.
 */
import { randomBytes } from "node:crypto";
import type { NotificationName, NotificationParams } from "../../protocol/methods.ts";

/** Bytes that may wait for a slow reader before progress is left out. */
export const SLOW_BYTES = 256 * 1024;
/** Bytes at which a reader that does not read is taken for gone. */
const STUCK_BYTES = 16 * 1024 * 1024;

/** What a session needs of its transport. */
export interface Wire {
  send(text: string): void;
  /** Bytes that were sent and not yet taken by the other side. */
  bufferedBytes(): number;
  /** End it when everything that was sent has been taken. */
  close(reason: string): void;
  /** End it at once. */
  destroy(): void;
  /** Take no more from the other side, and take again. */
  pause(): void;
  resume(): void;
}

export type Transport = "websocket" | "tcp" | "http" | "folder";

export class Session {
  readonly id = randomBytes(8).toString("hex");
  readonly transport: Transport;
  /** What fairness goes by: the connection, or the name that a client without one gives itself, else its address. */
  readonly clientKey: string;
  /** Set by initialize; of a client without a connection, its name for itself without the number at its end. */
  clientName: string;
  private readonly wire: Wire | undefined;
  private readonly controller = new AbortController();

  /** @param wire  none for clients that only ask */
  constructor(transport: Transport, wire?: Wire, clientKey?: string) {
    this.transport = transport;
    this.wire = wire;
    this.clientKey = clientKey ?? this.id;
    const [, own] = /^(?:name|folder):(.*?)(?:[._-]?\d+)?$/.exec(clientKey ?? "") ?? [];
    this.clientName = own || "unknown";
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
    // Progress is out of date by the time that a slow reader gets to it.
    if (method === "fill/progress" && this.wire.bufferedBytes() > SLOW_BYTES) return;
    this.tell(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Send a text; a reader for whom too much waits already is given up. */
  tell(text: string): void {
    if (this.wire === undefined || this.gone.aborted) return;
    if (this.wire.bufferedBytes() <= STUCK_BYTES) {
      this.wire.send(text);
      return;
    }
    // What it was sent would never be taken, so it is not waited for.
    this.wire.destroy();
    this.end();
  }

  /** Send it away, such as when the token that it gave is in force no more. */
  dismiss(reason: string): void {
    this.wire?.close(reason);
    this.end();
  }

  end(): void {
    this.controller.abort();
  }
}
