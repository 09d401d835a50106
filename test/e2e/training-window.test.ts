/**
 * Trainings in the daemon: started, followed, paused, resumed and ended, across a restart and a crash.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { constants, getPriority, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { TrainingRunEntry } from "../../bridge/protocol/training.ts";
import { type Caller, codeOf, openWebSocket, overHttp, resultOf } from "./support/callers.ts";
import { newHome, startDaemon, type TestDaemon } from "./support/daemon.ts";
import { songRequest } from "./support/songs.ts";
import { TRAINING_MS, until } from "./support/wait.ts";

const FIXTURES = resolve("test/fixtures");
const PIECES = ["faure-apres-un-reve.mid", "holmes-le-desir.mid"];
/** Long enough that no machine gets to its end before it is paused. */
const MINUTES = 30;

vi.setConfig({ testTimeout: 2 * TRAINING_MS });

const later: typeof until = (what, look) => until(what, look, TRAINING_MS);
const base64 = (name: string) => readFileSync(join(FIXTURES, name)).toString("base64");

function folderOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-midi-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) copyFileSync(join(FIXTURES, name), join(folder, name));
  return folder;
}

const runOf = async (caller: Caller, runId: string) => resultOf(await caller.call("training/get", { runId }));

async function inState(caller: Caller, runId: string, ...states: TrainingRunEntry["state"][]) {
  return later(`${runId} to be ${states}`, async () => {
    const got = await runOf(caller, runId);
    if (got.run.state === "failed" && !states.includes("failed")) throw new Error(got.run.error?.message);
    return states.includes(got.run.state) ? got : undefined;
  });
}

/** Begin one, and wait until it has told a loss and has a checkpoint that can be heard. */
async function begun(caller: Caller, minutes = MINUTES) {
  const params = { name: "Mine & yours", folders: [FIXTURES], from: "tiny", minutes };
  const { runId, state } = resultOf(await caller.call("training/start", params));
  expect(["preparing", "training"]).toContain(state);
  await inState(caller, runId, "training");
  const got = await later("a curve", async () => {
    const now = await runOf(caller, runId);
    return now.points.some(({ trainLoss }) => trainLoss !== null) ? now : undefined;
  });
  return { runId, got };
}

async function daemonWithCaller(home?: string): Promise<{ daemon: TestDaemon; caller: Caller }> {
  const daemon = await startDaemon(home === undefined ? {} : { home });
  return { daemon, caller: overHttp(daemon) };
}

