/**
 * Regions that a host sends to the piano roll over each transport, and how they return.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobEntry } from "../../../bridge/protocol/methods.ts";
import type { RollEntry } from "../../../bridge/protocol/roll.ts";
import { runCli } from "../../bridge/support/cli.ts";
import {
  type Caller,
  codeOf,
  getUrl,
  type Listener,
  openTcp,
  openWebSocket,
  overFolder,
  overHttp,
  resultOf,
} from "../support/callers.ts";
import { newHome, startDaemon, type TestDaemon } from "../support/daemon.ts";
import { endOf } from "../support/fills.ts";
import { typesOf } from "../support/journal.ts";
import { songRequest } from "../support/songs.ts";

let daemon: TestDaemon;
let page: Listener;
/** What the browser was told to open. */
let opened: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const home = newHome((end) => ends.push(end));
  opened = join(home, "opened.txt");
  const browser = join(home, "browser.sh");
  writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`, { mode: 0o755 });
  daemon = await startDaemon({ home, env: { CONTINUO_BROWSER: browser }, onEnd: (end) => ends.push(end) });
  page = await openWebSocket(daemon);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const request = songRequest({ revision: "take 3" });
const [START, END] = [request.region.startTick, request.region.endTick];
const inRegion = ({ startTick }: { startTick: number }) => startTick >= START && startTick < END;
const before = (request.tracks[0]?.notes ?? []).filter(inRegion).map((note) => ({ channel: 0, ...note }));
const note = { startTick: START + 60, durationTicks: 60, pitch: 90, velocity: 50, channel: 0 };

/** The song that was asked for last, when the page has heard of it. */
async function waited(caller: Caller, title: string) {
  const asked = resultOf(await caller.call("roll/ask", { title, request }));
  expect(asked).toMatchObject({ state: "running", revision: "take 3", result: null });
  const rollId = new URL(asked.url).searchParams.get("roll") ?? "";
  const { jobId } = asked;
  return { rollId, jobId, url: asked.url };
}

const hosts = (rollId: string) =>
  page.heard
    .filter(
      ({ method, params }) => method === "roll/host" && (params as unknown as RollEntry).rollId === rollId,
    )
    .map(({ params }) => (params as unknown as RollEntry).host);

async function edited(rollId: string): Promise<void> {
  const changes = [{ trackId: "lead", removed: before.slice(1), added: [note] }];
  resultOf(await page.call("roll/edit", { rollId, changes }));
}

const HOSTS: Record<string, () => Promise<Caller>> = {
  WebSocket: () => openWebSocket(daemon),
  "TCP frames": () => openTcp(daemon),
  "POST /v1/rpc": async () => overHttp(daemon),
  "watched folder": async () => overFolder(daemon),
};

test.each(Object.entries(HOSTS))("%s: the notes come back as the answer of a fill", async (name, open) => {
  const host = await open();
  const { rollId, jobId } = await waited(host, `From ${name}`);
  const roll = resultOf(await page.call("roll/get", { rollId }));
  expect(roll).toMatchObject({ title: `From ${name}`, file: null, host: { region: request.region } });
  expect(roll.song.tracks[0]?.notes).toHaveLength(80);
  await edited(rollId);
  const waiting = endOf(host, jobId);
  expect(resultOf(await page.call("roll/return", { rollId }))).toEqual({ noteCount: 2 });
  const job = await waiting;
  expect(job).toMatchObject({ state: "done", fraction: 1, revision: "take 3", error: null });
  expect(job.result).toMatchObject({ model: { id: "by-hand" }, removed: before, region: request.region });
  expect(job.result?.candidates.map(({ notes }) => notes)).toEqual([[before[0], note]]);
  expect(resultOf(await host.call("fill/accept", { jobId, candidate: 0 }))).toEqual({ accepted: 0 });
  expect(hosts(rollId)).toEqual([expect.objectContaining({ region: request.region }), null]);
  // The song stays open, and nobody waits.
  expect(codeOf(await page.call("roll/return", { rollId }))).toBe("ROLL_HOSTLESS");
  host.close();
});

test("a host that reads lines is told the address, and its notes", async () => {
  const lines = async (method: string, params: object) => {
    const query = { token: daemon.token(), format: "lines", method, params: JSON.stringify(params) };
    return (await getUrl(daemon, query)).text;
  };
  const asked = await lines("roll/ask", { title: "Bar 5", request });
  const [, jobId] = /^job (\S+) running\n/.exec(asked) ?? [];
  const [, url = ""] = /\nurl (\S+)\n/.exec(asked) ?? [];
  expect(asked.endsWith("\nEND\n")).toBe(true);
  expect((await fetch(url, { redirect: "manual" })).status).toBe(303);
  const rollId = new URL(url).searchParams.get("roll") ?? "";
  await edited(rollId);
  await page.call("roll/return", { rollId });
  const done = await lines("fill/get", { jobId });
  expect(done).toContain(`job ${jobId} done\n`);
  expect(done).toContain(`\ncandidate 0 2 0\n`);
  expect(done).toContain(`\nnote ${note.startTick} 60 90 50 0\n`);
});

test.skipIf(process.platform === "win32")("the browser opens by an address of its own", async () => {
  const { rollId, url, jobId } = await waited(page, "Opened");
  const lines = () => (existsSync(opened) ? readFileSync(opened, "utf8").trim().split("\n") : []);
  await expect.poll(() => lines().find((line) => line.includes(rollId))).toBeDefined();
  const own = lines().find((line) => line.includes(rollId)) ?? "";
  expect(own).not.toBe(url);
  for (const address of [own, url]) expect((await fetch(address, { redirect: "manual" })).status).toBe(303);
  resultOf(await page.call("fill/cancel", { jobId }));
  const count = lines().length;
  const { url: told } = resultOf(await page.call("page/open", { browser: true }));
  await expect.poll(() => lines().length).toBe(count + 1);
  expect((await fetch(told, { redirect: "manual" })).status).toBe(303);
});

test("a region can be declined, given up by the host, or left by one that is gone; the song stays", async () => {
  const host = await openWebSocket(daemon);
  const declined = await waited(host, "Declined");
  expect(resultOf(await page.call("roll/decline", { rollId: declined.rollId }))).toEqual({ declined: true });
  const cancelled = await waited(host, "Cancelled");
  resultOf(await host.call("fill/cancel", { jobId: cancelled.jobId }));
  for (const { jobId, rollId } of [declined, cancelled]) {
    const job = resultOf(await host.call("fill/get", { jobId }));
    expect(job).toMatchObject({ state: "cancelled", result: null, error: { code: "CANCELLED" } });
    await expect.poll(() => hosts(rollId).at(-1)).toBe(null);
  }
  const told = host.heard.filter(({ method }) => method === "fill/end");
  expect(told.map(({ params }) => (params as Partial<JobEntry>).state)).toEqual(["cancelled", "cancelled"]);
  const left = await waited(host, "Left");
  host.close();
  await expect.poll(() => hosts(left.rollId).at(-1)).toBe(null);
  const { rolls } = resultOf(await page.call("roll/list"));
  for (const { rollId } of [declined, cancelled, left])
    expect(rolls.find((roll) => roll.rollId === rollId)?.host).toBe(null);
  expect(codeOf(await page.call("roll/return", { rollId: left.rollId }))).toBe("ROLL_HOSTLESS");
  await edited(left.rollId);
});

test("it takes no worker: fills go on beside it", async () => {
  const { jobId } = await waited(page, "Beside");
  const fill = resultOf(await page.call("fill/run", songRequest()));
  expect(fill.candidates).toHaveLength(1);
  const { jobs } = resultOf(await page.call("status"));
  expect(jobs.running).toBeGreaterThanOrEqual(1);
  resultOf(await page.call("fill/cancel", { jobId }));
});

test("a region outside the song is refused before anything opens, and so is one too many", async () => {
  const ask = async (region: object) => {
    const refused = await page.call("roll/ask", { title: "x", request: { ...request, region } });
    return codeOf(refused);
  };
  expect(await ask({ trackId: "none", startTick: 0, endTick: 9 })).toBe("TRACK_NOT_FOUND");
  expect(await ask({ trackId: "lead", startTick: 9, endTick: 9 })).toBe("REGION_EMPTY");
  const host = await openWebSocket(daemon);
  let code: string | undefined;
  for (let count = 0; count < 17 && code === undefined; count += 1)
    code = codeOf(await host.call("roll/ask", { title: `${count}`, request }));
  expect(code).toBe("BUSY");
  host.close();
});

test("the journal has it; a daemon that ended says so, and replay writes its notes", async () => {
  const first = await startDaemon();
  const caller = await openWebSocket(first);
  const done = resultOf(await caller.call("roll/ask", { title: "Done", request }));
  const rollOf = ({ url }: { url: string }) => new URL(url).searchParams.get("roll");
  resultOf(await caller.call("roll/return", { rollId: rollOf(done) }));
  expect(typesOf(first.home, done.jobId)).toEqual(["request", "answer"]);
  const open = resultOf(await caller.call("roll/ask", { title: "Open", request }));
  first.child.kill("SIGKILL");
  await first.ended;
  const second = await startDaemon({ home: first.home });
  expect(codeOf(await overHttp(second).call("fill/get", { jobId: open.jobId }))).toBe("JOB_INTERRUPTED");
  const roll = resultOf(await overHttp(second).call("roll/get", { rollId: rollOf(open) }));
  expect(roll).toMatchObject({ title: "Open", host: null });
  const output = join(first.home, "replayed.mid");
  const env = { CONTINUO_HOME: first.home };
  const replayed = await runCli(["replay", done.jobId, "-o", output, "--json"], { env });
  expect([replayed.exitCode, replayed.stderr]).toEqual([0, ""]);
  expect(JSON.parse(replayed.stdout)).toMatchObject({ isSame: true, differences: [] });
  expect(existsSync(output)).toBe(true);
});
