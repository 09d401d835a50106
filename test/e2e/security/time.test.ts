/**
 * Time limits of connections; the tests wait for all of them at once.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../../bridge/protocol/limits.ts";
import { frame, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { openRaw, type RawSocket, upgradeText } from "../support/raw.ts";
import { settled, until } from "../support/wait.ts";

let daemon: TestDaemon;
beforeAll(async () => {
  const ends: (() => Promise<void>)[] = [];
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
  return async () => {
    for (const end of ends.reverse()) await end();
  };
});

/** A connection that the daemon keeps until it was idle for too long. */
async function openKept(): Promise<RawSocket> {
  const raw = openRaw(daemon.port);
  raw.socket.write(`GET /v1/get?method=status&token=${daemon.token()} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await until("the answer", () => raw.received().includes("200 OK"));
  return raw;
}

/** Closed by the daemon, and not before its time. */
async function expectClosed({ closed }: RawSocket, afterMs: number): Promise<void> {
  expect(await settled(`the end after ${afterMs} ms`, closed)).toBeGreaterThan(afterMs * 0.9);
}

/** Closed when the first message is due, which is before a connection ends that was idle since then. */
async function expectClosedEarly(raw: RawSocket): Promise<void> {
  const kept = await openKept();
  const first = Promise.race([raw.closed.then(() => "first"), kept.closed.then(() => "idle")]);
  expect(await settled("an end", first)).toBe("first");
  await expectClosed(raw, LIMITS.handshakeMs);
  kept.socket.destroy();
}

function initialize(): string {
  const params = { protocolVersion: 1, client: { name: "t" }, token: daemon.token() };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
}

describe.concurrent("a connection is closed", () => {
  test("HTTP: that says nothing", () => expectClosedEarly(openRaw(daemon.port)));

  test("HTTP: whose head comes a byte at a time", async () => {
    const raw = openRaw(daemon.port);
    raw.socket.write("GET /v1/get HTTP/1.1\r\nhost: localhost\r\nx: ");
    const drip = setInterval(() => raw.socket.write("x"), 200);
    raw.socket.on("close", () => clearInterval(drip));
    await expectClosedEarly(raw);
  });

  test("HTTP: whose body never comes", async () => {
    const raw = openRaw(daemon.port);
    const authorization = `authorization: Bearer ${daemon.token()}`;
    raw.socket.write(
      `POST /v1/rpc HTTP/1.1\r\nhost: localhost\r\n${authorization}\r\ncontent-length: 100\r\n\r\n{`,
    );
    await expectClosed(raw, LIMITS.idleMs);
  });

  test("HTTP: that is kept and not used", async () => expectClosed(await openKept(), LIMITS.idleMs));

  test("TCP: that says nothing", () => expectClosedEarly(openRaw(daemon.tcpPort)));

  test("TCP: with half a first frame, a byte at a time", async () => {
    const raw = openRaw(daemon.tcpPort);
    raw.socket.write(Buffer.from([0, 0, 16, 0]));
    const drip = setInterval(() => raw.socket.write(" "), 200);
    raw.socket.on("close", () => clearInterval(drip));
    await expectClosedEarly(raw);
  });

  test("TCP: of a client that stops within a frame", async () => {
    const raw = openRaw(daemon.tcpPort);
    raw.socket.write(frame(initialize()));
    await until("the answer", () => raw.received().includes("sessionId"));
    raw.socket.write(Buffer.from([0, 0, 1, 0, 0x7b]));
    await expectClosed(raw, LIMITS.idleMs);
  });

  test("WebSocket: that says nothing", async () => {
    const raw = openRaw(daemon.port);
    raw.socket.write(upgradeText({ host: "localhost" }));
    await until("the WebSocket", () => raw.received().includes("101"));
    await expectClosedEarly(raw);
  });

  test("WebSocket: of a client that stops within a message, or does not answer a ping", async () => {
    const raw = openRaw(daemon.port);
    const authorization = `Bearer ${daemon.token()}`;
    raw.socket.write(upgradeText({ host: "localhost", authorization }));
    await until("the WebSocket", () => raw.received().includes("101"));
    raw.socket.write(Buffer.from([0x81, 0xfe, 1, 0, 1, 2, 3, 4, 0x7b]));
    // Heard of at one ping, missed at the next.
    await settled("the end", raw.closed);
  });
});

test.concurrent("a client that waits for hours between two frames is not closed", async () => {
  const raw = openRaw(daemon.tcpPort);
  raw.socket.write(frame(initialize()));
  await until("the answer", () => raw.received().includes("sessionId"));
  // Longer than anything may take that is begun: a connection that comes later is ended for being idle.
  const first = Promise.race([raw.closed.then(() => "this"), (await openKept()).closed.then(() => "idle")]);
  expect(await settled("an end", first)).toBe("idle");
  expect(raw.socket.destroyed).toBe(false);
  raw.socket.destroy();
  expect(resultOf(await overHttp(daemon).call("status")).pid).toBe(daemon.pid);
});
