/**
 * 10,000 random and mutated messages on each transport; afterwards the daemon still works.
 */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { frame, openTcp, openWebSocket, overHttp, resultOf } from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { isLinux } from "./support/needs.ts";
import { type Draw, damaged, draws, noise, strangeMessage } from "./support/noise.ts";
import { httpText, openRaw, residentMib, upgradeText } from "./support/raw.ts";
import { notesOf, songRequest } from "./support/songs.ts";
import { settled, until } from "./support/wait.ts";

const MESSAGES = 10_000;
/** What a heap may keep after so many messages and fills. */
const KEPT_MIB = 150;

let daemon: TestDaemon;
let expected: number[][][];
let before = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ config: { keepMegabytes: 8 }, onEnd: (end) => ends.push(end) });
  expected = notesOf(resultOf(await overHttp(daemon).call("fill/run", songRequest())));
  before = isLinux ? residentMib(daemon) : 0;
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** The same process, the same notes, on a new connection. */
async function expectWell(): Promise<void> {
  expect(daemon.child.exitCode).toBeNull();
  const caller = await openWebSocket(daemon);
  await until("the queue to be empty", async () => {
    const { jobs } = resultOf(await caller.call("status"));
    return jobs.queued + jobs.running === 0;
  });
  expect(notesOf(resultOf(await caller.call("fill/run", songRequest())))).toEqual(expected);
  caller.close();
  if (isLinux) expect(residentMib(daemon) - before).toBeLessThan(KEPT_MIB);
}

/** In groups, so that neither side waits for the other. */
async function inGroups(size: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < MESSAGES; from += size) {
    await Promise.all(Array.from({ length: size }, (_, k) => work(from + k)));
  }
}

const isAnswer = (text: string) => {
  const value = JSON.parse(text);
  return (Array.isArray(value) ? value : [value]).every((one) => "result" in one || "error" in one);
};