test("it begins, is paused, goes on, is stopped, and its model is installed and fills", async () => {
  const { daemon } = await daemonWithCaller();
  const caller = await openWebSocket(daemon);
  const { runId, got } = await begun(caller);
  expect(got.run).toMatchObject({
    name: "Mine & yours",
    from: "tiny",
    model: null,
    pieces: 6,
    heldOutPieces: 1,
  });
  expect(got.points[0]?.heldOutLoss).toBeGreaterThan(0);
  expect(got.run.notesPerSecond).toBeGreaterThan(0);
  expect(got.run.memoryMib).toBeGreaterThan(0);
  expect(codeOf(await caller.call("training/install", { runId, name: "early" }))).toBe("RUN_STATE");
  expect(codeOf(await caller.call("training/remove", { runId }))).toBe("RUN_STATE");
  expect(codeOf(await caller.call("training/resume", { runId }))).toBe("RUN_STATE");

  const pausing = resultOf(await caller.call("training/pause", { runId }));
  expect(pausing.state).toBe("pausing");
  const paused = (await inState(caller, runId, "paused")).run;
  expect(paused).toMatchObject({ hasModel: true, notesPerSecond: null });
  expect(paused.step).toBeGreaterThan(0);
  expect(codeOf(await caller.call("training/pause", { runId }))).toBe("RUN_STATE");

  resultOf(await caller.call("training/resume", { runId }));
  await later(
    "it to go on from where it was",
    async () => (await runOf(caller, runId)).run.step > paused.step,
  );
  expect(caller.heard.some(({ method }) => method === "training/changed")).toBe(true);
  resultOf(await caller.call("training/stop", { runId }));
  const stopped = (await inState(caller, runId, "stopped")).run;
  expect(stopped.lossBest).toBeLessThan(stopped.lossBefore ?? 0);
  expect(codeOf(await caller.call("training/resume", { runId }))).toBe("RUN_STATE");

  expect(codeOf(await caller.call("training/install", { runId, name: "a/b" }))).toBe("MODEL_NAME_INVALID");
  expect(resultOf(await caller.call("training/install", { runId, name: "mine" }))).toEqual({ model: "mine" });
  expect(codeOf(await caller.call("training/install", { runId, name: "mine" }))).toBe("MODEL_EXISTS");
  expect((await runOf(caller, runId)).run.installedAs).toBe("mine");
  expect(resultOf(await caller.call("models/list")).models.map(({ id }) => id)).toContain("mine");
  const filled = resultOf(await caller.call("fill/run", songRequest({ model: "mine" })));
  expect(filled.candidates[0]?.notes.length).toBeGreaterThan(0);
  const cards = resultOf(await caller.call("models/cards")).models;
  expect(cards.find(({ id }) => id === "mine")).toMatchObject({ family: "infill", card: null });
  expect(cards.find(({ id }) => id === "mine")?.training).toMatchObject({ heldOutLoss: stopped.lossBest });
  expect(cards.find(({ id }) => id === "infill-s")?.card).toContain("# infill-s");
  const report = resultOf(await caller.call("dataset/info", { runId }));
  expect(report).toMatchObject({ pieces: 6, failed: [] });
  expect(report.histograms.pitch.length).toBeGreaterThan(3);

  expect(resultOf(await caller.call("training/remove", { runId }))).toEqual({ removed: runId });
  expect(resultOf(await caller.call("training/list")).runs).toEqual([]);
  expect(existsSync(join(daemon.home, "runs", runId))).toBe(false);
  expect(existsSync(join(daemon.home, "datasets", runId))).toBe(false);
  expect(existsSync(join(daemon.home, "models", "mine", "model.safetensors"))).toBe(true);
});

test("checkpoints are heard by name, each with its own notes", async () => {
  const { caller, daemon } = await daemonWithCaller();
  const params = { name: "short", folders: [FIXTURES], from: "tiny", minutes: 0.1 };
  const { runId } = resultOf(await caller.call("training/start", params));
  await inState(caller, runId, "done");
  const checkpoints = await later("checkpoints", async () => {
    const got = await runOf(caller, runId);
    return got.checkpoints.length > 2 ? got.checkpoints : undefined;
  });
  expect(checkpoints.at(-1)?.model).toBe(`run:${runId}`);
  await later("no more room to be taken than is needed", () => {
    const left = readdirSync(join(daemon.home, "runs", runId)).filter((name) => name.startsWith("step-"));
    return left.length === 0;
  });
  const notes = async (model: string) => {
    const result = resultOf(await caller.call("fill/run", songRequest({ model })));
    expect(result.model.id).toBe(model);
    return JSON.stringify(result.candidates[0]?.notes);
  };
  const heard = [await notes("tiny")];
  for (const { model } of checkpoints) heard.push(await notes(model));
  expect(new Set(heard).size).toBeGreaterThan(2);
  const fill = (model: string) => caller.call("fill/run", songRequest({ model }));
  expect(codeOf(await fill("run:nobody-1"))).toBe("MODEL_NOT_FOUND");
  expect(codeOf(await fill("run:../../etc"))).toBe("RUN_NOT_FOUND");
  expect(codeOf(await fill(`run:${runId}/../model`))).toBe("MODEL_NOT_FOUND");
  // As if nothing after the start had been better.
  const events = join(daemon.home, "runs", runId, "events.jsonl");
  const lines = readFileSync(events, "utf8").split("\n");
  const isLater = (line: string) => line.includes('"heldOut"') && !line.includes('"step":0,');
  const worse = lines.map((line) => (isLater(line) ? line.replace('"isBest":true', '"isBest":false') : line));
  writeFileSync(events, worse.join("\n"));
  expect(codeOf(await caller.call("training/install", { runId, name: "worse" }))).toBe("MODEL_WORSE");
  const forced = await caller.call("training/install", { runId, name: "worse", force: true });
  expect(resultOf(forced)).toEqual({ model: "worse" });
  const again = { name: "again", folders: [FIXTURES], from: `run:${runId}`, minutes: 1 };
  expect(codeOf(await caller.call("training/start", again))).toBe("MODEL_NOT_FOUND");
});

