/**
 * Learning a style and keeping it: fine-tuning, adapters, import, remove, --watch, kill -9.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { trainAnswerSchema } from "../../../bridge/engine/train-schemas.ts";
import { until } from "../../e2e/support/wait.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import { afterChanges, killWhen, randomNumbers } from "../support/trouble.ts";

const FIXTURES = "test/fixtures";
const TINY = ["--batch", "4", "--seq", "32", "--model", "gru-16"];

async function dataset(): Promise<string> {
  const data = join(temporaryFolder(), "data");
  expect(await runCli(["dataset", "build", FIXTURES, "-o", data])).toMatchObject({ exitCode: 0 });
  return data;
}

async function train(...args: string[]) {
  const result = await runCli(["train", ...args, "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  return trainAnswerSchema.parse(JSON.parse(result.stdout));
}

const weightsOf = (model: string) =>
  createHash("sha256")
    .update(readFileSync(join(model, "model.safetensors")))
    .digest("hex");

/** All numbers of a checkpoint, without the times in its head. */
function numbersOf(checkpoint: string): string {
  const bytes = readFileSync(checkpoint);
  const head = 8 + Number(bytes.readBigUInt64LE(0));
  return createHash("sha256").update(bytes.subarray(head)).digest("hex");
}

describe("fine-tuning", () => {
  test("all weights, with replay, then adapters; the base's own loss is shown before and after", async () => {
    const data = await dataset();
    const folder = temporaryFolder();
    const base = await train(data, ...TINY, "--out", join(folder, "base"), "--steps", "20");
    const small = ["--from", base.model, "--batch", "4", "--seq", "32", "--steps", "20"];
    const full = await train(data, ...small, "--out", join(folder, "full"), "--replay", data);
    expect(full.heldOutBefore).toBeCloseTo(base.heldOutLoss ?? 0, 2);
    expect(full.replayBefore).toBeCloseTo(full.heldOutBefore ?? 0, 5);
    expect(full.heldOutLoss).toBeLessThan(full.heldOutBefore ?? 0);
    const run = join(folder, "lora");
    const lora = await train(data, ...small, "--out", run, "--lora", "4", "--lr", "0.01");
    expect(lora.heldOutLoss).toBeLessThan(lora.heldOutBefore ?? 0);

    const home = join(folder, "home");
    const env = { CONTINUO_HOME: home };
    const adapter = join(run, "adapter.safetensors");
    const imported = await runCli(["models", "import", adapter, "--base", base.model, "--name", "mine"], {
      env,
    });
    expect(imported).toMatchObject({ exitCode: 0 });
    expect(weightsOf(join(home, "models", "mine"))).toBe(weightsOf(lora.model));
    const other = ["models", "import", adapter, "--base", full.model, "--name", "other"];
    expect(errorCode((await runCli(other, { env })).stderr)).toBe("ADAPTER_BASE");
    expect(existsSync(join(home, "models", "other"))).toBe(false);
  });

  test("another architecture than the base's", async () => {
    const args = ["--from", inject("tinyModel"), "--out", join(temporaryFolder(), "run"), "--steps", "1"];
    const result = await runCli(["train", await dataset(), ...args, "--model", "lstm-192"]);
    expect(errorCode(result.stderr)).toBe("MODEL_MISMATCH");
  });
});

describe("models import and remove", () => {
  test("a run by name, once, and gone again", async () => {
    const data = await dataset();
    const folder = temporaryFolder();
    const env = { CONTINUO_HOME: join(folder, "Zuhause") };
    const run = join(folder, "run");
    await train(data, ...TINY, "--out", run, "--steps", "3");
    const take = (name: string, ...more: string[]) =>
      runCli(["models", "import", run, "--name", name, ...more], { env });
    expect(await take("mine")).toMatchObject({ exitCode: 0 });
    const listed = JSON.parse((await runCli(["models", "list", "--json"], { env })).stdout);
    expect(listed).toContainEqual(expect.objectContaining({ id: "mine", problem: null }));
    const piece = ["generate", "--model", "mine", "--notes", "5", "-o", join(folder, "o.mid")];
    expect(await runCli(piece, { env })).toMatchObject({ exitCode: 0 });
    expect(errorCode((await take("mine")).stderr)).toBe("MODEL_EXISTS");
    expect(errorCode((await take("../mine")).stderr)).toBe("MODEL_NAME_INVALID");
    const none = await runCli(["models", "import", data, "--name", "none"], { env });
    expect(errorCode(none.stderr)).toBe("MODEL_NOT_FOUND");
    expect(await runCli(["models", "remove", "mine"], { env })).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(folder, "Zuhause", "models", "mine"))).toBe(false);
    expect(errorCode((await runCli(["models", "remove", "mine"], { env })).stderr)).toBe("MODEL_NOT_FOUND");
    expect(errorCode((await runCli(["models", "remove", "infill-s"], { env })).stderr)).toBe("MODEL_BUNDLED");
  });

  test("a run that got worse is refused unless told", async () => {
    const data = await dataset();
    const folder = temporaryFolder();
    const env = { CONTINUO_HOME: join(folder, "home") };
    const base = await train(data, ...TINY, "--out", join(folder, "base"), "--steps", "60", "--lr", "0.01");
    const run = join(folder, "worse");
    const wild = ["--from", base.model, "--steps", "3", "--batch", "4", "--seq", "32", "--lr", "0.05"];
    await train(data, ...wild, "--out", run);
    const take = (...more: string[]) =>
      runCli(["models", "import", run, "--name", "worse", ...more], { env });
    expect(errorCode((await take()).stderr)).toBe("MODEL_WORSE");
    expect(await take("--force")).toMatchObject({ exitCode: 0 });
  });
});

