/**
 * Failures of the machine under a daemon: a full disk, a clock set back, models that change or break.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { codeOf, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { newHome, startDaemon } from "../support/daemon.ts";
import { endOf } from "../support/fills.ts";
import { readJournal, typesOf } from "../support/journal.ts";
import { isLinux, isRoot, testWith } from "../support/needs.ts";
import { notesOf, songRequest } from "../support/songs.ts";
import { until } from "../support/wait.ts";

const TIME_LIBRARY = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
].find(existsSync);

testWith("root", isLinux && isRoot)(
  "no room for the journal: fills go on, the log says so, and later entries are whole",
  async () => {
    const home = newHome();
    const journal = join(home, "journal");
    mkdirSync(journal);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", journal]);
    onTestFinished(() => void execFileSync("umount", ["-l", journal]));
    const daemon = await startDaemon({ home });
    const caller = overHttp(daemon);
    for (let filled = 0; filled < 12; filled++) {
      expect(resultOf(await caller.call("fill/run", songRequest())).candidates).toHaveLength(1);
    }
    await until("the log", () => daemon.log().includes("the journal is not written"));
    expect(daemon.log()).toContain("ENOSPC");
    execFileSync("mount", ["-o", "remount,size=4m", journal]);
    const { jobId } = resultOf(await caller.call("fill/start", { request: songRequest() }));
    await until("the journal to go on", () => typesOf(home, jobId).length === 2);
    await daemon.stop();
    const { entries, damaged } = readJournal(home);
    expect(damaged).toBeLessThanOrEqual(2);
    expect(entries.filter(({ type }) => type === "answer").length).toBeGreaterThan(1);
    const again = await startDaemon({ home });
    resultOf(await overHttp(again).call("fill/run", songRequest()));
    await again.stop();
  },
);

testWith("root", isLinux && isRoot)(
  "a full disk under the piano roll: no change is acknowledged, it is shown, and work goes on when there is room",
  async () => {
    const home = newHome();
    const folder = join(home, "rolls");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", folder]);
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    const daemon = await startDaemon({ home });
    const page = await openWebSocket(daemon);
    const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
    const { rollId } = resultOf(await page.call("roll/open", { title: "Song", song }));
    const edit = (startTick: number) => {
      const added = [{ startTick, durationTicks: 9, pitch: 60, velocity: 80, channel: 0 }];
      return page.call("roll/edit", { rollId, changes: [{ trackId: "a", removed: [], added }] });
    };
    expect(resultOf(await edit(0)).version).toBe(1);
    try {
      for (;;) writeFileSync(join(folder, "filler"), Buffer.alloc(4_096), { flag: "a" });
    } catch {
      // Now it is full.
    }
    // What fits into the last block is acknowledged, and kept.
    const acknowledged = [0];
    let refused = "";
    for (let tick = 1; refused === "" && tick < 100; tick += 1) {
      const answer = await edit(tick);
      if (answer.error === undefined) acknowledged.push(tick);
      else refused = codeOf(answer) ?? "";
    }
    expect(refused).toBe("CHANGE_NOT_WRITTEN");
    const problems = resultOf(await page.call("status")).writeProblems;
    expect(problems).toMatchObject([
      { file: `rolls/${rollId}/edits.log`, reason: expect.stringContaining("ENOSPC") },
    ]);
    const headers = { authorization: `Bearer ${daemon.token()}` };
    const figures = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
    expect(figures).toMatch(/^continuo_write_problems 1$/m);
    const told = () => page.heard.filter(({ method }) => method === "status/writing");
    expect(told()).toHaveLength(1);
    const shown = async () =>
      resultOf(await page.call("roll/get", { rollId })).song.tracks.flatMap(({ notes }) =>
        notes.map(({ startTick }) => startTick),
      );
    expect(await shown()).toEqual(acknowledged);

    // One that waits while room is made is acknowledged as if nothing had been.
    const waiting = edit(500);
    rmSync(join(folder, "filler"));
    const { version } = resultOf(await waiting);
    expect(version).toBe(acknowledged.length + 1);
    await until("the all-clear", async () => resultOf(await page.call("status")).writeProblems.length === 0);
    expect(told().at(-1)?.params).toEqual({ problems: [] });
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const again = overHttp(await startDaemon({ home }));
    const after = resultOf(await again.call("roll/get", { rollId }));
    expect(after.version).toBe(version);
    expect(after.song.tracks.flatMap(({ notes }) => notes.map(({ startTick }) => startTick))).toEqual([
      ...acknowledged,
      500,
    ]);
  },
);

test("no right to write the journal: fills go on, the log says so", async () => {
  const home = newHome();
  // A file where the folder should be stops root as well.
  writeFileSync(join(home, "journal"), "");
  const daemon = await startDaemon({ home });
  resultOf(await overHttp(daemon).call("fill/run", songRequest()));
  const { jobId, isJournaled } = resultOf(
    await overHttp(daemon).call("fill/start", { request: songRequest() }),
  );
  expect([jobId === "", isJournaled]).toEqual([false, false]);
  expect(resultOf(await overHttp(daemon).call("status")).writeProblems).toMatchObject([{ file: "journal" }]);
  await until("the log", () => daemon.log().includes("the journal is not written"));
});

testWith("libfaketime", TIME_LIBRARY !== undefined)(
  "a clock that goes back three days while it runs changes nothing",
  async () => {
    const home = newHome();
    const clock = join(home, "clock");
    const setClock = (offset: string) => writeFileSync(clock, `${offset}\n`);
    setClock("+0d");
    const daemon = await startDaemon({
      home,
      config: { keepMinutes: 1 },
      env: {
        LD_PRELOAD: TIME_LIBRARY,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
    });
    const caller = await openWebSocket(daemon);
    const begin = async () => resultOf(await caller.call("fill/start", { request: songRequest() })).jobId;
    const end = async (jobId: string) => (await endOf(caller, jobId)).state;
    const ids = [await begin()];
    expect(await end(ids[0] ?? "")).toBe("done");
    for (const offset of ["-3d", "+3d", "-30d"]) {
      setClock(offset);
      const id = await begin();
      expect(await end(id)).toBe("done");
      ids.push(id);
    }
    expect(new Set(ids).size).toBe(4);
    // Kept and cancelled by time that only goes on.
    for (const id of ids) expect(await end(id)).toBe("done");
    // Not the days that the clock went on and back.
    expect(resultOf(await caller.call("status")).uptimeMs).toBeLessThan(12 * 3_600_000);
    caller.close();
    await daemon.stop();
    const { entries, damaged } = readJournal(home);
    expect(damaged).toBe(0);
    expect(entries.flatMap(({ type, jobId }) => (type === "request" ? [jobId] : []))).toEqual(ids);
    // The clock did go back.
    const times = entries.map(({ at }) => Date.parse(String(at)));
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
    const again = await startDaemon({ home });
    expect(codeOf(await overHttp(again).call("fill/get", { jobId: ids[0] }))).toBe("JOB_NOT_FOUND");
  },
);

test("a model that is removed while it is loaded: its fills have notes or a reason, others go on", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const caller = overHttp(daemon);
  const before = resultOf(await caller.call("fill/run", songRequest({ model: "tiny" })));
  rmSync(join(daemon.home, "models", "tiny"), { recursive: true });
  for (let asked = 0; asked < 3; asked++) {
    const answer = await caller.call("fill/run", songRequest({ model: "tiny" }));
    if (answer.result === undefined) expect(codeOf(answer)).toMatch(/^MODEL_(DAMAGED|NOT_FOUND)$/);
    else expect(notesOf(answer.result)).toEqual(notesOf(before));
  }
  expect(resultOf(await caller.call("fill/run", songRequest())).model.id).toBe("infill-s");
  importModel(inject("tinyModel"), {
    ...{ name: "tiny-again", licence: "none", source: "a copy", env: { CONTINUO_HOME: daemon.home } },
  });
  await until("the model", async () =>
    resultOf(await caller.call("models/list")).models.some(({ id }) => id === "tiny-again"),
  );
  const after = resultOf(await caller.call("fill/run", songRequest({ model: "tiny-again" })));
  expect(notesOf(after)).toEqual(notesOf(before));
});

/** A model like the small one, its weights changed; the manifest has their sum, so only running it shows. */
function importChanged(home: string, name: string, change: (weights: Buffer) => void): void {
  const folder = join(home, "source", name);
  mkdirSync(folder, { recursive: true });
  const weights = readFileSync(join(inject("tinyModel"), "model.safetensors"));
  change(weights);
  copyFileSync(join(inject("tinyModel"), "model.json"), join(folder, "model.json"));
  writeFileSync(join(folder, "model.safetensors"), weights);
  importModel(folder, { name, licence: "none", source: "changed", env: { CONTINUO_HOME: home } });
}

