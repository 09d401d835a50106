/**
 * Ardour: failures, and difficult regions, in a real session without a window.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { testArdour } from "./support/ardour.ts";
import { playOne, readBack, type Step } from "./support/headless.ts";
import { doneJob, type PuppetNote, runningJob, startPuppet, statusOf } from "./support/puppet.ts";
import { makeSession } from "./support/session.ts";
import { melody } from "./support/songs.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";

const NOTHING = "Nothing was changed";
const MANY = 10_000;

const lead = (notes: SourceNote[] = melody(8), bars = 8) => ({
  tracks: [{ name: "Lead", regions: [{ name: "Lead-1", position: 0, length: bars * BAR, notes }] }],
});

/** What Ardour reads of `lead()`. */
const LEAD = melody(8).map(([start, duration, pitch, velocity]) => [start, duration, pitch, velocity, 0, 64]);

/** Fill the region; gives what was said, after checking that the saved session is as it was. */
async function refused(home: string, step: Partial<Step> = {}): Promise<string> {
  const session = await makeSession(lead());
  const { messages } = await playOne(session, home, { action: "fill", regions: ["Lead-1"], ...step });
  expect(await readBack(session)).toEqual({ "Lead-1": LEAD });
  expect(messages).toHaveLength(1);
  return messages[0] ?? "";
}

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), "continuo-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

testArdour("a daemon that ends while it fills changes nothing", async () => {
  const victim = spawn("sleep", ["infinity"]);
  onTestFinished(() => void victim.kill("SIGKILL"));
  const answers = ({ method }: { method: string }) => {
    if (method === "fill/start") return runningJob;
    if (method === "fill/get") victim.kill("SIGKILL");
    return undefined;
  };
  const puppet = startPuppet(answers, { pid: victim.pid ?? 0 });
  const said = await refused(puppet.home);
  expect(said).toContain("The daemon ended while it filled");
  expect(said).toContain(NOTHING);
});

testArdour("an older and a newer daemon are told apart from ours", async () => {
  for (const version of [0, 2]) {
    const puppet = startPuppet(({ method }) => (method === "status" ? statusOf(version) : undefined));
    const said = await refused(puppet.home);
    expect(said).toContain(`speaks protocol 1, the daemon ${version}`);
    expect(said).toContain("continuo install ardour");
    expect(puppet.requests()).toEqual([]);
  }
});

testArdour("where no daemon runs and none can be started, it says how to", async () => {
  const home = emptyHome();
  expect(await refused(home)).toContain("continuo serve --detach");
  writeFileSync(join(home, "program.txt"), "/nowhere/node\n/nowhere/cli.js\n");
  const said = await refused(home);
  expect(said).toContain("/nowhere/node");
  expect(said).toContain(NOTHING);
});

testArdour("a wrong token is refused by the daemon, whose words are shown", async () => {
  const daemon = await startDaemon();
  const home = emptyHome();
  // Without a folder that can be used, URLs remain.
  const told = JSON.parse(readFileSync(join(daemon.home, "daemon.json"), "utf8"));
  writeFileSync(join(home, "daemon.json"), JSON.stringify({ ...told, folder: join(home, "none") }));
  writeFileSync(join(home, "token"), "0".repeat(64));
  expect(await refused(home)).toContain("TOKEN_WRONG");
  copyFileSync(join(daemon.home, "token"), join(home, "token"));
  const session = await makeSession(lead());
  const { messages } = await playOne(session, home, { action: "fill", regions: ["Lead-1"] });
  expect(messages).toEqual([]);
  expect(await readBack(session)).not.toEqual({ "Lead-1": LEAD });
});

testArdour("ten thousand notes are replaced as one, in seconds", async () => {
  const bars = 64;
  const step = Math.floor((bars * BAR) / MANY);
  const notes = Array.from(
    { length: MANY },
    (_, index): SourceNote => [index * step, step, 36 + (index % 60), 80],
  );
  const answer = notes.map(([start, duration, pitch]): PuppetNote => [start, duration, pitch + 1, 90]);
  const puppet = startPuppet(({ method }) => (method === "fill/start" ? doneJob([answer]) : undefined));
  const session = await makeSession(lead(notes, bars));
  const result = await playOne(session, puppet.home, { action: "fill", regions: ["Lead-1"] });
  expect(result.messages).toEqual([]);
  expect(puppet.requests()[0]?.tracks[0]?.notes).toHaveLength(MANY);
  const after = (await readBack(session))["Lead-1"];
  expect(after).toEqual(
    answer.map(([start, duration, pitch, velocity]) => [start, duration, pitch, velocity, 0, 64]),
  );
});

testArdour("an empty region is filled, and so are the first and the last bar", async () => {
  const daemon = await startDaemon();
  const empty = await makeSession(lead([], 4));
  expect((await playOne(empty, daemon.home, { action: "fill", regions: ["Lead-1"] })).messages).toEqual([]);
  const filled = (await readBack(empty))["Lead-1"] ?? [];
  expect(filled.length).toBeGreaterThan(0);
  for (const [start, duration] of filled) expect(start + duration).toBeLessThanOrEqual(4 * BAR);

  for (const range of [
    [0, BAR],
    [7 * BAR, 8 * BAR],
  ] as [number, number][]) {
    const session = await makeSession(lead());
    const { messages } = await playOne(session, daemon.home, { action: "fill", range, tracks: ["Lead"] });
    // A small model may find the same bar twice, which is said.
    expect(messages.join()).not.toContain(NOTHING);
    const after = (await readBack(session))["Lead-1"] ?? [];
    const isOutside = ([start = 0]: readonly number[]) => start < range[0] || start >= range[1];
    expect(after.filter(isOutside)).toEqual(LEAD.filter(isOutside));
    expect(after).not.toEqual(LEAD);
    const last = Math.max(...after.map(([start, duration]) => start + duration));
    expect(last).toBeLessThanOrEqual(8 * BAR + QUARTER);
  }
});

testArdour("a second key while a fill runs is told to wait, and the fill goes on", async () => {
  const puppet = startPuppet(({ method }, count) => {
    if (method === "fill/start") return runningJob;
    if (method === "fill/get" && count <= 10) return runningJob;
    return method === "fill/get" ? doneJob([[[0, QUARTER, 50, 80]]]) : undefined;
  });
  const session = await makeSession(lead());
  const { messages, texts } = await playOne(session, puppet.home, {
    action: "fill",
    regions: ["Lead-1"],
    second: 1,
  });
  expect(messages).toEqual([]);
  expect(texts).toContain("Filling bars 1-8\nStill working: one fill at a time.");
  expect(puppet.requests()).toHaveLength(1);
});

testArdour(
  "where Ardour keeps scripts from files and programs, a running daemon is asked by URLs",
  async () => {
    const daemon = await startDaemon();
    const session = await makeSession(lead());
    // The environment is hidden, too: the daemon's folder is looked for beside Ardour's.
    mkdirSync(join(session.user, ".config"), { recursive: true });
    symlinkSync(daemon.home, join(session.user, ".config", "continuo"));
    const step: Step = { action: "fill", regions: ["Lead-1"], sandbox: true };
    const { messages } = await playOne(session, daemon.home, step);
    expect(messages.join()).not.toContain(NOTHING);
    expect(await readBack(session)).not.toEqual({ "Lead-1": LEAD });
  },
);