test("WebSocket", async () => {
  const draw = draws(1);
  let [answers, settled, last] = [0, 0, 0];
  const open = () =>
    new Promise<WebSocket>((resolve, reject) => {
      const headers = { authorization: `Bearer ${daemon.token()}` };
      const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`, { headers });
      socket.on("open", () => resolve(socket));
      socket.on("error", reject);
      socket.on("message", (data) => {
        const text = String(data);
        if (!text.includes('"method"')) expect(isAnswer(text)).toBe(true);
        answers += 1;
        last = Number(/settled (\d+)\./.exec(text)?.[1] ?? last);
      });
    });
  let socket = await open();
  for (let sent = 0; sent < MESSAGES; sent++) {
    if (socket.readyState !== WebSocket.OPEN) socket = await open();
    const isNoise = draw(300) === 0;
    if (isNoise || sent % 100 === 0) {
      settled += 1;
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: `settled ${settled}.`, method: "models/list" }));
      await until("what was sent to be read", () => last === settled);
    }
    // Bytes are not spoken here and end the connection.
    socket.send(isNoise ? noise(draw, draw(50)) : strangeMessage(draw));
    if (isNoise) await until("the end", () => socket.readyState === WebSocket.CLOSED);
  }
  expect(answers).toBeGreaterThan(MESSAGES / 2);
  socket.terminate();
  await expectWell();
});

test("WebSocket, below its frames", async () => {
  const draw = draws(2);
  for (let sent = 0; sent < 300; sent++) {
    const raw = openRaw(daemon.port);
    const upgrade = upgradeText({ host: "localhost", authorization: `Bearer ${daemon.token()}` });
    raw.socket.write(draw(3) === 0 ? damaged(draw, upgrade) : upgrade);
    raw.socket.end(noise(draw, 1 + draw(300)));
    if (sent % 20 === 19) await settled("the end", raw.closed);
  }
  await expectWell();
});

test("HTTP: POST", async () => {
  const draw = draws(3);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  ends.push(async () => agent.destroy());
  const statuses = new Map<number, number>();
  await inGroups(50, async () => {
    const path = draw(4) === 0 ? "/v1/fill" : "/v1/rpc";
    const { status, text } = await post(agent, path, strangeMessage(draw));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (path === "/v1/rpc" && status === 200) expect(isAnswer(text)).toBe(true);
  });
  const { 500: broken = 0, 200: served = 0, 400: refused = 0 } = Object.fromEntries(statuses);
  expect([broken, served > 1_000, refused > 100]).toEqual([0, true, true]);
  await expectWell();
});

function post(agent: Agent, path: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${daemon.token()}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${daemon.url}${path}`, { method: "POST", headers, agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

test("HTTP: GET, and below its requests", async () => {
  const draw = draws(4);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  ends.push(async () => agent.destroy());
  await inGroups(50, async () => {
    const { method, params } = methodOf(strangeMessage(draw));
    const format = draw(2) === 0 ? "json" : "lines";
    const query = new URLSearchParams({ token: daemon.token(), method, params, format });
    const status = await new Promise<number>((resolve, reject) => {
      httpRequest(`${daemon.url}/v1/get?${query}`, { agent }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      })
        .on("error", reject)
        .end();
    });
    expect(status).not.toBe(500);
  });
  for (let sent = 0; sent < 300; sent++) {
    const raw = openRaw(daemon.port);
    const text = httpText(
      "POST",
      "/v1/rpc",
      { host: "localhost", authorization: `Bearer ${daemon.token()}` },
      "{}",
    );
    raw.socket.end(draw(2) === 0 ? damaged(draw, text) : noise(draw, 1 + draw(300)));
    if (sent % 20 === 19) await settled("the end", raw.closed);
  }
  await expectWell();
});

/** What a message would be in a URL. */
function methodOf(text: string): { method: string; params: string } {
  try {
    const { method, params } = JSON.parse(text);
    return { method: String(method), params: JSON.stringify(params) ?? "" };
  } catch {
    return { method: "fill/run", params: text };
  }
}

test("TCP frames", async () => {
  const draw = draws(5);
  let caller = await connected();
  for (let sent = 0; sent < MESSAGES; sent++) {
    if (caller.isGone()) caller = await connected();
    const { socket } = caller;
    const whole = frame(strangeMessage(draw));
    const kind = draw(500);
    // Too long, or noise: both end the connection, so what came before is waited for.
    if (kind < 2) await caller.settle();
    if (kind === 0) socket.write(noise(draw, 1 + draw(40)));
    else if (kind === 1) {
      socket.write(Buffer.from([0x7f, 0, 0, 0]));
      await until("the end", caller.isGone);
    } else if (kind < 60) {
      const at = draw(whole.length);
      socket.write(whole.subarray(0, at));
      socket.write(whole.subarray(at));
    } else socket.write(whole);
    if (sent % 100 === 0) await caller.settle();
  }
  await caller.settle();
  caller.socket.destroy();
  await expectWell();
});

async function connected() {
  const { socket, received, closed } = openRaw(daemon.tcpPort);
  let isGone = false;
  void closed.then(() => {
    isGone = true;
  });
  const params = { protocolVersion: 1, client: { name: "noise" }, token: daemon.token() };
  const say = (id: string, method: string) =>
    socket.write(frame(JSON.stringify({ jsonrpc: "2.0", id, method, params })));
  say("first", "initialize");
  let settled = 0;
  return {
    socket,
    isGone: () => isGone,
    /** Wait until all is read that was sent; half a frame of noise is never the start of something. */
    async settle() {
      const id = `settled ${settled++}.`;
      socket.write(frame(JSON.stringify({ jsonrpc: "2.0", id, method: "models/list" })));
      await until("what was sent to be read", () => isGone || received().includes(id));
    },
  };
}

test("strangers", async () => {
  const draw = draws(6);
  for (let sent = 0; sent < 500; sent++) {
    const raw = openRaw(draw(2) === 0 ? daemon.tcpPort : daemon.port);
    const kind = draw(3);
    if (kind === 0) raw.socket.end(noise(draw, 1 + draw(200)));
    else if (kind === 1) raw.socket.end(frame(strangeMessage(draw)));
    else raw.socket.end(httpText("POST", "/v1/rpc", { host: "localhost" }, strangeMessage(draw)));
    if (sent % 20 === 19) await settled("the end", raw.closed);
  }
  await expectWell();
});

test("watched folder", async () => {
  const draw: Draw = draws(7);
  const name = (index: number) => join(daemon.folder, `n${index}`);
  const isAnswered = (path: string) => [`${path}.response.json`, `${path}.response.txt`].find(existsSync);
  await inGroups(250, async (index) => {
    const path = name(index);
    const text = strangeMessage(draw);
    const lined = draw(3) === 0 && text.startsWith("{") ? `{"format":"lines",${text.slice(1)}` : text;
    writeFileSync(`${path}.part`, draw(20) === 0 ? noise(draw, draw(100)) : lined);
    renameSync(`${path}.part`, `${path}.request.json`);
    rmSync(await until(`an answer to ${lined}`, () => isAnswered(path)));
  });
  await until("the folder to be empty", () => readdirSync(daemon.folder).length === 0);
  await expectWell();
});

test("each transport read what it was sent, and still answers", async () => {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const figures = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
  const counts = figures.matchAll(/^continuo_messages_total\{transport="(\w+)"\} (\d+)$/gm);
  for (const [, , count] of counts) expect(Number(count)).toBeGreaterThan(0.85 * MESSAGES);
  const tcp = await openTcp(daemon);
  expect(notesOf(resultOf(await tcp.call("fill/run", songRequest())))).toEqual(expected);
  tcp.close();
  await daemon.stop();
  expect(daemon.log()).not.toContain("INTERNAL_");
});
