/**
 * Songs added to a dataset, to a run and to a watched folder; how much a run improved, and how certain that is.
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildAnswerSchema } from "../../../bridge/engine/dataset-schemas.ts";
import { trainAnswerSchema } from "../../../bridge/engine/train-schemas.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import { melody } from "../support/trouble.ts";

const TINY = ["--batch", "4", "--seq", "32"];

/** A folder of made-up songs. */
function songs(from: number, to: number): string {
  const folder = join(temporaryFolder(), "Lieder");
  mkdirSync(folder);
  for (let i = from; i < to; i++) writeFileSync(join(folder, `${i}.mid`), melody(i));
  return folder;
}

async function build(data: string, ...inputs: string[]) {
  const result = await runCli(["dataset", "build", ...inputs, "-o", data, "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  return buildAnswerSchema.parse(JSON.parse(result.stdout));
}

async function train(...args: string[]) {
  const result = await runCli(["train", ...args, "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  return trainAnswerSchema.parse(JSON.parse(result.stdout));
}

describe("dataset build", () => {
  test("adds another folder, says what is kept, and leaves it out only if asked", async () => {
    const data = join(temporaryFolder(), "data");
    const [old, fresh] = [songs(0, 8), songs(20, 22)];
    await build(data, old);
    const { exitCode, stdout } = await runCli(["dataset", "build", fresh, "-o", data]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(": 10 pieces,");
    expect(stdout).toContain(`8 pieces of ${old} kept unchanged; --replace leaves them out`);
    expect(await build(data, fresh, "--replace")).toMatchObject({
      pieces: 2,
      keptPieces: 0,
      keptFolders: [],
    });
  });

  test("an invalid share, and one file that is most of the notes", async () => {
    const data = join(temporaryFolder(), "data");
    const folder = songs(0, 5);
    const wrong = await runCli(["dataset", "build", folder, "-o", data, "--hold-out", "2"]);
    expect([wrong.exitCode, errorCode(wrong.stderr)]).toEqual([2, "HOLD_OUT_OUT_OF_RANGE"]);
    expect(existsSync(data)).toBe(false);
    copyFileSync("test/fixtures/mendelssohn-op61-no5.mid", join(folder, "lang.mid"));
    const told = await runCli(["dataset", "build", folder, "-o", data]);
    expect(told.stderr).toMatch(/^lang\.mid is \d\d % of all notes/m);
  });
});

describe("a run", () => {
  test("goes on with more songs by the same command, and refuses what lacks its own", async () => {
    const folder = temporaryFolder();
    const [data, run, music] = [join(folder, "data"), join(folder, "mein-lauf"), songs(0, 10)];
    await build(data, music);
    await train(data, "--model", "gru-8", ...TINY, "--out", run, "--steps", "3");
    await build(data, songs(20, 30));
    const grown = await runCli(["train", data, "--resume", run, "--steps", "6", "--plain"]);
    expect(grown).toMatchObject({ exitCode: 0 });
    expect(grown.stderr).toContain("going on from update 3 with 20 pieces, 10 before");
    rmSync(join(music, "3.mid"));
    await build(data, music);
    const { stderr } = await runCli(["train", data, "--resume", run, "--steps", "9"]);
    expect(stderr).toContain("error[DATA_CHANGED]");
    expect(stderr).toContain("--from RUN/model --out NEW");
    // Its report has its name, as its model has.
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("<title>Training of mein-lauf</title>");
    expect(JSON.parse(readFileSync(join(run, "model", "model.json"), "utf8")).id).toBe("mein-lauf");
  });

  test("a closed terminal leaves a checkpoint and a model, also if it is told twice", async () => {
    if (process.platform === "win32") return;
    const folder = temporaryFolder();
    const [data, run] = [join(folder, "data"), join(folder, "run")];
    await build(data, songs(0, 8));
    const child = startCli([
      "train",
      data,
      "--model",
      "gru-8",
      ...TINY,
      "--out",
      run,
      "--time",
      "1h",
      "--json",
    ]);
    const ended = finish(child);
    await expect.poll(() => existsSync(join(run, "best.safetensors"))).toBe(true);
    child.kill("SIGHUP");
    child.kill("SIGHUP");
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(0);
    const answer = trainAnswerSchema.parse(JSON.parse(stdout));
    expect(answer.stopped).toBe(true);
    expect(existsSync(join(answer.model, "checksums.json"))).toBe(true);
  });

  test("adapters of no rank, and of one that memory cannot hold", async () => {
    const folder = temporaryFolder();
    const [data, base, run] = [join(folder, "data"), join(folder, "base"), join(folder, "run")];
    await build(data, songs(0, 8));
    await train(data, "--model", "gru-8", ...TINY, "--out", base, "--steps", "1");
    const rank = async (...args: string[]) => {
      const result = await runCli(["train", data, "--from", join(base, "model"), "--out", run, ...args]);
      expect(existsSync(run)).toBe(false);
      return errorCode(result.stderr);
    };
    expect(await rank("--lora", "0")).toBe("TRAIN_CONFIG");
    if (process.platform === "linux") expect(await rank("--lora", "1000000000")).toBe("MEMORY_SHORT");
  });
});

describe("watching", () => {
  test("adds to the data, speaks from the beginning, and does not replace a run", async () => {
    const folder = temporaryFolder();
    const [data, run, sketches] = [join(folder, "data"), join(folder, "run"), join(folder, "sketches")];
    mkdirSync(sketches);
    await build(data, songs(0, 9));
    const args = ["--model", "gru-8", ...TINY, "--steps", "2", "--watch", sketches, "--plain"];
    const child = startCli(["train", data, ...args, "--out", run]);
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const ended = finish(child);
    const hears = (text: string) => expect.poll(() => said).toContain(text);
    await hears("no MIDI file yet, waiting for the first");
    writeFileSync(join(sketches, "neu.part"), melody(50));
    renameSync(join(sketches, "neu.part"), join(sketches, "neu.mid"));
    await hears("round 1: 1 files read, 10 pieces, 9 of them from elsewhere");
    await hears("round 1 is in");
    child.kill("SIGINT");
    expect((await ended).exitCode).toBe(0);
    const info = JSON.parse((await runCli(["dataset", "info", data, "--json"])).stdout);
    expect(info.pieces).toBe(10);
    const weights = readFileSync(join(run, "model", "model.safetensors"));
    for (const more of [args, ["--model", "gru-8", ...TINY, "--steps", "2"]]) {
      const again = await runCli(["train", data, ...more, "--out", run]);
      expect(errorCode(again.stderr)).toBe("RUN_EXISTS");
    }
    expect(readFileSync(join(run, "model", "model.safetensors")).equals(weights)).toBe(true);
  });
});

describe("models import", () => {
  async function tuned(count: number) {
    const folder = temporaryFolder();
    const [data, base, run] = [join(folder, "data"), join(folder, "base"), join(folder, "run")];
    await build(data, songs(0, count));
    const { model } = await train(data, "--model", "gru-8", ...TINY, "--out", base, "--steps", "1");
    await train(data, "--from", model, ...TINY, "--out", run, "--steps", "25", "--lr", "1e-2");
    const env = { CONTINUO_HOME: join(folder, "home") };
    const take = (name: string, path = run) => runCli(["models", "import", path, "--name", name], { env });
    return { run, take, env };
  }

  test("says what was gained with its standard error", async () => {
    const { take } = await tuned(20);
    const { exitCode, stdout } = await take("mine");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /held out, loss of a note: [\d.]+ before, [\d.]+ after: -[\d.]+ ± [\d.]+ over 4 pieces/,
    );
  });

  test("one held-out piece can be chance, and no held-out piece says nothing", async () => {
    const { take } = await tuned(6);
    expect((await take("one")).stderr).toContain("warning[GAIN_MAY_BE_CHANCE]: this may be chance");
    const none = await tuned(4);
    expect((await none.take("none")).stderr).toContain("warning[NOTHING_HELD_OUT]");
  });

  test("a flipped bit and another vocabulary are found before anything is taken in", async () => {
    const { run, take, env } = await tuned(6);
    const weights = join(run, "model", "model.safetensors");
    const whole = readFileSync(weights);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 9] = (flipped[whole.length - 9] ?? 0) ^ 4;
    writeFileSync(weights, flipped);
    expect((await take("flipped")).stderr).toContain("error[MODEL_DAMAGED]");
    const piece = ["generate", "--model", join(run, "model"), "--notes", "5", "-o", join(run, "o.mid")];
    expect(errorCode((await runCli(piece)).stderr)).toBe("MODEL_DAMAGED");
    writeFileSync(weights, whole);
    expect(await runCli(piece)).toMatchObject({ exitCode: 0 });
    const other = join(temporaryFolder(), "other");
    mkdirSync(other);
    copyFileSync("models/infill-s/model.safetensors", join(other, "model.safetensors"));
    const json = JSON.parse(readFileSync("models/infill-s/model.json", "utf8"));
    json.vocabulary.hash = "0".repeat(64);
    writeFileSync(join(other, "model.json"), JSON.stringify(json));
    expect((await take("other", other)).stderr).toContain("error[VOCAB_MISMATCH]");
    expect(existsSync(join(env.CONTINUO_HOME, "models", "other"))).toBe(false);
    appendFileSync(join(run, "model", "model.json"), " ");
    expect((await take("longer")).stderr).toContain("error[MODEL_DAMAGED]");
  });

  test("a model of another family is told as one", async () => {
    const output = join(temporaryFolder(), "o.mid");
    const { stderr } = await runCli(["generate", "--model", "infill-s", "--notes", "5", "-o", output]);
    expect(stderr).toContain("error[MODEL_FAMILY]");
    expect(stderr).toContain("howl-lstm-192");
  });
});
