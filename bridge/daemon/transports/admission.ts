/**
 * Who may keep a connection. One that has not shown the token is a stranger: there are few of them, for a short time and
 * with few bytes, and they never take the room of clients that have shown it.
 */
import type { Socket } from "node:net";
import { BridgeError } from "../../bridge-error.ts";
import { LIMITS } from "../../protocol/limits.ts";

export const STRANGER_LIMITS = {
  /** Strangers that stay for longer than `settleMs`; the oldest give way to those that come. */
  kept: 64,
  /** A client that shows the token does so within a few milliseconds, and many may come at once. */
  settleMs: 300,
  /** All of them, in a burst. */
  burst: 256,
  /** From the first packet on, whatever is sent; half a second more than a client has that is told so. */
  totalMs: LIMITS.handshakeMs + 500,
  /** Received by all of them together; those with the most give way. */
  bytes: 16 * 1024 * 1024,
} as const;

/** How often they are looked at: a sender needs longer than this for the bytes that they may have. */
const LOOK_MS = 20;
const RETRY_MS = 1_000;

interface Stranger {
  socket: Socket;
  since: number;
}

export class Admission {
  /** By the two ends of the connection: behind TLS there are two sockets for one. The oldest are first. */
  private readonly unknown = new Map<string, Stranger>();
  private readonly known = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Immediate | undefined;

  /** Connections that have not shown the token. */
  get strangers(): number {
    return this.unknown.size;
  }

  /** Take a connection as it comes, below TLS. */
  accept(socket: Socket): void {
    const ends = endsOf(socket);
    this.unknown.set(ends, { socket, since: performance.now() });
    socket.once("close", () => {
      this.unknown.delete(ends);
      this.known.delete(ends);
      if (this.unknown.size === 0) this.stopLooking();
    });
    const [oldest] = this.unknown.keys();
    if (this.unknown.size > STRANGER_LIMITS.burst && oldest !== undefined) this.drop(oldest);
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    if (this.unknown.size > STRANGER_LIMITS.kept) this.lookSoon();
  }

  /**
   * It has shown the token, or what stands for it.
   * @param most  connections that have, beyond which it is one too many
   * @throws BridgeError BUSY
   */
  prove(socket: Socket, most: number = Number.POSITIVE_INFINITY): void {
    const ends = endsOf(socket);
    if (this.known.has(ends) || !this.unknown.has(ends)) return;
    if (this.known.size >= most) {
      throw new BridgeError("BUSY", `${most} connections are open; close some, or try again in a second`, {
        data: { retryAfterMs: RETRY_MS },
        retryable: true,
      });
    }
    this.unknown.delete(ends);
    this.known.add(ends);
  }

  isStranger(socket: Socket): boolean {
    return this.unknown.has(endsOf(socket));
  }

  close(): void {
    this.stopLooking();
    for (const { socket } of this.unknown.values()) socket.destroy();
  }

  private stopLooking(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    clearImmediate(this.soon);
    this.soon = undefined;
  }

  private look(): void {
    const now = performance.now();
    for (const [ends, { since }] of this.unknown) {
      const age = now - since;
      const isTooMany = this.unknown.size > STRANGER_LIMITS.kept && age > STRANGER_LIMITS.settleMs;
      // Those that follow are younger.
      if (!isTooMany && age <= STRANGER_LIMITS.totalMs) break;
      this.drop(ends);
    }
    this.dropLargest();
    if (this.unknown.size > STRANGER_LIMITS.kept) this.lookSoon();
  }

  /** While there are many, after each time that the system was asked for what came: all of them may send at once. */
  private lookSoon(): void {
    this.soon ??= setImmediate(() => {
      this.soon = undefined;
      this.look();
    });
  }

  private dropLargest(): void {
    const sizes = [...this.unknown].map(([ends, { socket }]) => ({ ends, bytes: socket.bytesRead }));
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    // Node keeps what it has read of a head until its parser is used again, so in a crowd nobody gets far.
    const most =
      this.unknown.size > STRANGER_LIMITS.kept ? LIMITS.firstMessageBytes : Number.POSITIVE_INFINITY;
    for (const { ends, bytes } of sizes.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= STRANGER_LIMITS.bytes && bytes <= most) return;
      this.drop(ends);
      total -= bytes;
    }
  }

  /** What it did not read is given up by the system at once. */
  private drop(ends: string): void {
    this.unknown.get(ends)?.socket.resetAndDestroy();
    this.unknown.delete(ends);
  }
}

function endsOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
