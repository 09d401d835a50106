/**
 * Failures of a training: each has its code, and nothing that was learned is lost.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunEvent, runEventSchema, trainAnswerSchema } from "../../../bridge/engine/train-schemas.ts";
import { errorCode, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import { killWhen, melody, runCliAsNobody, smallDisk } from "../support/trouble.ts";

const FIXTURES = "test/fixtures";
const SIZES = ["--batch", "4", "--seq", "32"];
const TINY = [...SIZES, "--model", "gru-16"];

let home = "";
/** Two datasets, and a run of the first. */
let data = "";
let other = "";
let base = "";

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "continuo-test-"));
  [data, other, base] = [join(home, "data"), join(home, "other"), join(home, "base")];
  const music = join(home, "music");
  mkdirSync(music);
  for (let i = 0; i < 8; i++) writeFileSync(join(music, `${i}.mid`), melody(i, 200));
  await runCli(["dataset", "build", FIXTURES, "-o", data]);
  await runCli(["dataset", "build", music, "-o", other]);
  expect(await runCli(["train", data, ...TINY, "--out", base, "--steps", "4"])).toMatchObject({
    exitCode: 0,
  });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A copy of the run, to be changed. */
function copyOfBase(): string {
  const run = join(temporaryFolder(), "run");
  cpSync(base, run, { recursive: true });
  return run;
}

async function codeOf(...args: string[]): Promise<string> {
  const { stderr } = await runCli(["train", ...args, "--json"]);
  return errorCode(stderr.slice(Math.max(0, stderr.lastIndexOf("error["))));
}