describe("a daemon that ends in the middle", () => {
  test.each([
    ["by a signal", "SIGTERM"],
    ["by a crash", "SIGKILL"],
  ] as const)("%s: the training is found paused, and goes on", async (_, signal) => {
    const home = newHome();
    const first = await daemonWithCaller(home);
    const { runId } = await begun(first.caller);
    first.daemon.child.kill(signal);
    await first.daemon.ended;
    const { caller } = await daemonWithCaller(home);
    const listed = resultOf(await caller.call("training/list")).runs;
    expect(listed.map((run) => run.runId)).toEqual([runId]);
    expect(["pausing", "paused"]).toContain(listed[0]?.state);
    const { run } = await inState(caller, runId, "paused");
    expect(existsSync(join(home, "runs", runId, "latest.safetensors"))).toBe(true);
    resultOf(await caller.call("training/resume", { runId }));
    await later("it to go on", async () => (await runOf(caller, runId)).run.step > run.step);
    resultOf(await caller.call("training/stop", { runId }));
    await inState(caller, runId, "stopped");
  });
});

test("files that a page sent are learnt from; a second training waits for the first", async () => {
  const { caller, daemon } = await daemonWithCaller();
  const add = (name: string, ...files: { name: string; bytes: string }[]) =>
    caller.call("dataset/add", { name, files });
  for (const [index, name] of PIECES.entries()) {
    const added = resultOf(await add("dropped", { name, bytes: base64(name) }));
    expect(added).toEqual({ name: "dropped", files: index + 1 });
  }
  const [first = "", second = ""] = PIECES;
  expect(resultOf(await add("dropped", { name: first, bytes: base64(first) })).files).toBe(2);
  expect(resultOf(await add("dropped", { name: first, bytes: base64(second) })).files).toBe(3);
  const folder = join(daemon.home, "datasets", "dropped", "files");
  expect(readFileSync(join(folder, first))).toEqual(readFileSync(join(FIXTURES, first)));
  for (const name of ["../out.mid", "a/b.mid", ".hidden.mid", "notes.txt"]) {
    expect(codeOf(await add("dropped", { name, bytes: "TVRoZA==" }))).toBe("NAME_INVALID");
  }
  expect(codeOf(await add("../out", { name: "a.mid", bytes: "TVRoZA==" }))).toBe("NAME_INVALID");

  const start = { name: "dropped", dataset: "dropped", model: "lstm-16", minutes: MINUTES };
  const one = resultOf(await caller.call("training/start", start));
  expect(one).toMatchObject({ from: null, model: "lstm-16" });
  const two = resultOf(await caller.call("training/start", { ...start, name: "later" }));
  expect(two.state).toBe("waiting");
  await inState(caller, one.runId, "training");
  expect((await runOf(caller, two.runId)).run.state).toBe("waiting");
  resultOf(await caller.call("training/stop", { runId: one.runId }));
  const { run } = await inState(caller, two.runId, "training");
  expect(run.name).toBe("later");
  resultOf(await caller.call("training/stop", { runId: two.runId }));
  await inState(caller, two.runId, "stopped");
});

