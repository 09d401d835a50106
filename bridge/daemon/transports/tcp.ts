/**
 * TCP with length-prefixed frames, for hosts whose scripts have plain sockets (Bitwig).
 */
import { createServer, type Server, type Socket } from "node:net";
import { toBridgeError } from "../../bridge-error.ts";
import { encodeFrame, FrameDecoder } from "../../protocol/frames.ts";
import { errorResponse } from "../../protocol/json-rpc.ts";
import type { Metrics } from "../jobs/metrics.ts";
import type { Dispatcher } from "../messages/dispatcher.ts";
import { Session, type Wire } from "../messages/session.ts";
import type { Admission } from "./admission.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Clients } from "./clients.ts";
import type { Guard } from "./guard.ts";
import { Handshake } from "./handshake.ts";
import { TotalTime } from "./total-time.ts";

export interface TcpOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  metrics: Metrics;
  clients: Clients;
  admission: Admission;
  broadcast: Broadcast;
}

/** Time that a client which is sent away has to read why. */
const FAREWELL_MS = 1_000;

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

  close(): void {
    this.server.close();
    this.ipv6.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    this.options.admission.accept(socket);
    // Answers and notifications follow each other at once: by Nagle's rule each would wait for the one before to be
    // acknowledged, which clients put off for 40 ms.
    socket.setNoDelay(true);
    this.sockets.add(socket);
    const wire: Wire = {
      send: (text) => {
        if (socket.writable) socket.write(encodeFrame(text));
      },
      bufferedBytes: () => socket.writableLength,
      close: () => {
        socket.destroySoon();
        setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
      },
      destroy: () => socket.destroy(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
    const session = new Session("tcp", wire);
    const handshake = new Handshake(wire, session, {
      ...this.options,
      isKnown: false,
      onAdmitted: () => this.options.admission.prove(socket),
    });
    const decoder = new FrameDecoder(handshake.limit);
    // A whole frame may be long in coming from a musician, half a frame may not.
    const time = new TotalTime(() => (socket.isPaused() ? "later" : socket.destroy()));
    let frames = 0;
    socket.on("data", (chunk) => {
      if (session.gone.aborted) return;
      try {
        decoder.pushBytes(chunk, (pieces) => {
          this.options.metrics.message("tcp");
          frames += 1;
          handshake.receive(pieces);
          decoder.limit = handshake.limit;
        });
        time.follow(frames, decoder.isInside);
      } catch (thrown) {
        session.tell(JSON.stringify(errorResponse(null, toBridgeError(thrown))));
        session.dismiss("MESSAGE_TOO_LARGE");
      }
    });
    socket.on("close", () => {
      this.sockets.delete(socket);
      time.end();
      handshake.end();
    });
  }
}
