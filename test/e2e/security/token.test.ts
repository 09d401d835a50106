/**
 * The token on every transport: missing, wrong, changed.
 */
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { runCli } from "../../bridge/support/cli.ts";
import { codeOf, getUrl, openTcp, openWebSocket, overHttp } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { openRaw } from "../support/raw.ts";
import { songRequest } from "../support/songs.ts";
import { settled } from "../support/wait.ts";

const WRONG = "0".repeat(64);
let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function post(path: string, authorization?: string): Promise<{ status: number; text: string }> {
  const headers = authorization === undefined ? {} : { authorization };
  const body = '{"jsonrpc":"2.0","id":1,"method":"status"}';
  const response = await fetch(`${daemon.url}${path}`, { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
}

test("HTTP: without, with a wrong, with half a token there is nothing but 401", async () => {
  const right = daemon.token();
  for (const path of ["/v1/rpc", "/v1/fill"]) {
    for (const given of [
      undefined,
      "",
      `Bearer ${WRONG}`,
      `Bearer ${right.slice(0, 63)}`,
      `Basic ${right}`,
    ]) {
      const { status, text } = await post(path, given);
      expect([status, text.includes("uptimeMs")]).toEqual([401, false]);
    }
  }
  expect((await post("/v1/rpc", `Bearer ${right}`)).status).toBe(200);
  expect((await fetch(`${daemon.url}/metrics`)).status).toBe(401);
  expect((await fetch(`${daemon.url}/anything`)).status).toBe(401);
});

test("GET: the token of the query is looked at like that of a header", async () => {
  expect((await getUrl(daemon, { method: "status" })).status).toBe(401);
  const wrong = await getUrl(daemon, { method: "status", token: WRONG, format: "lines" });
  expect([wrong.status, wrong.text.startsWith("error TOKEN_WRONG ")]).toEqual([401, true]);
  // Also where the query itself is wrong.
  expect((await getUrl(daemon, { method: "status", token: daemon.token() })).status).toBe(200);
});

test.each([
  ["WebSocket", openWebSocket],
  ["TCP frames", openTcp],
] as const)("%s: a wrong token ends the connection; so does any other first message", async (_, open) => {
  await expect(open(daemon, WRONG)).rejects.toThrow("TOKEN_WRONG");
  await expect(open(daemon, "")).rejects.toThrow("TOKEN_MISSING");
});

test("WebSocket: nothing is answered before initialize", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`);
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("open", () => {
    socket.send('{"jsonrpc":"2.0","id":1,"method":"status"}');
    socket.send('{"jsonrpc":"2.0","id":2,"method":"models/list"}');
  });
  await settled("the end", closed);
  expect(heard.map((text) => JSON.parse(text).error.data.code)).toEqual(["NOT_INITIALIZED"]);
});

test("WebSocket: a wrong token in a header is refused before there is a WebSocket", async () => {
  const headers = { authorization: `Bearer ${WRONG}` };
  const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`, { headers });
  const refused = new Promise((resolve) =>
    socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode)),
  );
  socket.on("error", () => {});
  expect(await settled("a refusal", refused)).toBe(401);
});

test("TCP frames: HTTP spoken at the port gets nothing", async () => {
  const raw = openRaw(daemon.tcpPort);
  raw.socket.write("GET /v1/get?method=status HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
  await settled("the end", raw.closed);
  expect(raw.received()).not.toContain("uptimeMs");
  expect(raw.received()).toContain("MESSAGE_TOO_LARGE");
});

test.skipIf(process.platform === "win32")("files of the daemon are for the user alone", async () => {
  const mode = (name: string) => statSync(join(daemon.home, name)).mode & 0o777;
  expect(["token", "daemon.json", "requests", "journal"].map(mode)).toEqual([0o600, 0o600, 0o700, 0o700]);
  const logs = join("logs", "daemon.log");
  expect(mode(logs) & 0o077).toBe(0);
});

test.skipIf(process.platform === "win32")(
  "a token that others could read is closed to them at the start",
  async () => {
    const first = await startDaemon();
    await first.stop();
    chmodSync(join(first.home, "token"), 0o644);
    const again = await startDaemon({ home: first.home });
    expect(statSync(join(again.home, "token")).mode & 0o777).toBe(0o600);
  },
);

test("a new token is in force at once, and who came by the old one has to come again", async () => {
  const old = daemon.token();
  const [socket, frames] = [await openWebSocket(daemon), await openTcp(daemon)];
  const { stdout } = await runCli(["token", "--rotate"], { env: { CONTINUO_HOME: daemon.home } });
  expect(stdout.trim()).toBe(readFileSync(join(daemon.home, "token"), "utf8").trim());
  expect(stdout.trim()).not.toBe(old);
  expect((await post("/v1/rpc", `Bearer ${old}`)).status).toBe(401);
  expect((await post("/v1/rpc", `Bearer ${stdout.trim()}`)).status).toBe(200);
  expect(codeOf(await overHttp(daemon).call("status"))).toBeUndefined();
  await settled("the old connections to end", Promise.all([socket.closed, frames.closed]));
  await expect(openWebSocket(daemon, old)).rejects.toThrow("TOKEN_WRONG");
});

test("neither the token nor notes are in the log", async () => {
  const caller = overHttp(daemon);
  await caller.call("fill/run", songRequest());
  await daemon.stop();
  const log = daemon.log();
  expect(log).toContain('"msg":"fill"');
  expect(log).not.toContain(daemon.token());
  expect(log).not.toContain("durationTicks");
});
