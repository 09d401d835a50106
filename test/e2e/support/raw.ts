/**
 * HTTP and sockets without a well-behaved client.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { TestDaemon } from "./daemon.ts";
import { settled } from "./wait.ts";

/** A socket, and all that came back on it. */
export interface RawSocket {
  socket: Socket;
  received(): string;
  /** Resolves with how many milliseconds it took until the other side closed. */
  closed: Promise<number>;
}

export function openRaw(port: number, host = "127.0.0.1"): RawSocket {
  const socket = connect(port, host);
  const began = performance.now();
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  const closed = new Promise<number>((resolve) => {
    socket.on("close", () => resolve(performance.now() - began));
  });
  return { socket, received: () => text, closed };
}

/** Send a request as it is written and give the whole answer. */
export async function rawHttp(port: number, request: string): Promise<{ status: number; text: string }> {
  const raw = openRaw(port);
  raw.socket.write(request, "latin1");
  await settled("an answer", raw.closed);
  const text = raw.received();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
}

/** A request with these headers and `connection: close`. */
export function httpText(method: string, path: string, headers: Record<string, string>, body = ""): string {
  const lines = Object.entries({ connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const length = body === "" ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  return [`${method} ${path} HTTP/1.1`, ...lines, ...length, "", body].join("\r\n");
}

const WEBSOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The request that becomes a WebSocket. */
export function upgradeText(headers: Record<string, string>, path = "/v1/ws"): string {
  return httpText("GET", path, {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": WEBSOCKET_KEY,
    ...headers,
  });
}

/** Resident memory of the daemon in MiB, as its system counts it. */
export function residentMib({ pid }: Pick<TestDaemon, "pid">): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}
