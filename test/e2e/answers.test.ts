/**
 * Features of single transports besides the methods: notifications, answers in lines, files, HTTP statuses.
 */
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importModel, removeModel } from "../../bridge/engine/user-models.ts";
import type { FillResult } from "../../bridge/protocol/fill.ts";
import {
  fetchAnswer,
  getUrl,
  leaveFile,
  openTcp,
  openWebSocket,
  overFolder,
  overGet,
  overHttp,
  resultOf,
} from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { type Lines, readLines } from "./support/lines.ts";
import { longRequest, notesOf, songRequest } from "./support/songs.ts";
import { until } from "./support/wait.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];
let expected: FillResult;

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
  expected = resultOf(await overHttp(daemon).call("fill/run", songRequest()));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const notesInLines = (lines: Lines) => lines.candidates.map(({ notes }) => notes);

test.each([
  ["WebSocket", openWebSocket],
  ["TCP frames", openTcp],
] as const)("%s: progress, each candidate and the end are told, in this order", async (_, open) => {
  const caller = await open(daemon);
  const request = longRequest({
    region: { trackId: "lead", startTick: 7_680, endTick: 23_040 },
    sampling: { seed: 3, candidates: 3 },
    revision: "r",
  });
  const { jobId } = resultOf(await caller.call("fill/start", { request }));
  const told = () => caller.heard.filter(({ params }) => params.jobId === jobId);
  const end = await until("the end", () => told().find(({ method }) => method === "fill/end"));
  caller.close();
  const kinds = told().map(({ method }) => method);
  expect(kinds.filter((kind) => kind === "fill/candidate")).toHaveLength(3);
  expect(kinds.filter((kind) => kind === "fill/progress").length).toBeGreaterThan(2);
  expect(kinds.indexOf("fill/end")).toBe(kinds.length - 1);
  const fractions = told().flatMap(({ method, params }) =>
    method === "fill/progress" ? [params.fraction] : [],
  );
  expect(fractions).toEqual([...fractions].sort((a = 0, b = 0) => a - b));
  expect(end.params).toMatchObject({ state: "done", revision: "r" });
  const one = (notes: unknown) => JSON.stringify(notes);
  const candidates = told().flatMap(({ params }) => (params.candidate ? [one(params.candidate.notes)] : []));
  expect(candidates.sort()).toEqual(end.params.result?.candidates.map(({ notes }) => one(notes)).sort());
});

test("a client that did not ask hears nothing of another's fill", async () => {
  const [asker, other] = [await openWebSocket(daemon), await openTcp(daemon)];
  resultOf(await asker.call("fill/run", songRequest()));
  await other.call("status");
  expect(other.heard).toEqual([]);
  asker.close();
  other.close();
});

test("POST /v1/fill waits for the notes, as JSON and as lines", async () => {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const post = (query: string) =>
    fetch(`${daemon.url}/v1/fill${query}`, { method: "POST", headers, body: JSON.stringify(songRequest()) });
  const json = await post("");
  expect(json.headers.get("content-type")).toContain("application/json");
  expect(notesOf((await json.json()) as FillResult)).toEqual(notesOf(expected));
  const lines = await post("?format=lines");
  expect(lines.headers.get("content-type")).toContain("text/plain");
  expect(notesInLines(readLines(await lines.text()))).toEqual(notesOf(expected));
});

test("GET in lines: begin, look, and the same notes; errors have a line", async () => {
  const token = daemon.token();
  const get = async (method: string, params: unknown) => {
    const answer = await getUrl(daemon, { token, method, params: JSON.stringify(params), format: "lines" });
    return { status: answer.status, lines: readLines(answer.text) };
  };
  const begun = await get("fill/start", { request: songRequest({ revision: "two\nlines" }) });
  const lines = await until("the end of the fill", async () => {
    const asked = await get("fill/get", { jobId: begun.lines.jobId, waitMs: 20_000 });
    return asked.lines.state !== "queued" && asked.lines.state !== "running" && asked.lines;
  });
  expect(lines).toMatchObject({ state: "done", seed: 11, revision: "two lines" });
  expect(notesInLines(lines)).toEqual(notesOf(expected));
  expect(lines.removed).toHaveLength(expected.removed.length);
  expect(await get("fill/get", { jobId: "none" })).toMatchObject({
    status: 404,
    lines: { error: "JOB_NOT_FOUND" },
  });
  expect((await get("status", {})).lines.json).toMatchObject({ pid: daemon.pid });
});