function eventsOf(run: string): RunEvent[] {
  const lines = readFileSync(join(run, "events.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => runEventSchema.parse(JSON.parse(line)));
}

describe("wishes that no run can fulfil", () => {
  test.each([
    ["two ends", ["--steps", "3", "--epochs", "1"], "TRAIN_CONFIG"],
    ["no steps", ["--steps", "0"], "TRAIN_CONFIG"],
    ["no epochs", ["--epochs", "0"], "TRAIN_CONFIG"],
    ["an empty batch", ["--batch", "0"], "TRAIN_CONFIG"],
    ["a sequence of one note", ["--seq", "1"], "TRAIN_CONFIG"],
    ["no learning", ["--lr", "0"], "TRAIN_CONFIG"],
    ["too much replay", ["--replay", "DATA", "--replay-share", "1"], "TRAIN_CONFIG"],
    ["too little data for the batch", ["--batch", "100000"], "BATCH_TOO_LARGE"],
    [
      "more than there is memory for",
      ["--model", "lstm-4096x8", "--batch", "300", "--seq", "500"],
      "MEMORY_SHORT",
    ],
    ["a sequence longer than every piece together", ["--seq", "1000000"], "SEQUENCE_TOO_LONG"],
  ])("%s", async (_, args, code) => {
    if (code === "MEMORY_SHORT" && process.platform !== "linux") return;
    const run = join(temporaryFolder(), "run");
    const named = args.map((arg) => (arg === "DATA" ? data : arg));
    const model = args.includes("--model") ? [] : ["--model", "gru-16"];
    expect(await codeOf(data, ...model, "--out", run, ...named)).toBe(code);
    expect(existsSync(run)).toBe(false);
  });
});

describe("going on", () => {
  test.each([
    ["other data", ["OTHER"], "DATA_CHANGED"],
    ["another batch", ["DATA", "--batch", "8"], "TRAIN_CONFIG"],
    ["other sequences", ["DATA", "--seq", "16"], "TRAIN_CONFIG"],
    ["another seed", ["DATA", "--seed", "2"], "TRAIN_CONFIG"],
  ])("%s than in the beginning", async (_, args, code) => {
    const before = readFileSync(join(base, "latest.safetensors"));
    const [which = "", ...rest] = args;
    const named = which === "OTHER" ? other : data;
    expect(await codeOf(named, ...rest, "--resume", base, "--steps", "9")).toBe(code);
    expect(readFileSync(join(base, "latest.safetensors")).equals(before)).toBe(true);
  });

  test("a checkpoint with one bit changed is refused, and an earlier one goes on", async () => {
    const run = copyOfBase();
    const latest = join(run, "latest.safetensors");
    const bytes = Buffer.from(readFileSync(latest));
    const at = bytes.length - 1000;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(latest, bytes);
    expect(await codeOf(data, "--resume", run, "--steps", "9")).toBe("CHECKPOINT_DAMAGED");
    copyFileSync(join(run, "best.safetensors"), latest);
    expect(await runCli(["train", data, "--resume", run, "--steps", "9"])).toMatchObject({ exitCode: 0 });
  });

  test("another learning rate is taken; what is told is told once", async () => {
    const run = copyOfBase();
    const lines = readFileSync(join(run, "events.jsonl"), "utf8");
    // As a kill leaves it: told of updates after the checkpoint, and of one by half.
    const late = JSON.stringify({ event: "checkpoint", step: 7, path: "later", kind: "latest" });
    writeFileSync(join(run, "events.jsonl"), `${lines}${late}\n{"event":"step","st`);
    const args = ["--resume", run, "--steps", "400", "--lr", "0.01"];
    expect(await runCli(["train", data, ...args])).toMatchObject({ exitCode: 0 });
    const events = eventsOf(run);
    expect(events.some((event) => event.event === "checkpoint" && event.path === "later")).toBe(false);
    const rates = events.flatMap((event) =>
      event.event === "step" && event.step > 4 ? [event.learningRate] : [],
    );
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.01);
    const config = readdirSync(run).filter((name) => name === "report.html");
    expect(config).toEqual(["report.html"]);
  });

  test("a run with replay needs the same replay", async () => {
    const run = join(temporaryFolder(), "run");
    const start = ["--replay", other, "--out", run, "--steps", "3"];
    const first = await runCli(["train", data, ...TINY, ...start, "--json"]);
    const answer = trainAnswerSchema.parse(JSON.parse(first.stdout));
    const go = ["--resume", run, "--steps", "6"];
    expect(await codeOf(data, ...go, "--replay", data)).toBe("DATA_CHANGED");
    // It remembers which.
    const second = await runCli(["train", data, ...go, "--json"]);
    // The beginning is that of the run, not of this call.
    expect(trainAnswerSchema.parse(JSON.parse(second.stdout))).toMatchObject({
      heldOutBefore: answer.heldOutBefore,
      replayBefore: answer.replayBefore,
    });
  });

  test("a best checkpoint that is newer than the latest is not lost", async () => {
    const run = copyOfBase();
    const latest = join(run, "latest.safetensors");
    const older = readFileSync(latest);
    const go = async (steps: string) => {
      const args = ["--resume", run, "--steps", steps, "--evaluate-every", "1h", "--json"];
      return trainAnswerSchema.parse(JSON.parse((await runCli(["train", data, ...args])).stdout));
    };
    const { heldOutLoss } = await go("60");
    // As a kill leaves it that came before the next latest.
    writeFileSync(latest, older);
    expect(await go("5")).toMatchObject({ updates: 5, heldOutLoss });
  });

  test("a run killed before its first checkpoint starts over", async () => {
    const run = join(temporaryFolder(), "run");
    await killWhen(startCli(["train", data, "--out", run, "--steps", "3", "--batch", "256"]), () =>
      existsSync(join(run, "events.jsonl")),
    );
    expect(existsSync(join(run, "start.safetensors"))).toBe(true);
    if (existsSync(join(run, "latest.safetensors"))) rmSync(join(run, "latest.safetensors"));
    rmSync(join(run, "best.safetensors"), { force: true });
    expect(await runCli(["train", data, ...TINY, "--out", run, "--steps", "3"])).toMatchObject({
      exitCode: 0,
    });
    expect(eventsOf(run).filter((event) => event.event === "start")).toHaveLength(1);
  });
});

describe("a loss that leaves", () => {
  test("it stops with its code; the checkpoint before it and the best model are there", async () => {
    const run = join(temporaryFolder(), "run");
    const wild = ["--from", join(base, "model"), ...SIZES, "--lr", "1000000", "--steps", "500"];
    expect(await codeOf(data, ...wild, "--out", run)).toBe("TRAIN_DIVERGED");
    const piece = join(run, "piece.mid");
    const generate = ["generate", "--model", join(run, "model"), "--notes", "5", "-o", piece];
    expect(await runCli(generate)).toMatchObject({ exitCode: 0 });
    const calm = ["--resume", run, "--steps", "20", "--lr", "0.001"];
    const resumed = await runCli(["train", data, ...calm, "--json"]);
    expect(resumed).toMatchObject({ exitCode: 0 });
    const { heldOutLoss, heldOutBefore } = trainAnswerSchema.parse(JSON.parse(resumed.stdout));
    expect(heldOutLoss).toBeLessThanOrEqual(heldOutBefore ?? 0);
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("<svg");
  });
});

describe("no room, no rights", () => {
  test("a full disk keeps the last checkpoint whole, and more room goes on", async (context) => {
    const disk = smallDisk(16_000_000);
    if (disk === undefined) return context.skip("no small disk can be mounted here");
    const run = join(disk, "run");
    const often = ["--checkpoint-every", "0.02s", "--evaluate-every", "1h", "--keep", "20"];
    const sizes = ["--batch", "4", "--seq", "16", "--model", "gru-32"];
    const code = await codeOf(data, ...sizes, "--out", run, "--steps", "5000", ...often);
    expect(code).toBe("TRAIN_IO");
    expect(readdirSync(run).filter((name) => name.endsWith(".part"))).toEqual([]);
    const kept = readdirSync(run).filter((name) => name.startsWith("step-"));
    const copy = join(temporaryFolder(), "run");
    cpSync(run, copy, { recursive: true });
    expect(await runCli(["train", data, "--resume", copy, "--time", "1s"])).toMatchObject({ exitCode: 0 });
    // In place too, once something is gone.
    for (const name of kept) rmSync(join(run, name));
    const again = ["--resume", run, "--time", "1s", "--keep", "0", "--checkpoint-every", "1h"];
    expect(await runCli(["train", data, ...again])).toMatchObject({ exitCode: 0 });
  });

  test.skipIf(process.platform === "win32")("a folder that may not be written", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    cpSync(data, join(folder, "data"), { recursive: true });
    mkdirSync(join(folder, "locked"), { mode: 0o555 });
    const run = join(folder, "locked", "run");
    const args = ["train", join(folder, "data"), ...TINY, "--out", run, "--steps", "1"];
    const { stderr, exitCode } = await runCliAsNobody(args);
    expect([exitCode, errorCode(stderr)]).toEqual([1, "TRAIN_IO"]);
    expect(stderr).toContain("rights");
    expect(existsSync(run)).toBe(false);
  });
});

describe("what a run leaves", () => {
  test("events, curves for TensorBoard, and a report with plots, before and after", () => {
    const events = eventsOf(base);
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["start", "step", "heldOut", "checkpoint"]),
    );
    const html = readFileSync(join(base, "report.html"), "utf8");
    expect(html.match(/<path d="M[\d.]+ [\d.]+L/g)?.length).toBeGreaterThanOrEqual(1);
    expect(html).toContain("before and after");
    expect(html).not.toMatch(/https?:|<script/);
    const [name = ""] = readdirSync(join(base, "tensorboard"));
    expect(name).toMatch(/^events\.out\.tfevents\.\d+\./);
    const config = JSON.parse(readFileSync(join(base, "config.json"), "utf8"));
    expect(config).toMatchObject({ sequence: 32, updates: 4 });
  });
});
