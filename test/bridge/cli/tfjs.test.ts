/**
 * continuo train --backend tfjs, through the real program.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { trainBy } from "../../../bridge/engine/gradient.ts";
import type { GradientTask } from "../../../bridge/engine/gradient-task.ts";
import { generateAnswerSchema } from "../../../bridge/engine/schemas.ts";
import { runEventSchema, trainAnswerSchema } from "../../../bridge/engine/train-schemas.ts";
import { gradientOf } from "../../../bridge/tfjs/gradient.ts";
import { loadTfjs } from "../../../bridge/tfjs/load.ts";
import { until } from "../../e2e/support/wait.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";

const SMALL = ["--batch", "2", "--seq", "12", "--lr", "0.01", "--plain", "--json"];
const TFJS = ["--backend", "tfjs"];

let data = "";
beforeAll(async () => {
  data = join(mkdtempSync(join(tmpdir(), "continuo-test-")), "data");
  await runCli(["dataset", "build", "test/fixtures", "-o", data]);
});

async function train(...args: string[]) {
  const result = await runCli(["train", data, ...SMALL, ...args]);
  expect(result).toMatchObject({ exitCode: 0 });
  return { ...trainAnswerSchema.parse(JSON.parse(result.stdout)), stderr: result.stderr };
}

test.each(["lstm-12x2", "gru-12"])("%s learns, leaves what every run leaves, and plays", async (preset) => {
  const run = join(temporaryFolder(), "run");
  const { heldOutBefore, heldOutLoss, stderr, model } = await train(
    ...TFJS,
    ...["--model", preset, "--out", run, "--steps", "8"],
  );
  expect(stderr).toMatch(/gradients by @tensorflow\/tfjs 4\.\S+ \(cpu\), off from our own by 0\.0000\d+ %/);
  expect(heldOutLoss ?? 99).toBeLessThan(0.9 * (heldOutBefore ?? 0));
  const lines = readFileSync(join(run, "events.jsonl"), "utf8").trimEnd().split("\n");
  const events = lines.map((line) => runEventSchema.parse(JSON.parse(line)));
  expect(new Set(events.map(({ event }) => event))).toEqual(
    new Set(["start", "step", "heldOut", "checkpoint"]),
  );
  expect(events[0]).toMatchObject({ family: "recurrent", device: expect.stringContaining("tfjs") });
  expect(readdirSync(run)).toEqual(
    expect.arrayContaining(["config.json", "latest.safetensors", "report.html", "tensorboard"]),
  );
  const output = join(temporaryFolder(), "out.mid");
  const played = await runCli(["generate", "--model", model, "--notes", "20", "-o", output, "--json"]);
  expect(generateAnswerSchema.parse(JSON.parse(played.stdout)).generated).toBe(20);
});

test("a run is the same as one of the native backend up to dropout, and either goes on with the other's", async () => {
  const folder = temporaryFolder();
  const start = ["--model", "gru-8", "--steps", "3"];
  const theirs = await train(...TFJS, ...start, "--out", join(folder, "tfjs"));
  const ours = await train(...start, "--out", join(folder, "native"));
  expect(theirs.heldOutBefore).toBe(ours.heldOutBefore);
  expect(Math.abs((theirs.heldOutLoss ?? 0) - (ours.heldOutLoss ?? 9))).toBeLessThan(0.1);
  expect((await train("--resume", join(folder, "tfjs"), "--steps", "4")).updates).toBe(4);
  expect((await train(...TFJS, "--resume", join(folder, "native"), "--steps", "4")).updates).toBe(4);
  const from = join(folder, "native", "model");
  const adapted = await train(
    ...TFJS,
    "--from",
    from,
    "--lora",
    "2",
    "--steps",
    "2",
    "--out",
    join(folder, "lora"),
  );
  expect(existsSync(join(folder, "lora", "adapter.safetensors"))).toBe(true);
  expect(adapted.updates).toBe(2);
});

test("the same seed gives the same weights", async () => {
  const folder = temporaryFolder();
  const weights = async (name: string) => {
    const run = join(folder, name);
    const { model } = await train(
      ...[...TFJS, "--model", "lstm-8", "--steps", "1"],
      ...["--seed", "3", "--out", run],
    );
    return readFileSync(join(model, "model.safetensors")).toString("hex");
  };
  const first = await weights("a");
  expect(await weights("b")).toBe(first);
});

/** A run that gets Ctrl-C once it computes, and if asked again and again until it ends. */
async function interrupted(run: string, isPressedAgain: boolean) {
  const child = startCli([
    "train",
    data,
    ...SMALL,
    ...TFJS,
    "--model",
    "lstm-8",
    "--time",
    "1h",
    "--out",
    run,
  ]);
  const ended = finish(child);
  await until("the first checkpoint", () => existsSync(join(run, "latest.safetensors")));
  child.kill("SIGINT");
  if (isPressedAgain) {
    await until("its end", () => {
      child.kill("SIGINT");
      return child.exitCode !== null;
    });
  }
  return ended;
}

test("Ctrl-C ends it with a checkpoint and a model", async () => {
  const { exitCode, stdout } = await interrupted(join(temporaryFolder(), "run"), false);
  expect(exitCode).toBe(0);
  const answer = trainAnswerSchema.parse(JSON.parse(stdout));
  expect(answer.stopped).toBe(true);
  expect(existsSync(join(answer.model, "model.safetensors"))).toBe(true);
});

test("a second Ctrl-C ends it at once", async () => {
  // Whether the run's own end comes first is a matter of milliseconds; that it ends is what counts.
  const { exitCode } = await interrupted(join(temporaryFolder(), "run"), true);
  expect([0, 130]).toContain(exitCode);
});

test("a failure in the middle of a run is told, and the run can go on", async () => {
  const run = join(temporaryFolder(), "run");
  const { tf } = await loadTfjs();
  let updates = 0;
  const failing = (task: GradientTask) => {
    updates += 1;
    if (updates > 2) throw new Error("the GPU is gone");
    return gradientOf(tf, task);
  };
  const request = {
    data,
    run,
    resume: false,
    modelId: "a",
    preset: "gru-8",
    batch: 2,
    sequence: 12,
    seconds: 60,
  };
  await expect(trainBy(failing, request)).rejects.toMatchObject({
    code: "BACKEND_FAILED",
    message: expect.stringContaining("the GPU is gone"),
  });
  expect((await train("--resume", run, "--steps", "3")).updates).toBe(3);
});

test.each([
  ["no model, which means infill-s", [], 1, "BACKEND_UNSUPPORTED"],
  ["an infill model", ["--model", "infill-m"], 1, "BACKEND_UNSUPPORTED"],
  ["a device, which the package decides", ["--model", "lstm-8", "--device", "cpu"], 2, "OPTION_CONFLICT"],
  ["another backend", ["--model", "lstm-8", "--backend", "torch"], 2, "OPTION_INVALID"],
])("%s is refused", async (_, args, exitCode, code) => {
  const run = join(temporaryFolder(), "run");
  const result = await runCli(["train", data, ...TFJS, "--out", run, ...args]);
  expect([result.exitCode, errorCode(result.stderr)]).toEqual([exitCode, code]);
  expect(existsSync(run)).toBe(false);
});

test("to go on from an infill model is refused before anything is written", async () => {
  const run = join(temporaryFolder(), "run");
  const result = await runCli(["train", data, ...TFJS, "--out", run, "--from", inject("tinyModel")]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("error[BACKEND_UNSUPPORTED]: cannot train on @tensorflow/tfjs");
  expect(existsSync(run)).toBe(false);
});
