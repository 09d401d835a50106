/**
 * Connections that have not shown the token: they are few, short and small, and a client that has shown it is served
 * while they attack.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STRANGER_LIMITS } from "../../../bridge/daemon/transports/admission.ts";
import { LIMITS } from "../../../bridge/protocol/limits.ts";
import { get, pipelined, STRANGERS } from "../../../scripts/attack/strangers.mjs";
import { frame, openTcp, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { isLinux } from "../support/needs.ts";
import { httpText, openRaw, rawHttp, residentMib, upgradeText } from "../support/raw.ts";
import { settled, until } from "../support/wait.ts";

/** Of the memory before an attack; npm run attack measures it in another process, where it is less. */
const MOST_GROWTH = 1.6;

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
  resultOf(await overHttp(daemon).call("status"));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function strangers(): Promise<number> {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const text = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
  return Number(/^continuo_strangers (\d+)/m.exec(text)?.[1]);
}

describe.each(Object.keys(STRANGERS))("%s", (name) => {
  test("clients are served, the memory stays, and soon few of them are left", async () => {
    const before = isLinux ? residentMib(daemon) : 0;
    const kept = await openWebSocket(daemon);
    const attack = STRANGERS[name]?.(daemon);
    let most = 0;
    try {
      for (let asked = 0; asked < 20; asked++) {
        expect(resultOf(await overHttp(daemon).call("status")).pid).toBe(daemon.pid);
        const status = await rawHttp(
          daemon.port,
          httpText("GET", `/v1/get?method=status&token=${daemon.token()}`, { host: "localhost" }),
        );
        expect(status.status).toBe(200);
        resultOf(await kept.call("status"));
        (await openTcp(daemon)).close();
        if (isLinux) most = Math.max(most, residentMib(daemon));
      }
    } finally {
      attack?.stop();
      kept.close();
    }
    expect(most).toBeLessThanOrEqual(MOST_GROWTH * before);
    await until("few to be left", async () => (await strangers()) <= STRANGER_LIMITS.kept);
  });
});

test("requests that were sent in advance are answered one after the other", async () => {
  const raw = openRaw(daemon.port);
  const one = (path: string) => get(`${path}&token=${daemon.token()}`);
  raw.socket.write(
    one("/v1/get?method=status") + one("/v1/get?method=models/list") + one("/v1/get?method=status"),
  );
  await until("three answers", () => raw.received().split("HTTP/1.1 200").length === 4);
  const bodies = raw.received().match(/\{"jsonrpc".*?\}(?=HTTP|$)/gs) ?? [];
  expect(bodies.map((text) => "pid" in JSON.parse(text).result)).toEqual([true, false, true]);
  raw.socket.destroy();
});

test("too many in advance end the connection", async () => {
  const raw = openRaw(daemon.port);
  raw.socket.pause();
  raw.socket.write(pipelined(1_000));
  raw.socket.resume();
  await settled("the end", raw.closed);
});

test("a refused request ends its connection, one with the token keeps it", async () => {
  const refused = openRaw(daemon.port);
  refused.socket.write(get("/v1/get?method=status&token=wrong"));
  await settled("the end", refused.closed);
  expect(refused.received()).toContain("TOKEN_WRONG");
  const kept = openRaw(daemon.port);
  for (let asked = 1; asked <= 2; asked++) {
    kept.socket.write(get(`/v1/get?method=status&token=${daemon.token()}`));
    await until("an answer", () => kept.received().split("HTTP/1.1 200").length === asked + 1);
  }
  kept.socket.destroy();
});

/** Written a byte at a time until the daemon ends it. */
async function dripped(raw: ReturnType<typeof openRaw>, bytes: Buffer | string): Promise<number> {
  raw.socket.write(bytes);
  const drip = setInterval(() => raw.socket.write(" "), 1_000);
  const began = performance.now();
  await settled("the end", raw.closed);
  clearInterval(drip);
  return performance.now() - began;
}

function initialize(): string {
  const params = { protocolVersion: 1, client: { name: "t" }, token: daemon.token() };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
}

describe.concurrent("a byte at a time, by a client that showed the token, is ended by its total time", () => {
  test("half a frame", async () => {
    const raw = openRaw(daemon.tcpPort);
    raw.socket.write(frame(initialize()));
    await until("the answer", () => raw.received().includes("sessionId"));
    expect(await dripped(raw, Buffer.from([0, 1, 0, 0]))).toBeGreaterThan(0.9 * LIMITS.idleMs);
  });

  test("half a message, with pings in between", async () => {
    const raw = openRaw(daemon.port);
    raw.socket.write(upgradeText({ host: "localhost", authorization: `Bearer ${daemon.token()}` }));
    await until("the WebSocket", () => raw.received().includes("101"));
    // A first frame that is not the last; what follows are pongs, one after the other.
    raw.socket.write(Buffer.from([0x01, 0x81, 1, 2, 3, 4, 0x7b]));
    const pongs = setInterval(() => raw.socket.write(Buffer.from([0x8a, 0x80, 1, 2, 3, 4])), 1_000);
    expect(await settled("the end", raw.closed)).toBeLessThan(2 * LIMITS.idleMs);
    clearInterval(pongs);
  });

  test("half a body", async () => {
    const raw = openRaw(daemon.port);
    const head = `POST /v1/rpc HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${daemon.token()}\r\n`;
    const ms = await dripped(raw, `${head}content-length: 100000\r\n\r\n{`);
    expect(ms).toBeGreaterThan(0.9 * LIMITS.idleMs);
  });
});