test("what a training cannot begin with", async () => {
  const { caller } = await daemonWithCaller();
  const start = (more: object) => caller.call("training/start", { name: "x", minutes: 1, ...more });
  const plain = folderOf();
  writeFileSync(join(plain, "file.mid"), "");
  mkdirSync(join(plain, "empty"));
  expect(codeOf(await start({}))).toBe("DATASET_EMPTY");
  expect(codeOf(await start({ folders: ["test"] }))).toBe("FOLDER_NOT_FOUND");
  expect(codeOf(await start({ folders: [join(plain, "none")] }))).toBe("FOLDER_NOT_FOUND");
  expect(codeOf(await start({ folders: [join(plain, "file.mid")] }))).toBe("FOLDER_NOT_FOUND");
  expect(codeOf(await start({ folders: [plain], from: "nobody" }))).toBe("MODEL_NOT_FOUND");
  expect(codeOf(await start({ folders: [plain], from: "tiny", model: "lstm-16" }))).toBe("OPTION_CONFLICT");
  expect(codeOf(await start({ folders: [plain], minutes: 0 }))).toBe("REQUEST_INVALID");
  expect(codeOf(await caller.call("training/get", { runId: "../x" }))).toBe("RUN_NOT_FOUND");
  expect(codeOf(await caller.call("dataset/check", { path: join(plain, "none") }))).toBe("FOLDER_NOT_FOUND");
  expect(resultOf(await caller.call("dataset/check", { path: plain }))).toEqual({
    path: plain,
    files: 1,
    isAll: true,
  });

  const { runId } = resultOf(await start({ folders: [join(plain, "empty")] }));
  const { run } = await inState(caller, runId, "failed");
  expect(run.error?.code).toBe("DATASET_EMPTY");
  const { runId: other } = resultOf(await start({ folders: [FIXTURES], model: "oracle" }));
  expect((await inState(caller, other, "failed")).run.error?.code).toBe("MODEL_UNKNOWN");
});

test("a training whose program is killed has failed, and goes on from its checkpoint", async () => {
  const { caller, daemon } = await daemonWithCaller();
  const { runId } = await begun(caller);
  const plan = JSON.parse(readFileSync(join(daemon.home, "runs", runId, "plan.json"), "utf8"));
  expect(getPriority(plan.pid)).toBe(constants.priority.PRIORITY_LOW);
  process.kill(plan.pid, "SIGKILL");
  const { run } = await inState(caller, runId, "failed");
  expect(run.error?.code).toBe("TRAINING_FAILED");
  resultOf(await caller.call("training/resume", { runId }));
  await inState(caller, runId, "training");
  resultOf(await caller.call("training/stop", { runId }));
  expect((await inState(caller, runId, "stopped")).run.error).toBe(null);
});

test("comparisons are counted by pair, whichever model is named first, also after a restart", async () => {
  const home = newHome();
  const first = await daemonWithCaller(home);
  const facts = { startTick: 0, endTick: 1920, seed: 1 };
  const record = async (modelA: string, modelB: string, winner: "a" | "b" | "tie") =>
    resultOf(await first.caller.call("comparison/record", { modelA, modelB, winner, ...facts })).comparisons;
  expect(await record("tiny", "mine", "a")).toBe(1);
  expect(await record("mine", "tiny", "a")).toBe(2);
  expect(await record("mine", "tiny", "a")).toBe(3);
  expect(await record("mine", "tiny", "tie")).toBe(4);
  expect(await record("infill-s", "tiny", "b")).toBe(1);
  await first.daemon.stop();
  writeFileSync(
    join(home, "comparisons.jsonl"),
    `${readFileSync(join(home, "comparisons.jsonl"), "utf8")}{"mod`,
  );
  const { caller } = await daemonWithCaller(home);
  expect(resultOf(await caller.call("comparison/score")).pairs).toEqual([
    { modelA: "mine", modelB: "tiny", a: 2, b: 1, ties: 1 },
    { modelA: "infill-s", modelB: "tiny", a: 0, b: 1, ties: 0 },
  ]);
  rmSync(join(home, "comparisons.jsonl"));
  mkdirSync(join(home, "comparisons.jsonl"));
  const params = { modelA: "a", modelB: "b", winner: "tie", ...facts };
  expect(codeOf(await caller.call("comparison/record", params))).toBe("COMPARISON_NOT_WRITTEN");
});
