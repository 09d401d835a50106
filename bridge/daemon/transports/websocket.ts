/**
 * WebSocket at /v1/ws: JSON-RPC in text messages, notifications on the same connection.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { toBridgeError } from "../../bridge-error.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Metrics } from "../jobs/metrics.ts";
import { byteLength, type Pieces } from "../messages/bytes.ts";
import type { Dispatcher } from "../messages/dispatcher.ts";
import { Session, SLOW_BYTES, type Wire } from "../messages/session.ts";
import type { Admission } from "./admission.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Clients } from "./clients.ts";
import { bearer, type Guard } from "./guard.ts";
import { Handshake } from "./handshake.ts";
import { httpStatus } from "./http-status.ts";
import { MessageProgress } from "./message-progress.ts";
import { TotalTime } from "./total-time.ts";
import type { WebServer } from "./web-server.ts";

const PATH = "/v1/ws";
const POLICY_VIOLATION = 1008;
const TOO_LARGE = 1009;
const GOING_AWAY = 1001;
/** A laptop may sleep between two of these; only a dead connection misses two. */
const PING_MS = 30_000;
/** Time that a client which is sent away has to read why. */
const FAREWELL_MS = 1_000;

interface WebSocketOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  metrics: Metrics;
  clients: Clients;
  admission: Admission;
  broadcast: Broadcast;
}

export class WebSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.bodyBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });
  private readonly options: WebSocketOptions;
  private readonly heard = new WeakSet<WebSocket>();
  private readonly pinger: NodeJS.Timeout;

  constructor(options: WebSocketOptions) {
    this.options = options;
    this.pinger = setInterval(() => this.ping(), PING_MS);
    this.pinger.unref();
  }

  /** Take the connections of an HTTP server that want to become WebSockets. */
  attach(web: WebServer): void {
    web.server.on("upgrade", (request: IncomingMessage, socket: Socket, head) => {
      if (web.isAnswering(socket)) socket.destroy();
      else this.upgrade(request, socket, head);
    });
  }

  close(): void {
    clearInterval(this.pinger);
    for (const client of this.server.clients) {
      client.close(GOING_AWAY, "the daemon is ending");
      setTimeout(() => client.terminate(), 200).unref();
    }
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A reset during the upgrade must not become an uncaught error.
    socket.on("error", () => socket.destroy());
    const { guard, clients } = this.options;
    try {
      guard.checkSource(request.headers);
      const given = bearer(request.headers.authorization);
      if (given !== undefined) guard.checkToken(given);
      const isHere = new URL(request.url ?? "/", "http://localhost").pathname === PATH;
      if (!isHere) refuse(socket, 404);
      else if (clients.isFull) refuse(socket, 503);
      else
        this.server.handleUpgrade(request, socket, head, (client) =>
          this.accept(client, socket, given !== undefined || guard.isFromOwnPage(request.headers)),
        );
    } catch (thrown) {
      refuse(socket, httpStatus(toBridgeError(thrown)));
    }
  }

  private accept(client: WebSocket, socket: Socket, isKnown: boolean): void {
    const wire: Wire = {
      send: (text) => client.send(text),
      bufferedBytes: () => client.bufferedAmount,
      close: (reason) => {
        client.close(POLICY_VIOLATION, reason.slice(0, 120));
        setTimeout(() => client.terminate(), FAREWELL_MS).unref();
      },
      destroy: () => client.terminate(),
      pause: () => client.pause(),
      resume: () => client.resume(),
    };
    const session = new Session("websocket", wire);
    const handshake = new Handshake(wire, session, {
      ...this.options,
      isKnown,
      onAdmitted: () => this.options.admission.prove(socket),
    });
    if (!isKnown) limitFirstBytes(socket, handshake, client);
    limitTime(socket, client);
    this.heard.add(client);
    client.on("ping", () => {
      // Each is answered, and these answers would pile up.
      if (client.bufferedAmount > SLOW_BYTES) client.terminate();
    });
    client.on("pong", () => this.heard.add(client));
    client.on("message", (data, isBinary) => {
      const pieces = piecesOf(data);
      this.options.metrics.message("websocket");
      if (isBinary) client.close(POLICY_VIOLATION, "send text");
      else if (byteLength(pieces) > handshake.limit) client.close(TOO_LARGE, "the message is too large");
      else handshake.receive(pieces);
    });
    client.on("close", () => handshake.end());
    client.on("error", () => client.terminate());
  }

  private ping(): void {
    for (const client of this.server.clients) {
      if (!this.heard.has(client)) client.terminate();
      this.heard.delete(client);
      client.ping();
    }
  }
}

/**
 * ws keeps a message until it is whole, up to the limit of those who are known; a stranger gets less, counted
 * as it comes in.
 */
function limitFirstBytes(socket: Duplex, handshake: Handshake, client: WebSocket): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (handshake.isAdmitted) socket.off("data", count);
    else if (bytes > 2 * LIMITS.firstMessageBytes) client.terminate();
  };
  socket.on("data", count);
}

/** A message is whole within the time that a body has, however its bytes are spread over that time. */
function limitTime(socket: Socket, client: WebSocket): void {
  const progress = new MessageProgress();
  const time = new TotalTime(() => (client.isPaused ? "later" : client.terminate()));
  socket.on("data", (chunk: Buffer) => {
    progress.push(chunk);
    time.follow(progress.messages, progress.isInside);
  });
  client.on("close", () => time.end());
}

function piecesOf(data: RawData): Pieces {
  if (Array.isArray(data)) return data;
  return [Buffer.isBuffer(data) ? data : new Uint8Array(data)];
}

function refuse(socket: Duplex, status: number): void {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
