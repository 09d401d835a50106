/**
 * Crashes of the daemon and of its clients.
 */

import { existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../../bridge/client/node.ts";
import { runCli } from "../../bridge/support/cli.ts";
import { codeOf, openTcp, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { endOf, fillsEndedAs } from "../support/fills.ts";
import { readJournal, typesOf } from "../support/journal.ts";
import { longRequest, songRequest } from "../support/songs.ts";
import { settled, until } from "../support/wait.ts";

async function untilRunning(daemon: TestDaemon, jobId: string): Promise<void> {
  await until("the fill to run", async () => {
    const job = resultOf(await overHttp(daemon).call("fill/get", { jobId }));
    return job.state === "running" && job.noteCount > 0;
  });
}

const stateOf = async (daemon: TestDaemon, jobId: string) =>
  resultOf(await overHttp(daemon).call("fill/get", { jobId })).state;

async function killed(daemon: TestDaemon): Promise<TestDaemon> {
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  return startDaemon({ home: daemon.home });
}

test("kill -9 during a fill: the journal is intact, and asking for the fill says what happened", async () => {
  const first = await startDaemon();
  const caller = await openWebSocket(first);
  const before = resultOf(await caller.call("fill/start", { request: songRequest() }));
  await endOf(caller, before.jobId);
  const { jobId } = resultOf(await caller.call("fill/start", { request: longRequest(), detached: true }));
  const queued = resultOf(await caller.call("fill/start", { request: longRequest(), detached: true }));
  await untilRunning(first, jobId);
  // What was acknowledged is in the journal.
  expect(typesOf(first.home, queued.jobId)).toEqual(["request"]);

  const again = await killed(first);
  const http = overHttp(again);
  for (const lost of [jobId, queued.jobId]) {
    const { error } = await http.call("fill/get", { jobId: lost });
    expect(error?.data).toMatchObject({ code: "JOB_INTERRUPTED", retryable: true, data: { jobId: lost } });
    expect(codeOf(await http.call("fill/cancel", { jobId: lost }))).toBe("JOB_INTERRUPTED");
  }
  expect(codeOf(await http.call("fill/get", { jobId: before.jobId }))).toBe("JOB_NOT_FOUND");
  await again.stop();
  expect(readJournal(again.home).damaged).toBe(0);
  expect(typesOf(again.home, before.jobId)).toEqual(["request", "answer"]);
  for (const lost of [jobId, queued.jobId]) {
    expect(typesOf(again.home, lost)).toEqual(["request", "interrupted"]);
  }
});

test("what was acknowledged is in the journal at once", async () => {
  const daemon = await startDaemon();
  const caller = await openWebSocket(daemon);
  for (let round = 0; round < 20; round += 1) {
    const { jobId } = resultOf(await caller.call("fill/start", { request: songRequest() }));
    expect(typesOf(daemon.home, jobId)[0]).toBe("request");
    await endOf(caller, jobId);
    resultOf(await caller.call("fill/accept", { jobId, candidate: 0 }));
    expect(typesOf(daemon.home, jobId).at(-1)).toBe("accept");
    resultOf(await caller.call("fill/run", songRequest()));
    expect(readJournal(daemon.home).entries.at(-1)?.type).toBe("answer");
  }
});

test("a line that was cut off by the end of the machine costs that line alone", async () => {
  const first = await startDaemon();
  const { jobId } = resultOf(await overHttp(first).call("fill/start", { request: songRequest() }));
  await until("the answer", () => typesOf(first.home, jobId).length === 2);
  first.child.kill("SIGKILL");
  await first.ended;
  const [name = ""] = readdirSync(join(first.home, "journal"));
  const path = join(first.home, "journal", name);
  truncateSync(path, readFileSync(path).length - 40);

  const again = await startDaemon({ home: first.home });
  expect(codeOf(await overHttp(again).call("fill/get", { jobId }))).toBe("JOB_INTERRUPTED");
  resultOf(await overHttp(again).call("fill/run", songRequest()));
  await again.stop();
  const { entries, damaged } = readJournal(again.home);
  expect(damaged).toBe(1);
  expect(entries.map(({ type }) => type)).toEqual([
    ...["daemon", "request"],
    ...["daemon", "interrupted", "request", "answer"],
  ]);
});

test("our client comes back by itself and is told that its fill was interrupted", async () => {
  const first = await startDaemon();
  const client = await connect({ env: { CONTINUO_HOME: first.home }, reconnect: true });
  onTestFinished(() => client.close());
  let jobId = "";
  const request = longRequest({ sampling: { seed: 1, candidates: 8 } });
  const filled = client.fill(request, { detached: true, onStart: (id) => (jobId = id) });
  const outcome = filled.then(
    () => "done",
    (error: { code: string }) => error.code,
  );
  await until("the fill", () => jobId !== "");
  await untilRunning(first, jobId);
  await killed(first);
  expect(await settled("the client to be told", outcome)).toBe("JOB_INTERRUPTED");
  expect((await client.fill(songRequest())).model.id).toBe("tiny");
});

test.each([
  ["WebSocket", openWebSocket],
  ["TCP frames", openTcp],
] as const)(
  "%s: a client that is gone takes its fills along, but for those it will come back for",
  async (_, open) => {
    const daemon = await startDaemon();
    const [caller, other] = [await open(daemon), await openWebSocket(daemon)];
    const request = longRequest({ sampling: { seed: 1, candidates: 2 } });
    const own = resultOf(await caller.call("fill/start", { request }));
    const waiting = resultOf(await caller.call("fill/start", { request }));
    const kept = resultOf(await caller.call("fill/start", { request: songRequest(), detached: true }));
    await untilRunning(daemon, own.jobId);
    caller.close();
    for (const { jobId } of [own, waiting]) {
      await until("the fill to be cancelled", async () => (await stateOf(daemon, jobId)) === "cancelled");
    }
    const ended = await endOf(other, kept.jobId);
    expect([ended.state, ended.result?.candidates.length]).toEqual(["done", 1]);
    other.close();
  },
);

test("an HTTP client that hangs up takes its fill along", async () => {
  const daemon = await startDaemon();
  const controller = new AbortController();
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const body = JSON.stringify(longRequest());
  const posted = fetch(`${daemon.url}/v1/fill`, { method: "POST", headers, body, signal: controller.signal });
  const outcome = posted.catch(() => "aborted");
  const counts = async () => resultOf(await overHttp(daemon).call("status")).jobs;
  await until("the fill to run", async () => (await counts()).running === 1);
  controller.abort();
  expect(await outcome).toBe("aborted");
  await until("the fill to be cancelled", async () => (await fillsEndedAs(daemon, "cancelled")) === 1);
});

test.each(["SIGTERM", "SIGINT", "shutdown", "continuo stop"] as const)(
  "%s: the fills are cancelled, not waited for, and clients know how they ended",
  async (how) => {
    const daemon = await startDaemon();
    const caller = await openWebSocket(daemon);
    const running = resultOf(await caller.call("fill/start", { request: longRequest() }));
    const detached = resultOf(await caller.call("fill/start", { request: longRequest(), detached: true }));
    await untilRunning(daemon, running.jobId);
    if (how === "SIGTERM" || how === "SIGINT") daemon.child.kill(how);
    else if (how === "shutdown") await caller.call("shutdown");
    else expect((await runCli(["stop"], { env: { CONTINUO_HOME: daemon.home } })).exitCode).toBe(0);
    const { exitCode, stderr } = await settled("the end", daemon.ended);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const ends = caller.heard.filter(({ method }) => method === "fill/end");
    expect(ends.map(({ params }) => [params.jobId, params.state]).sort()).toEqual(
      [running, detached].map(({ jobId }) => [jobId, "cancelled"]).sort(),
    );
    expect(existsSync(join(daemon.home, "daemon.json"))).toBe(false);
    expect(typesOf(daemon.home, running.jobId)).toEqual(["request", "failure"]);
    expect(readJournal(daemon.home).damaged).toBe(0);
  },
);
