/**
 * Ableton: a daemon that is missing, ends, hangs, refuses or speaks another protocol; a musician who cancels. One
 * message at most, and nothing changes.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROGRAM, runCli, temporaryFolder } from "../../bridge/support/cli.ts";
import { newHome, startDaemon } from "../../e2e/support/daemon.ts";
import { settled, until } from "../../e2e/support/wait.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { Refusal, resultFor, SILENCE, scriptedDaemon } from "./support/scripted-daemon.ts";
import { arrangement, LEAD } from "./support/sets.ts";
import { storageWith } from "./support/settings.ts";

/** Takes many seconds, unless it is cancelled. */
const LONG = { model: "infill-s", candidates: 16 };

function open(options: Partial<LiveOptions>): FakeLive {
  const lead = { endTime: 256 };
  return new FakeLive({ set: arrangement({}, lead), answer: () => null, ...options });
}

const envOf = (home: string) => ({ ...process.env, CONTINUO_HOME: home });
const fill = (live: FakeLive, end = 24) => live.select("Fill selected time", 16, end, [LEAD]);

/** One message that says this, and a set as it was. */
async function expectRefused(live: FakeLive, message: RegExp, end?: number) {
  const before = structuredClone(live.set.state);
  await settled("the message", fill(live, end));
  expect(live.dialogs.map(({ text }) => text)).toEqual([expect.stringMatching(message)]);
  expect(live.dialogs[0]?.text).toMatch(/Nothing was changed\.$/);
  expect(live.set.state).toEqual(before);
  expect(live.set.undoSteps).toBe(0);
}

test("a daemon that does not run is started", async () => {
  const home = newHome();
  writeFileSync(join(home, "config.json"), JSON.stringify({ model: "tiny", port: 0, tcpPort: 0 }));
  writeFileSync(join(home, "program.txt"), `${process.execPath}\n${PROGRAM}\n`);
  onTestFinished(async () => {
    await runCli(["stop"], { env: { CONTINUO_HOME: home } });
  });
  const live = open({ env: envOf(home) });
  await fill(live);
  expect(live.dialogs).toEqual([]);
  expect(live.set.undoSteps).toBe(1);
  expect(live.progress[0]?.texts[0]).toBe("Starting Continuo's daemon");
});

test("a daemon that does not run, and nobody said how it is started", async () => {
  const home = temporaryFolder();
  await expectRefused(
    open({ env: envOf(home) }),
    /program\.txt.*continuo install ableton.*\[DAEMON_NOT_RUNNING\]/s,
  );
});

test.each([
  [
    "a program that is gone",
    `${process.execPath}\n/nowhere/cli.js\n`,
    /Cannot find module.*\[DAEMON_NOT_STARTED\]/s,
  ],
  ["a node that is gone", `/nowhere/node\n${PROGRAM}\n`, /ENOENT.*\[DAEMON_NOT_STARTED\]/s],
  [
    "a program that ends at once",
    `${process.execPath}\n--version\n`,
    /ended at once.*\[DAEMON_NOT_STARTED\]/s,
  ],
])("a daemon that can't be started: %s", async (_, text, message) => {
  const home = temporaryFolder();
  writeFileSync(join(home, "program.txt"), text);
  await expectRefused(open({ env: envOf(home) }), message);
});

test("the start is cancelled with the dialog", async () => {
  const home = temporaryFolder();
  const program = join(home, "hangs.mjs");
  writeFileSync(program, "setInterval(() => {}, 1000);");
  writeFileSync(join(home, "program.txt"), `${process.execPath}\n${program}\n`);
  const live = open({ env: envOf(home), onProgress: ({ texts, cancel }) => texts.length > 0 && cancel() });
  await settled("the end", fill(live));
  expect(live.dialogs).toEqual([]);
  expect(live.set.undoSteps).toBe(0);
});

test.each([true, false])(
  "cancel ends the fill here and there (Live's dialog rejects: %s)",
  async (rejectsOnCancel) => {
    const daemon = await startDaemon();
    const live = open({
      env: envOf(daemon.home),
      storage: storageWith(LONG),
      rejectsOnCancel,
      // In its midst.
      onProgress: ({ percents, cancel }) => (percents.at(-1) ?? 0) > 0 && cancel(),
    });
    const before = structuredClone(live.set.state);
    await settled("the end", fill(live, 250));
    expect(live.dialogs).toEqual([]);
    expect(live.set.state).toEqual(before);
    await until("nothing runs", async () => {
      const { stdout } = await runCli(["status", "--json"], { env: { CONTINUO_HOME: daemon.home } });
      return JSON.parse(stdout).jobs.running === 0;
    });
  },
);

test("cancelling one of several lanes gives up those after it", async () => {
  const daemon = await startDaemon();
  const live = open({
    env: envOf(daemon.home),
    onProgress: ({ title, cancel }) => title.includes("Bäss") && cancel(),
  });
  await live.select("Fill selected time", 16, 24, [LEAD, 12, 13]);
  expect(live.set.undoSteps).toBe(1);
  expect(live.progress.map(({ title }) => title)).toEqual([
    'Continuo fills "Beats"',
    'Continuo fills "Bäss ♭ 低音"',
  ]);
});

test("a daemon that dies while it fills", async () => {
  const daemon = await startDaemon();
  const live = open({
    env: envOf(daemon.home),
    storage: storageWith(LONG),
    onProgress: ({ percents }) => (percents.at(-1) ?? 0) > 0 && daemon.child.kill("SIGKILL"),
  });
  await expectRefused(live, /connection to the daemon was lost.*\[CONNECTION_LOST\]/, 250);
});