describe("a run's folder", () => {
  test("it holds what was promised, and keeps no more checkpoints than asked", async () => {
    const run = join(temporaryFolder(), "run");
    const often = ["--checkpoint-every", "0.05s", "--keep", "2", "--evaluate-every", "0.1s"];
    await train(await dataset(), ...TINY, "--out", run, "--time", "2s", ...often);
    const names = readdirSync(run);
    for (const name of ["start.safetensors", "config.json", "latest.safetensors", "best.safetensors"]) {
      expect(names).toContain(name);
    }
    for (const name of ["events.jsonl", "tensorboard", "model", "report.html"]) expect(names).toContain(name);
    expect(names.filter((name) => name.startsWith("step-"))).toHaveLength(2);
    expect(names.filter((name) => /[.](tmp|part)/.test(name))).toEqual([]);
  });

  test.each([
    ["a run that is there", ["--out", "RUN", "--steps", "1"], "RUN_EXISTS"],
    ["no run to resume", ["--resume", "NEW"], "RUN_NOT_FOUND"],
    ["a sequence longer than all songs", ["--out", "NEW", "--seq", "9999999"], "SEQUENCE_TOO_LONG"],
    ["a precision that there is not", ["--out", "NEW", "--precision", "f4"], "TRAIN_CONFIG"],
    ["a device that is not built in", ["--out", "NEW", "--device", "cuda"], "DEVICE_UNAVAILABLE"],
    ["adapters beside nothing", ["--out", "NEW", "--lora"], "OPTION_CONFLICT"],
    ["a base that there is not", ["--out", "NEW", "--from", "nobody"], "MODEL_NOT_FOUND"],
  ])("%s", async (_, args, code) => {
    const data = await dataset();
    const folder = temporaryFolder();
    const run = join(folder, "run");
    if (code === "RUN_EXISTS") await train(data, ...TINY, "--out", run, "--steps", "1");
    const model = args.includes("--resume") || args.includes("--from") ? [] : ["--model", "gru-16"];
    const named = args.map((arg) => ({ RUN: run, NEW: join(folder, "new") })[arg] ?? arg);
    expect(errorCode((await runCli(["train", data, ...model, ...named])).stderr)).toBe(code);
  });

  test("a second training into it is refused while the first is at work, and not after its end", async () => {
    const data = await dataset();
    const run = join(temporaryFolder(), "run");
    const first = startCli(["train", data, ...TINY, "--out", run, "--checkpoint-every", "0.05s"]);
    const latest = join(run, "latest.safetensors");
    await until("a checkpoint", () => existsSync(latest));
    const second = () => runCli(["train", data, "--resume", run, "--time", "0.2s", "--json"]);
    expect(errorCode((await second()).stderr)).toBe("RUN_BUSY");
    first.kill("SIGKILL");
    await finish(first);
    expect(await second()).toMatchObject({ exitCode: 0 });
  });

  test("killed twenty times and resumed it ends as if nothing had been", async () => {
    const data = await dataset();
    const folder = temporaryFolder();
    const steps = ["--steps", "2500", "--evaluate-every", "1h"];
    const whole = await train(data, ...TINY, ...steps, "--out", join(folder, "whole"));
    const run = join(folder, "killed");
    const latest = join(run, "latest.safetensors");
    const random = randomNumbers(3);
    const begun = new Set<string>();
    for (let kills = 0; kills < 20; ) {
      // A checkpoint after every update, so that the run's folder changes all the time.
      const how = existsSync(latest)
        ? ["--resume", run, "--steps", "2500"]
        : [...TINY, ...steps, "--out", run, "--checkpoint-every", "0.000001s"];
      // From before the first update to somewhere in the middle of many.
      const child = startCli(["train", data, ...how]);
      if (await killWhen(child, afterChanges(run, 30 * random()))) {
        kills += 1;
        if (existsSync(latest)) begun.add(numbersOf(latest));
      } else {
        // It was done before the kill came, which says nothing.
        expect(child.exitCode).toBe(0);
        rmSync(run, { recursive: true });
      }
    }
    // Checkpoints were written between the kills, or this says nothing.
    expect(begun.size).toBeGreaterThan(5);
    const resumed = await train(data, "--resume", run, "--steps", "2500", "--checkpoint-every", "1h");
    expect(resumed.updates).toBe(2500);
    expect(resumed.heldOutLoss).toBe(whole.heldOutLoss);
    expect(weightsOf(resumed.model)).toBe(weightsOf(whole.model));
    expect(numbersOf(latest)).toBe(numbersOf(join(folder, "whole", "latest.safetensors")));
  });
});

describe("watching", () => {
  test("a piece that is saved is learned, and Ctrl-C ends it with a whole model", async () => {
    const folder = temporaryFolder();
    const music = join(folder, "Musik");
    mkdirSync(music);
    const pieces = readdirSync(FIXTURES).filter((name) => name.endsWith(".mid"));
    copyFileSync(join(FIXTURES, pieces[0] ?? ""), join(music, "a.mid"));
    const run = join(folder, "run");
    const args = [join(folder, "data"), ...TINY, "--out", run, "--watch", music, "--steps", "3"];
    const child = startCli(["train", ...args]);
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const isSaid = (text: string) => until(`"${text}"`, () => said.includes(text));
    const ended = finish(child);
    await isSaid("round 1 is in");
    const first = weightsOf(join(run, "model"));
    writeFileSync(join(music, "neu.mid"), readFileSync(join(FIXTURES, pieces[1] ?? "")));
    await isSaid("round 2: 1 files read, 2 pieces");
    await isSaid("round 2 is in");
    expect(weightsOf(join(run, "model"))).not.toBe(first);
    child.kill("SIGINT");
    expect((await ended).exitCode).toBe(0);
  });
});