test("a file that asks for lines gets them; an error too", async () => {
  const asked = { jsonrpc: "2.0", id: 1, format: "lines", method: "fill/run" };
  const answer = await leaveFile(daemon, JSON.stringify({ ...asked, params: songRequest() }));
  expect(answer.isLines).toBe(true);
  expect(notesInLines(readLines(answer.text))).toEqual(notesOf(expected));
  const wrong = await leaveFile(daemon, JSON.stringify({ ...asked, params: {} }));
  expect(readLines(wrong.text).error).toBe("REQUEST_INVALID");
});

test("a file's request is given up by a .cancel beside it; nothing is left in the folder", async () => {
  const path = join(daemon.folder, "long");
  const message = { jsonrpc: "2.0", id: 9, method: "fill/run", params: longRequest() };
  // Renamed, as the protocol asks: half a file would be answered as that.
  writeFileSync(`${path}.tmp`, JSON.stringify(message));
  renameSync(`${path}.tmp`, `${path}.request.json`);
  await until(
    "the fill to run",
    async () => resultOf(await overHttp(daemon).call("status")).jobs.running > 0,
  );
  writeFileSync(`${path}.cancel`, "");
  const { text } = await fetchAnswer(path);
  expect(JSON.parse(text)).toMatchObject({ id: 9, error: { data: { code: "CANCELLED" } } });
  await until("the folder to be empty", () => readdirSync(daemon.folder).length === 0);
});

test("a request that is given up with a word leaves no answer, however far it is", async () => {
  for (const milliseconds of [0, 1, 5, 20, 60, 120]) {
    const path = join(daemon.folder, `dropped-${milliseconds}`);
    const message = { jsonrpc: "2.0", id: 9, method: "fill/run", params: songRequest() };
    writeFileSync(`${path}.tmp`, JSON.stringify(message));
    renameSync(`${path}.tmp`, `${path}.request.json`);
    // Each time finds it at another point of its way.
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    for (const ending of ["request.json", "response.json"]) rmSync(`${path}.${ending}`, { force: true });
    writeFileSync(`${path}.tmp`, "unwanted");
    renameSync(`${path}.tmp`, `${path}.cancel`);
  }
  await until("the folder to be empty", () => readdirSync(daemon.folder).length === 0);
});

test("HTTP says what it is by its status", async () => {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const post = async (path: string, body: string) =>
    (await fetch(`${daemon.url}${path}`, { method: "POST", headers, body })).status;
  expect(await post("/v1/fill", "{")).toBe(400);
  expect(await post("/v1/fill", "{}")).toBe(400);
  expect(await post("/v1/fill", JSON.stringify(songRequest({ model: "none" })))).toBe(404);
  expect(await post("/v1/nothing", "{}")).toBe(404);
  expect(await post("/v1/rpc", '{"jsonrpc":"2.0","method":"status"}')).toBe(204);
  expect((await getUrl(daemon, { token: daemon.token(), method: "status", surprise: "1" })).status).toBe(400);
  expect((await fetch(`${daemon.url}/metrics`, { headers })).status).toBe(200);
});

test("figures for Prometheus count what was done", async () => {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const figure = async () => {
    const text = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
    return Number(/^continuo_fills_total\{state="done"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const before = await figure();
  await overGet(daemon).call("fill/run", songRequest());
  await overFolder(daemon).call("fill/run", songRequest());
  expect(await figure()).toBe(before + 2);
});

test("a model that comes while it runs is told to clients and can be named at once", async () => {
  const caller = await openWebSocket(daemon);
  const env = { CONTINUO_HOME: daemon.home };
  importModel(join(daemon.home, "models", "tiny"), {
    name: "tiny-2",
    licence: "none",
    source: "a copy",
    env,
  });
  const told = await until("the news", () => caller.heard.find(({ method }) => method === "models/changed"));
  expect(told.params.models?.map(({ id }) => id)).toContain("tiny-2");
  const filled = resultOf(await caller.call("fill/run", songRequest({ model: "tiny-2" })));
  expect([filled.model.id, notesOf(filled)]).toEqual(["tiny-2", notesOf(expected)]);
  removeModel("tiny-2", env);
  caller.close();
});
