/**
 * A socket over TCP frames, for short-lived programs: it connects faster than a WebSocket, and closes at once.
 */
import { connect } from "node:net";
import { encodeFrame, FrameDecoder } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Socket } from "./socket.ts";

/** Connect to the port of frames on this machine. */
export function framesSocket(port: number): Socket {
  const stream = connect({ port, host: "127.0.0.1", noDelay: true });
  const decoder = new FrameDecoder(LIMITS.bodyBytes);
  const socket: Socket = {
    send: (text) => void stream.write(encodeFrame(text)),
    close: () => stream.destroy(),
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
  };
  stream.on("connect", () => socket.onopen?.());
  stream.on("data", (chunk) => {
    try {
      decoder.push(chunk, (data) => socket.onmessage?.({ data }));
    } catch {
      // Not a daemon's message.
      stream.destroy();
    }
  });
  stream.on("error", (error) => socket.onerror?.(error));
  stream.on("close", () => socket.onclose?.());
  return socket;
}
