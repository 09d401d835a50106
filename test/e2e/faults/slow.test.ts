/**
 * Clients that stop reading, and processes that are suspended and resumed, as when a laptop sleeps.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Caller, frame, openTcp, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { endOf, fillsEndedAs } from "../support/fills.ts";
import { isLinux, testWith } from "../support/needs.ts";
import { openRaw, type RawSocket, residentMib, upgradeText } from "../support/raw.ts";
import { longRequest, songRequest } from "../support/songs.ts";
import { settled, until } from "../support/wait.ts";

const MIB = 1024 * 1024;

/** A text message as a client sends it; the mask is zero. */
function webSocketFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x81fe);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

async function rawTcp(daemon: TestDaemon): Promise<RawSocket> {
  const raw = openRaw(daemon.tcpPort);
  const params = { protocolVersion: 1, client: { name: "slow" }, token: daemon.token() };
  raw.socket.write(frame(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })));
  await until("the answer", () => raw.received().includes("sessionId"));
  return raw;
}

async function rawWebSocket(daemon: TestDaemon): Promise<RawSocket> {
  const raw = openRaw(daemon.port);
  raw.socket.write(upgradeText({ host: "localhost", authorization: `Bearer ${daemon.token()}` }));
  await until("the WebSocket", () => raw.received().includes("101"));
  return raw;
}

/**
 * As many turns of the daemon as it needs to do whatever it will do by itself: it answers each of these questions in a turn
 * of its own, in which it also reads from and writes to its other connections.
 */
async function manyTurns(caller: Caller, daemon: TestDaemon, each: () => void = () => {}): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    expect(resultOf(await caller.call("status")).pid).toBe(daemon.pid);
    each();
  }
}

const STREAMS = [
  ["TCP frames", rawTcp, frame],
  ["WebSocket", rawWebSocket, webSocketFrame],
] as const;

testWith("Linux", isLinux).each(STREAMS)(
  "%s: who asks and does not read costs little memory, and others are served",
  async (_, open, encode) => {
    const daemon = await startDaemon();
    // An answer of about 300 kB, so that 1,000 of them would be 300 MB.
    const sampling = { seed: 1, candidates: 64 };
    const caller = await openWebSocket(daemon);
    const request = longRequest({
      model: "tiny",
      sampling,
      region: { trackId: "lead", startTick: 7680, endTick: 23_040 },
    });
    const { jobId } = resultOf(await caller.call("fill/start", { request }));
    const job = await endOf(caller, jobId);
    const bytes = JSON.stringify(job).length;
    expect(job.state).toBe("done");
    const before = residentMib(daemon);

    const raw = await open(daemon);
    raw.socket.pause();
    const ask = encode(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "fill/get", params: { jobId } }));
    const times = Math.ceil((300 * MIB) / bytes);
    for (let sent = 0; sent < times && !raw.socket.destroyed; sent++) raw.socket.write(ask);
    let most = 0;
    await manyTurns(caller, daemon, () => {
      most = Math.max(most, residentMib(daemon));
    });
    expect(most - before).toBeLessThan(80);
    raw.socket.destroy();
    expect(resultOf(await caller.call("fill/run", songRequest())).candidates).toHaveLength(1);
    caller.close();
  },
);

test.each(STREAMS)("%s: who reads late gets every answer", async (_, open, encode) => {
  const daemon = await startDaemon();
  const raw = await open(daemon);
  raw.socket.pause();
  const asked = 3_000;
  for (let id = 0; id < asked; id++) {
    raw.socket.write(encode(JSON.stringify({ jsonrpc: "2.0", id: `no ${id}.`, method: "status" })));
  }
  await manyTurns(overHttp(daemon), daemon);
  raw.socket.resume();
  await until("the last answer", () => raw.received().includes(`no ${asked - 1}.`));
  const ids = [...raw.received().matchAll(/no (\d+)\./g)].map(([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: asked }, (_, id) => id));
  raw.socket.destroy();
});

testWith("Linux", isLinux)(
  "a client that does not read what it is told does not hold up its own fill",
  async () => {
    const daemon = await startDaemon();
    const raw = await rawWebSocket(daemon);
    raw.socket.pause();
    const request = longRequest({ model: "tiny", sampling: { seed: 1, candidates: 16 } });
    const params = { request, detached: true };
    const start = JSON.stringify({ jsonrpc: "2.0", id: 3, method: "fill/start", params });
    raw.socket.write(webSocketFrame(start));
    const caller = overHttp(daemon);
    await until("the fill to end", async () => {
      const { jobs } = resultOf(await caller.call("status"));
      return jobs.running === 0 && jobs.kept === 1;
    });
    raw.socket.destroy();
  },
);

testWith("Linux", isLinux)("a client that is stopped and goes on hears the end of its fill", async () => {
  const daemon = await startDaemon();
  const request = JSON.stringify(longRequest({ model: "tiny", sampling: { seed: 1, candidates: 8 } }));
  const script = resolve("test/e2e/support/client.mjs");
  const url = `ws://127.0.0.1:${daemon.port}`;
  const client = spawn(process.execPath, [script, url, daemon.token(), request], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void client.kill("SIGKILL"));
  let said = "";
  client.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await until("the fill", () => said.includes("job "));
  client.kill("SIGSTOP");
  const [, jobId = ""] = /job (\S+)/.exec(said) ?? [];
  await endOf(overHttp(daemon), jobId);
  const before = residentMib(daemon);
  await manyTurns(overHttp(daemon), daemon);
  expect(residentMib(daemon) - before).toBeLessThan(16);
  expect(said).not.toContain("done");
  client.kill("SIGCONT");
  await until("the end", () => said.includes("done\nclosed 1005"));
});

testWith("Linux", isLinux)("a client that is killed takes its fill along", async () => {
  const daemon = await startDaemon();
  const script = resolve("test/e2e/support/client.mjs");
  const args = [script, `ws://127.0.0.1:${daemon.port}`, daemon.token(), JSON.stringify(longRequest())];
  const client = spawn(process.execPath, args, { stdio: "ignore" });
  onTestFinished(() => void client.kill("SIGKILL"));
  const running = async () => resultOf(await overHttp(daemon).call("status")).jobs.running;
  await until("the fill to run", async () => (await running()) === 1);
  client.kill("SIGKILL");
  await until("the fill to be cancelled", async () => (await fillsEndedAs(daemon, "cancelled")) === 1);
});

testWith("Linux", isLinux)("a daemon that is stopped and goes on answers all who waited", async () => {
  const daemon = await startDaemon();
  const [socket, frames] = [await openWebSocket(daemon), await openTcp(daemon)];
  const started = resultOf(await socket.call("fill/start", { request: longRequest({ model: "tiny" }) }));
  daemon.child.kill("SIGSTOP");
  onTestFinished(() => void daemon.child.kill("SIGCONT"));
  const isStopped = () => / \(.*\) T /.test(readFileSync(`/proc/${daemon.pid}/stat`, "utf8"));
  await until("the daemon to stand still", isStopped);
  const asked = [socket.call("status"), frames.call("status"), overHttp(daemon).call("status")];
  daemon.child.kill("SIGCONT");
  const answers = await settled("all answers", Promise.all(asked));
  expect(answers.map((answer) => resultOf(answer).pid)).toEqual(new Array(3).fill(daemon.pid));
  expect((await endOf(socket, started.jobId)).state).toBe("done");
  socket.close();
  frames.close();
});