/** Where the numbers begin, after the head of a safetensors file. */
const dataFrom = (weights: Buffer) => 8 + Number(weights.readBigUInt64LE(0));

test("a fill that fails in the middle, in native code: that fill has a code, the next has notes", async () => {
  const home = newHome();
  // f16: all ones is NaN, so the network computes NaN from the first step on.
  importChanged(home, "no-numbers", (weights) => weights.fill(0xff, dataFrom(weights)));
  importChanged(home, "cut", (weights) => weights.fill(0, 0, 8));
  const daemon = await startDaemon({ home });
  const caller = await openWebSocket(daemon);
  const expected = notesOf(resultOf(await caller.call("fill/run", songRequest())));
  for (const model of ["no-numbers", "cut", "no-numbers"]) {
    const { jobId } = resultOf(await caller.call("fill/start", { request: songRequest({ model }) }));
    const job = await endOf(caller, jobId);
    expect([job.state, job.error?.code]).toEqual(["failed", expect.stringMatching(/^(MODEL|VOCAB)_/)]);
    expect(job.error?.message).not.toContain("panic");
    const again = resultOf(await caller.call("fill/run", songRequest()));
    expect(notesOf(again)).toEqual(expected);
    await until("the journal", () => typesOf(home, jobId).length === 2);
    expect(typesOf(home, jobId)).toEqual(["request", "failure"]);
  }
  caller.close();
});

test("a default model that does not load: the daemon runs and says why to those who ask", async () => {
  const home = newHome();
  const weights = join(home, "models", "tiny", "model.safetensors");
  const text = readFileSync(weights);
  text.writeUInt8(text.readUInt8(text.length - 1) ^ 1, text.length - 1);
  writeFileSync(weights, text);
  const daemon = await startDaemon({ home });
  const caller = overHttp(daemon);
  await until("the log", () => daemon.log().includes("the model is not ready"));
  expect(resultOf(await caller.call("status")).model).toBeNull();
  expect(codeOf(await caller.call("fill/run", songRequest()))).toBe("MODEL_DAMAGED");
  expect(resultOf(await caller.call("fill/run", songRequest({ model: "infill-s" }))).model.id).toBe(
    "infill-s",
  );
});
