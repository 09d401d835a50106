/**
 * TCP with length-prefixed frames, for hosts whose scripts have plain sockets (Bitwig).
 */
import { createServer, type Server, type Socket } from "node:net";
import { toBridgeError } from "../../bridge-error.ts";
import { encodeFrame, FrameDecoder } from "../../protocol/frames.ts";
import { errorResponse } from "../../protocol/json-rpc.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { Metrics } from "../metrics.ts";
import { Session, type Wire } from "../session.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Guard } from "./guard.ts";
import { Handshake } from "./handshake.ts";

export interface TcpOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  metrics: Metrics;
  isFull(): boolean;
  broadcast: Broadcast;
}

export class TcpFrames {
  readonly server: Server;
  /** The same for the other loopback address. */
  readonly ipv6: Server;
  private readonly options: TcpOptions;
  private readonly sockets = new Set<Socket>();

  constructor(options: TcpOptions) {
    this.options = options;
    this.server = createServer((socket) => this.accept(socket));
    this.ipv6 = createServer((socket) => this.accept(socket));
  }

  get connections(): number {
    return this.sockets.size;
  }

  close(): void {
    this.server.close();
    this.ipv6.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    if (this.options.isFull()) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    const wire: Wire = {
      send: (text) => socket.write(encodeFrame(text)),
      bufferedBytes: () => socket.writableLength,
      close: () => socket.destroySoon(),
    };
    const session = new Session("tcp", wire);
    const handshake = new Handshake(wire, session, this.options);
    const decoder = new FrameDecoder(handshake.limit);
    // A whole frame may be long in coming from a musician, half a frame may not.
    const half = () => socket.setTimeout(decoder.isInside ? LIMITS.idleMs : 0);
    socket.on("timeout", () => socket.destroy());
    socket.on("data", (chunk) => {
      try {
        decoder.push(chunk, (text) => {
          this.options.metrics.message("tcp");
          void handshake.receive(text);
          decoder.limit = handshake.limit;
        });
        half();
      } catch (thrown) {
        wire.send(JSON.stringify(errorResponse(null, toBridgeError(thrown))));
        socket.destroySoon();
      }
    });
    socket.on("close", () => {
      this.sockets.delete(socket);
      handshake.end();
    });
  }
}
