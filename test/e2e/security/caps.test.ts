/**
 * Limits are checked before memory is allocated for what they limit.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { LIMITS } from "../../../bridge/protocol/limits.ts";
import { songSchema } from "../../../bridge/protocol/song.ts";
import { codeOf, frame, openTcp, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { isLinux } from "../support/needs.ts";
import { httpText, openRaw, rawHttp, residentMib, upgradeText } from "../support/raw.ts";
import { longRequest, songRequest } from "../support/songs.ts";
import { settled, until } from "../support/wait.ts";

const MIB = 1024 * 1024;
const ends: (() => Promise<void>)[] = [];
let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
  return async () => {
    for (const end of ends.reverse()) await end();
  };
});

const bearer = () => ({ authorization: `Bearer ${daemon.token()}` });
const isWell = async () => resultOf(await overHttp(daemon).call("status")).pid === daemon.pid;
const memory = () => (isLinux ? residentMib(daemon) : 0);

describe("sizes", () => {
  test("a body of more than 32 MB: 413 before it is taken", async () => {
    const before = memory();
    const headers = { ...bearer(), host: "localhost", "content-length": String(LIMITS.bodyBytes + 1) };
    const { status, text } = await rawHttp(daemon.port, httpText("POST", "/v1/rpc", headers));
    expect([status, text.includes("MESSAGE_TOO_LARGE")]).toEqual([413, true]);
    expect(memory() - before).toBeLessThan(16);
  });

  test("a body that does not say how long it is: 413 once it is too long", async () => {
    const before = memory();
    const head = ["POST /v1/rpc HTTP/1.1", "host: localhost", `authorization: Bearer ${daemon.token()}`];
    const raw = openRaw(daemon.port);
    raw.socket.write([...head, "transfer-encoding: chunked", "", ""].join("\r\n"));
    const piece = Buffer.alloc(1024 * 1024, "x");
    for (let sent = 0; sent < 40 && !raw.socket.destroyed && raw.received() === ""; sent++) {
      raw.socket.write("100000\r\n");
      if (!raw.socket.write(Buffer.concat([piece, Buffer.from("\r\n")]))) {
        const goesOn = () => !raw.socket.writableNeedDrain || raw.socket.destroyed || raw.received() !== "";
        await until("room for more, or an answer", goesOn);
      }
    }
    raw.socket.write("0\r\n\r\n");
    await until("the answer", () => raw.received() !== "");
    expect(raw.received()).toContain("413");
    expect(memory() - before).toBeLessThan(LIMITS.bodyBytes / MIB + 32);
    raw.socket.destroy();
    expect(await isWell()).toBe(true);
  });

  test("a body without an end is cut off", async () => {
    const raw = openRaw(daemon.port);
    const bearerLine = `authorization: Bearer ${daemon.token()}`;
    raw.socket.write(
      `POST /v1/rpc HTTP/1.1\r\nhost: localhost\r\n${bearerLine}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(MIB, "x"), Buffer.from("\r\n")]);
    const pour = () => {
      while (!raw.socket.destroyed && raw.socket.write(chunk));
    };
    raw.socket.on("drain", pour);
    pour();
    await settled("the end", raw.closed);
    expect(raw.socket.bytesWritten).toBeLessThan(5 * LIMITS.bodyBytes);
    expect(await isWell()).toBe(true);
  });

  test("strangers' bodies are not taken at all", async () => {
    const raw = openRaw(daemon.port);
    raw.socket.write(httpText("POST", "/v1/rpc", { host: "localhost", "content-length": "30000000" }));
    await settled("the end", raw.closed);
    expect(raw.received()).toContain("401");
  });

  test("a frame of 4 GB is refused by its length, in both states of a connection", async () => {
    const before = memory();
    const stranger = openRaw(daemon.tcpPort);
    stranger.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7b]));
    await settled("the end", stranger.closed);
    expect(stranger.received()).toContain("MESSAGE_TOO_LARGE");

    const known = openRaw(daemon.tcpPort);
    const params = { protocolVersion: 1, client: { name: "t" }, token: daemon.token() };
    known.socket.write(frame(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })));
    await until("an answer", () => known.received().includes("sessionId"));
    known.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await settled("the end", known.closed);
    expect(known.received()).toContain("4294967295");
    expect(memory() - before).toBeLessThan(32);
  });

  test("a stranger's frame may have 64 kB, a client's 32 MB", async () => {
    const stranger = openRaw(daemon.tcpPort);
    stranger.socket.write(Buffer.from([0, 1, 0, 1]));
    await settled("the end", stranger.closed);
    expect(stranger.received()).toContain("65536");
  });

  test("a WebSocket message of 4 GB is refused by its length", async () => {
    const before = memory();
    const raw = openRaw(daemon.port);
    raw.socket.write(upgradeText({ ...bearer(), host: "localhost" }));
    await until("the WebSocket", () => raw.received().includes("101"));
    raw.socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]));
    await settled("the end", raw.closed);
    expect(memory() - before).toBeLessThan(32);
  });

  test("a stranger's WebSocket message is given up while it comes in", async () => {
    const before = memory();
    const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`);
    socket.on("error", () => {});
    await new Promise((resolve) => socket.on("open", resolve));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    for (let sent = 0; sent < 28; sent++) socket.send("x".repeat(1024 * 1024), { fin: false });
    await settled("the end", closed);
    expect(memory() - before).toBeLessThan(16);
  });

  test("a URL of more than 1 MB is refused", async () => {
    const path = `/v1/get?method=status&token=${daemon.token()}&params=${"x".repeat(LIMITS.urlBytes)}`;
    expect((await rawHttp(daemon.port, httpText("GET", path, { host: "localhost" }))).status).toBe(431);
  });

  test("more notes, tracks and candidates than there may be", async () => {
    const note = { startTick: 0, durationTicks: 1, pitch: 60, velocity: 80 };
    const track = (count: number) => ({ id: "a", notes: new Array(count).fill(note) });
    expect(songSchema.safeParse({ ppq: 480, tracks: [track(LIMITS.notes + 1)] }).success).toBe(false);
    const caller = overHttp(daemon);
    const tracks = new Array(LIMITS.tracks + 1).fill({ id: "lead", notes: [] });
    expect(codeOf(await caller.call("fill/run", songRequest({ tracks })))).toBe("REQUEST_INVALID");
    const sampling = { seed: 1, candidates: LIMITS.candidates + 1 };
    expect(codeOf(await caller.call("fill/run", songRequest({ sampling })))).toBe("REQUEST_INVALID");
    const batch = new Array(LIMITS.batch + 1).fill({ jsonrpc: "2.0", id: 1, method: "status" });
    expect(await caller.send(JSON.stringify(batch))).toMatchObject({ error: { code: -32600 } });
  });

  test("a message nested without end, or with a key of JavaScript's own, is refused", async () => {
    const deep = `{"jsonrpc":"2.0","id":1,"method":"fill/run","params":${"[".repeat(1e6)}${"]".repeat(1e6)}}`;
    expect(codeOf((await overHttp(daemon).send(deep)) as never)).toBe("REQUEST_INVALID");
    const own = '{"jsonrpc":"2.0","id":1,"method":"status","params":{"__proto__":{"isDefault":1}}}';
    expect(codeOf((await overHttp(daemon).send(own)) as never)).toBe("REQUEST_INVALID");
    const name = '{"jsonrpc":"2.0","id":1,"method":"constructor","params":{}}';
    expect(codeOf((await overHttp(daemon).send(name)) as never)).toBe("METHOD_UNKNOWN");
    expect(await isWell()).toBe(true);
  });
});

describe("paths", () => {
  test("no model by a path, no output, no file name at all", async () => {
    const caller = overHttp(daemon);
    for (const model of [
      daemon.home,
      `${daemon.home}/models/tiny`,
      "../models/tiny",
      "/etc/passwd",
      "tiny/../tiny",
    ]) {
      expect(codeOf(await caller.call("fill/run", songRequest({ model })))).toBe("MODEL_NOT_FOUND");
    }
    for (const name of ["output", "file", "in", "svg", "engine", "runtimeLibrary"]) {
      const request = { ...songRequest(), [name]: "/tmp/x" };
      expect(codeOf(await caller.call("fill/run", request))).toBe("REQUEST_INVALID");
    }
    const headers = bearer();
    for (const path of ["/../../etc/passwd", "/v1/../../etc/passwd", "/models/manifest.json", "/%2e%2e/x"]) {
      const { status, text } = await rawHttp(
        daemon.port,
        httpText("GET", path, { ...headers, host: "localhost" }),
      );
      expect([status, text.includes("root:")]).toEqual([404, false]);
    }
  });
});

describe("queue", () => {
  test("a client with too much in the queue is told when to come again", async () => {
    const busy = await startDaemon();
    const caller = await openWebSocket(busy);
    const sampling = { seed: 1 };
    const request = longRequest({ sampling });
    const answers = await Promise.all(
      Array.from({ length: LIMITS.queuedJobsOfClient + 8 }, () => caller.call("fill/start", { request })),
    );
    const refused = answers.filter((answer) => codeOf(answer) === "BUSY");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.error?.data.data.retryAfterMs).toBeGreaterThan(0);
    // Another has its own share.
    const other = await openTcp(busy);
    expect(codeOf(await other.call("fill/start", { request }))).toBeUndefined();
    const url = `${busy.url}/v1/fill`;
    const headers = { authorization: `Bearer ${busy.token()}`, "x-continuo-client": "full" };
    const name = overHttp(busy, "full");
    for (let begun = 0; begun < LIMITS.queuedJobsOfClient; begun++)
      await name.call("fill/start", { request });
    const http = await fetch(url, { method: "POST", headers, body: JSON.stringify(songRequest()) });
    expect([http.status, Number(http.headers.get("retry-after")) >= 1]).toEqual([429, true]);
    // Going away makes room.
    caller.close();
    await until("room", async () => resultOf(await other.call("status")).jobs.queued < 80);
    other.close();
  });
});

test("clients without a name are one client: many of them neither fill the queue nor make others wait", async () => {
  const url = `${daemon.url}/v1/rpc`;
  const start = async (headers: Record<string, string>, request: unknown) => {
    const params = { request, detached: true };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "fill/start", params });
    const answer = await fetch(url, { method: "POST", headers: { ...bearer(), ...headers }, body });
    return (await answer.json()) as { result?: { jobId: string; queuePosition: number }; error?: unknown };
  };
  const crowd = await Promise.all(
    Array.from({ length: 2 * LIMITS.queuedJobsOfClient }, () => start({}, longRequest())),
  );
  const jobs = crowd.flatMap(({ result }) => (result === undefined ? [] : [result.jobId]));
  // Those that run wait no more.
  expect(jobs.length).toBeGreaterThanOrEqual(LIMITS.queuedJobsOfClient);
  expect(jobs.length).toBeLessThan(LIMITS.queuedJobsOfClient + 8);
  const named = await start({ "x-continuo-client": "honest" }, songRequest());
  expect(named.result?.jobId).toBeDefined();
  const { call } = overHttp(daemon, "honest");
  // What runs is not interrupted for anybody; of what waits, the honest client's is next.
  for (const jobId of jobs) {
    const { state } = resultOf<{ state: string }>(await call("fill/get", { jobId }));
    if (state === "running") await call("fill/cancel", { jobId });
  }
  const job = resultOf<{ state: string }>(
    await call("fill/get", { jobId: named.result?.jobId, waitMs: 30_000 }),
  );
  expect(job.state).toBe("done");
  expect(resultOf<{ jobs: { queued: number } }>(await call("status")).jobs.queued).toBeGreaterThan(50);
  await Promise.all(jobs.map((jobId) => call("fill/cancel", { jobId })));
});

test("250 kB of notes that are all wrong are refused like one, and not taken for a bug", async () => {
  const notes = Array.from({ length: 80_000 }, () => ({}));
  const request = songRequest({ tracks: [{ id: "lead", notes: notes as never }] });
  const answer = await overHttp(daemon).call("fill/run", request);
  expect(codeOf(answer)).toBe("REQUEST_INVALID");
  expect(answer.error?.message.length).toBeLessThan(1_000);
  expect(await isWell()).toBe(true);
});
