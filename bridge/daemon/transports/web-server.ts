/**
 * Node's HTTP server as the daemon uses it, at each of its addresses: limits of time and size, one answer at a time on
 * each connection, and no more requests in advance than a few.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { LIMITS } from "../../protocol/limits.ts";
import type { Admission } from "./admission.ts";

/** Requests that a client may send before it has its answer (HTTP pipelining); none of the known ones do. */
const MOST_AHEAD = 16;

const HTTP_LIMITS = {
  maxHeaderSize: LIMITS.urlBytes,
  headersTimeout: LIMITS.handshakeMs,
  requestTimeout: LIMITS.idleMs,
  keepAliveTimeout: LIMITS.idleMs,
  /** How often Node looks for those that are over their time; its default is as long as the longest. */
  connectionsCheckingInterval: 1_000,
} as const;

type Turn = Parameters<RequestListener>;

export interface WebServerOptions {
  admission: Admission;
  tls?: { cert: Buffer; key: Buffer };
}

export class WebServer {
  readonly server: Server;
  private readonly handle: RequestListener;
  /** Of connections whose answer is not sent: what they asked in advance. */
  private readonly ahead = new WeakMap<Socket, Turn[]>();

  constructor(handle: RequestListener, { admission, tls }: WebServerOptions) {
    this.handle = handle;
    const listener: RequestListener = (request, response) => this.take([request, response]);
    this.server =
      tls === undefined
        ? createServer(HTTP_LIMITS, listener)
        : createTlsServer({ ...HTTP_LIMITS, ...tls, handshakeTimeout: LIMITS.handshakeMs }, listener);
    this.server.on("connection", (socket: Socket) => admission.accept(socket));
    this.server.setTimeout(LIMITS.idleMs, (socket) => this.endIdle(socket));
  }

  /** Whether a request of this connection is not answered yet. */
  isAnswering(socket: Socket): boolean {
    return this.ahead.has(socket);
  }

  private take(turn: Turn): void {
    const [{ socket }] = turn;
    if (socket.destroyed) return;
    const ahead = this.ahead.get(socket);
    if (ahead === undefined) this.begin(socket, [], turn);
    else if (ahead.length < MOST_AHEAD) ahead.push(turn);
    else socket.destroy();
  }

  private begin(socket: Socket, ahead: Turn[], [request, response]: Turn): void {
    this.ahead.set(socket, ahead);
    response.once("close", () => {
      const next = socket.destroyed ? undefined : ahead.shift();
      if (next === undefined) this.ahead.delete(socket);
      else this.begin(socket, ahead, next);
    });
    this.handle(request, response);
  }

  /** Nothing was sent or taken for a while: it waits for its answer, else it is idle or does not read. */
  private endIdle(socket: Socket): void {
    if (!this.isAnswering(socket) || socket.writableLength > 0) socket.destroy();
  }
}
