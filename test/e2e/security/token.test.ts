/**
 * The token on every transport: missing, wrong, changed.
 */
import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { errorCode, PROGRAM, runCli, temporaryFolder } from "../../bridge/support/cli.ts";
import { codeOf, getUrl, openTcp, openWebSocket, overHttp } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { isRoot } from "../support/needs.ts";
import { openRaw } from "../support/raw.ts";
import { songRequest } from "../support/songs.ts";
import { settled, until } from "../support/wait.ts";

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
  "a token that others could read or put there is made anew, a folder is closed, and both are said",
  async () => {
    const first = await startDaemon();
    const { home } = first;
    await first.stop();
    const mode = (name: string) => statSync(join(home, name)).mode & 0o777;
    const restart = async () => {
      const before = readFileSync(join(home, "token"), "utf8");
      const again = await startDaemon({ home });
      const log = readFileSync(join(home, "logs", "daemon.log"), "utf8");
      const isNew = again.token() !== before.trim();
      await again.stop();
      return { isNew, log };
    };
    expect((await restart()).isNew).toBe(false);
    chmodSync(join(home, "token"), 0o644);
    const readable = await restart();
    expect(readable.isNew).toBe(true);
    expect(readable.log).toContain("others could read");
    expect(mode("token")).toBe(0o600);
    chmodSync(home, 0o777);
    const open = await restart();
    expect(open.isNew).toBe(true);
    expect(open.log).toContain("others could have replaced");
    expect(mode(".")).toBe(0o700);
    // Others who can only look at a closed file have seen no token.
    chmodSync(home, 0o755);
    expect((await restart()).isNew).toBe(false);
    expect(mode(".")).toBe(0o700);
  },
);

test.skipIf(!isRoot)("another user's folder is refused, another user's token is replaced", async () => {
  const first = await startDaemon();
  await first.stop();
  const { home } = first;
  const before = first.token();
  chownSync(join(home, "token"), 1234, 1234);
  const again = await startDaemon({ home });
  expect(again.token()).not.toBe(before);
  expect(statSync(join(home, "token")).uid).toBe(0);
  await again.stop();
  chownSync(home, 1234, 1234);
  const { stderr } = await runCli(["serve", "--port", "0", "--tcp-port", "0"], {
    env: { CONTINUO_HOME: home },
  });
  expect(errorCode(stderr)).toBe("HOME_FOREIGN");
});

test.skipIf(process.platform === "win32")(
  "nothing is open to others where the session's mask is",
  async () => {
    const home = temporaryFolder();
    const serve = [PROGRAM, "serve", "--port", "0", "--tcp-port", "0", "--json"];
    const shell = spawn("sh", ["-c", 'umask 000; exec "$@"', "sh", process.execPath, ...serve], {
      env: { ...process.env, CONTINUO_HOME: home },
    });
    onTestFinished(() => void shell.kill("SIGKILL"));
    const address = () => {
      const path = join(home, "daemon.json");
      return existsSync(path) ? /"url":"([^"]+)"/.exec(readFileSync(path, "utf8"))?.[1] : undefined;
    };
    const url = await until("the daemon", address);
    const authorization = `Bearer ${readFileSync(join(home, "token"), "utf8").trim()}`;
    const call = async (method: string, params: unknown) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { authorization, "content-type": "application/json" };
      const answer = await fetch(`${url}/v1/rpc`, { method: "POST", headers, body });
      const { result } = (await answer.json()) as { result: { rollId: string } };
      return result;
    };
    const { ppq = 480, tracks } = songRequest();
    const { rollId } = await call("roll/open", { title: "A", song: { ppq, tracks } });
    expect(await call("roll/export", { rollId })).toHaveProperty("path");
    const opened = readdirSync(home, { recursive: true })
      .map(String)
      .filter((name) => (statSync(join(home, name)).mode & 0o077) !== 0);
    expect(opened).toEqual([]);
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