test("progress is told in words and per cent", async () => {
  const daemon = await startDaemon();
  const live = open({ env: envOf(daemon.home), storage: storageWith({ model: "infill-s", candidates: 8 }) });
  await fill(live, 48);
  const [progress] = live.progress;
  expect(progress?.texts.at(-1)).toMatch(/^Continuo fills "Lead": \d+ notes?$/);
  expect(Math.max(...(progress?.percents ?? []))).toBeGreaterThan(0);
});

test("a token that is another than the daemon's, in its file and in the settings", async () => {
  const daemon = await startDaemon();
  const elsewhere = temporaryFolder();
  writeFileSync(join(elsewhere, "daemon.json"), readFileSync(join(daemon.home, "daemon.json")));
  writeFileSync(join(elsewhere, "token"), "f".repeat(64));
  await expectRefused(open({ env: envOf(elsewhere) }), /\[TOKEN_WRONG\]/);
  const storage = storageWith({ token: "f".repeat(64), url: daemon.url });
  await expectRefused(open({ env: {}, storage }), /\[TOKEN_WRONG\]/);
});

test("where Live keeps Continuo's files away, the settings name the daemon and its token", async () => {
  const daemon = await startDaemon();
  const storage = storageWith({ token: daemon.token(), url: daemon.url });
  const live = open({ env: envOf(temporaryFolder()), storage });
  await fill(live);
  expect(live.set.undoSteps).toBe(1);
});

test("files that can't be read are told as if they were not there, not as a bug", async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "token"));
  mkdirSync(join(home, "program.txt"));
  mkdirSync(join(home, "daemon.json"));
  chmodSync(home, 0o500);
  await expectRefused(open({ env: envOf(home) }), /\[DAEMON_NOT_RUNNING\]/);
});

test.each([
  ["older", "this daemon speaks version 0, the client 1"],
  ["newer", "this daemon speaks version 2, the client 1"],
])("a daemon whose protocol is %s", async (_, message) => {
  const answer = (method: string) =>
    method === "initialize" ? new Refusal("PROTOCOL_MISMATCH", message) : undefined;
  const { env } = await scriptedDaemon({ answer });
  await expectRefused(
    open({ env }),
    /speaks version.*"continuo install ableton" again\. \[PROTOCOL_MISMATCH\]/,
  );
});

test.each<[what: string, answer: unknown, message: RegExp]>([
  [
    "refuses",
    new Refusal("REGION_TOO_LONG", "the region is too long"),
    /^The region is too long\..*\[REGION_TOO_LONG\]/,
  ],
  [
    "found nothing in time",
    new Refusal("DEADLINE_EXCEEDED", "nothing was finished"),
    /\[DEADLINE_EXCEEDED\]/,
  ],
])("a daemon that %s", async (_, answer, message) => {
  const { env } = await scriptedDaemon({
    answer: (method) => (method === "fill/start" ? answer : undefined),
  });
  await expectRefused(open({ env }), message);
});

test("a daemon that finds no notes, in any candidate", async () => {
  const { env } = await scriptedDaemon({
    answer: (method, { request }) =>
      method === "fill/start" && request ? resultFor(request, [[], []]) : undefined,
  });
  await expectRefused(open({ env }), /^No notes were found that fit "Lead"/);
});

test("an empty candidate does not count", async () => {
  const { env } = await scriptedDaemon({
    answer: (method, { request }) =>
      method === "fill/start" && request ? resultFor(request, [[], [{ pitch: 99 }]]) : undefined,
  });
  const live = open({ env });
  await fill(live);
  expect(live.dialogs).toEqual([]);
  expect(live.notes(101)).toContainEqual({ pitch: 99, startTime: 16, duration: 0.25, velocity: 80 });
});

test("a daemon that hangs is left by cancelling", async () => {
  const { env, calls } = await scriptedDaemon({ answer: () => SILENCE });
  let cancel = () => {};
  const live = open({
    env,
    onProgress: (progress) => {
      cancel = progress.cancel;
    },
  });
  const filling = fill(live);
  await until("the first message", () => calls.length > 0);
  cancel();
  await settled("the end", filling);
  expect(live.dialogs).toEqual([]);
});

test("a daemon that hangs for ever is given up", async () => {
  const { env } = await scriptedDaemon({
    answer: (method) => (method === "fill/start" ? SILENCE : undefined),
  });
  await expectRefused(open({ env, hasShortMinutes: true }), /did not answer in time.*\[DEADLINE_EXCEEDED\]/);
});

test("a second press while the first is at work is not heard", async () => {
  const daemon = await startDaemon();
  const live = open({ env: envOf(daemon.home) });
  await Promise.all([fill(live), fill(live), live.select("Vary selected time", 16, 24, [LEAD])]);
  expect(live.progress).toHaveLength(1);
  expect(live.set.undoSteps).toBe(1);
  expect(live.errors).toHaveLength(2);
  await fill(live);
  expect(live.set.undoSteps).toBe(2);
});

test("an invalid meter in the settings", async () => {
  const { env, calls } = await scriptedDaemon();
  await expectRefused(
    open({ env, storage: storageWith({ meter: "waltz" }) }),
    /"waltz" in the settings is not a meter/,
  );
  expect(calls).toEqual([]);
});

test("a scale of Live's that the daemon does not know is refused with its name", async () => {
  const daemon = await startDaemon();
  const set = arrangement({ rootNote: 1, scaleName: "Whole Tone" });
  const live = open({ set, env: envOf(daemon.home), storage: storageWith({ scale: "Live" }) });
  await expectRefused(live, /"C# whole tone"/);
});
