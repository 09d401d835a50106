/**
 * From MIDI files to a model that fills, through the real program.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { buildAnswerSchema } from "../../../bridge/engine/dataset-schemas.ts";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { evalReportSchema, runEventSchema, trainAnswerSchema } from "../../../bridge/engine/train-schemas.ts";
import { until } from "../../e2e/support/wait.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";

const FIXTURES = "test/fixtures";

async function builtDataset(): Promise<string> {
  const data = join(temporaryFolder(), "data");
  const result = await runCli(["dataset", "build", FIXTURES, "-o", data, "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  expect(buildAnswerSchema.parse(JSON.parse(result.stdout))).toMatchObject({ pieces: 6, failed: [] });
  return data;
}

describe("training", () => {
  test("a dataset, a run, its resumption, and a fill by its model", async () => {
    const data = await builtDataset();
    const run = join(temporaryFolder(), "run");
    const train = async (...args: string[]) => {
      const result = await runCli(["train", data, "--batch", "128", "--json", ...args]);
      expect(result).toMatchObject({ exitCode: 0 });
      return trainAnswerSchema.parse(JSON.parse(result.stdout));
    };
    expect(await train("--out", run, "--steps", "2")).toMatchObject({ updates: 2, stopped: false });
    expect((await train("--resume", run, "--steps", "3")).updates).toBe(3);
    const events = readFileSync(join(run, "events.jsonl"), "utf8").trimEnd().split("\n");
    for (const line of events) runEventSchema.parse(JSON.parse(line));
    const output = join(temporaryFolder(), "out.mid");
    const piece = join(FIXTURES, "faure-apres-un-reve.mid");
    const region = ["--track", "1", "--bars", "5-6", "--seed", "1"];
    const fill = await runCli([
      "fill",
      piece,
      ...region,
      "--model",
      join(run, "model"),
      "-o",
      output,
      "--json",
    ]);
    expect(fill).toMatchObject({ exitCode: 0 });
    const { model, candidates } = fillAnswerSchema.parse(JSON.parse(fill.stdout));

    // The folder of the run is its model too.
    const again = await runCli(["fill", piece, ...region, "--model", run, "-o", output, "--force", "--json"]);
    const answer = fillAnswerSchema.parse(JSON.parse(again.stdout));
    expect(answer.model).toEqual({ id: "run", sha256: model.sha256 });
    expect(answer.candidates[0]?.notes).toEqual(candidates[0]?.notes);
    const more = ["continue", piece, "--track", "1", "--bars", "1", "--model", run, "-o", output, "--force"];
    expect(await runCli(more)).toMatchObject({ exitCode: 0 });
    const report = await runCli(["eval", FIXTURES, "--model", run, "--every", "40", "--no-fills", "--json"]);
    expect(JSON.parse(report.stdout)).toMatchObject({ sha256: model.sha256 });
    const info = await runCli(["models", "info", run, "--json"]);
    expect(JSON.parse(info.stdout).sha256).toBe(model.sha256);
  });

  test("Ctrl-C stops a run with a checkpoint and a model", async () => {
    const data = await builtDataset();
    const run = join(temporaryFolder(), "run");
    const child = startCli(["train", data, "--out", run, "--time", "1h", "--batch", "64", "--json"]);
    const ended = finish(child);
    await until("the first checkpoint", () => existsSync(join(run, "latest.safetensors")));
    child.kill("SIGINT");
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(0);
    const answer = trainAnswerSchema.parse(JSON.parse(stdout));
    expect(answer.stopped).toBe(true);
    expect(existsSync(join(answer.model, "model.json"))).toBe(true);
  });

  test.each([
    ["a folder without MIDI files", ["dataset", "build", "DIR", "-o", "OUT"], 1, "DATASET_EMPTY"],
    ["an invalid dataset", ["train", "DIR", "--out", "OUT", "--steps", "1"], 1, "DATASET_IO"],
    ["no run", ["train", "DIR"], 2, "RUN_MISSING"],
    [
      "a network that there is not",
      ["train", "DIR", "--out", "OUT", "--model", "oracle"],
      2,
      "MODEL_UNKNOWN",
    ],
    ["no time", ["train", "DIR", "--out", "OUT", "--time", "soon"], 2, "DURATION_INVALID"],
  ])("%s", async (_, args, exitCode, code) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "empty"));
    const named = args.map((arg) => ({ DIR: join(folder, "empty"), OUT: join(folder, "out") })[arg] ?? arg);
    const result = await runCli(named);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([exitCode, code]);
    expect(readdirSync(join(folder, "empty"))).toEqual([]);
  });
});

describe("evaluation", () => {
  const args = ["eval", FIXTURES, "--every", "6", "--candidates", "1"];

  test("model, baselines and original side by side, as JSON and as a table", async () => {
    const result = await runCli([...args, "--model", inject("tinyModel"), "--json"]);
    expect(result).toMatchObject({ exitCode: 0 });
    const report = evalReportSchema.parse(JSON.parse(result.stdout));
    expect(report.regions).toBeGreaterThan(0);
    expect(report.nats.length).toBeGreaterThan(1);
    expect(report.fills.length).toBeGreaterThan(2);
    const table = await runCli([...args, "--model", inject("tinyModel")]);
    expect(table.stdout).toMatch(/nats a note\s+total\s+bar\+end/);
  });

  test("a list of regions that fits no file", async () => {
    const regions = join(FIXTURES, "README.md");
    const result = await runCli([...args, "--model", inject("tinyModel"), "--regions", regions]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "EVAL_REGION"]);
  });
});
