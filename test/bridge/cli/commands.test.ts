/**
 * The commands other than fill, run as the real program.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { eventsDocumentSchema, infoAnswerSchema } from "../../../bridge/engine/schemas.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";
import { plainFile } from "../support/smf.ts";

const HOLMES = "test/fixtures/holmes-le-desir.mid";
const FAURE = "test/fixtures/faure-apres-un-reve.mid";

const COMMANDS = [
  ...[
    "info",
    "fill",
    "continue",
    "vary",
    "batch",
    "notes",
    "models",
    "models list",
    "models info",
    "models export",
  ],
  ...["doctor", "dataset", "dataset build", "train", "eval", "completion"],
];

describe("help", () => {
  test.each(COMMANDS)("%s --help has examples", async (command) => {
    const { exitCode, stdout, stderr } = await runCli([...command.split(" "), "--help"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: continuo ${command}`);
    expect(stdout).toMatch(/Examples:\n {2}.*continuo /);
  });

  test("no command is the help, --version the version of package.json", async () => {
    expect((await runCli([])).stdout).toContain("Usage: continuo");
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await runCli(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("info", () => {
  test("--json is one value of the documented shape", async () => {
    const { stdout, stderr } = await runCli(["info", HOLMES, "--json"]);
    const info = infoAnswerSchema.parse(JSON.parse(stdout));
    expect(info).toMatchObject({ format: 1, ppq: 480, bars: 66 });
    expect(info.tracks.map(({ track, noteCount }) => [track, noteCount])).toEqual([
      [1, 209],
      [2, 428],
      [3, 447],
    ]);
    expect(info.timeSignatures.length).toBe(19);
    expect(stderr).toBe("");
  });

  test("for people, tracks and channels count from 1", async () => {
    const { stdout } = await runCli(["info", "test/fixtures/drummer1-rock-115.mid"]);
    expect(stdout).toMatch(/ {4}1 {2}Midi Drums\s+10 {2}drums \(channel 10\)\s+2821/);
  });
});

describe("notes", () => {
  test("what is decoded encodes to the same", async () => {
    const folder = temporaryFolder();
    const first = await runCli(["notes", HOLMES, "--encoding", "events", "--json"]);
    eventsDocumentSchema.parse(JSON.parse(first.stdout));
    writeFileSync(join(folder, "notes.json"), first.stdout);
    const decoded = await runCli([
      "notes",
      "--decode",
      join(folder, "notes.json"),
      "-o",
      join(folder, "again.mid"),
    ]);
    expect(decoded).toMatchObject({ exitCode: 0, stderr: "" });
    const second = await runCli(["notes", join(folder, "again.mid"), "--json"]);
    expect(JSON.parse(second.stdout).tracks).toEqual(JSON.parse(first.stdout).tracks);
    expect(JSON.parse(second.stdout).timeSignatures).toEqual(JSON.parse(first.stdout).timeSignatures);
  });

  test("for people, names of pitches", async () => {
    const path = join(temporaryFolder(), "plain.mid");
    writeFileSync(path, plainFile(1));
    expect((await runCli(["notes", path])).stdout).toContain("    0  C4           24        80");
  });

  test.each([
    ["no JSON", "MThd"],
    ["another document", "{}"],
    [
      "another encoding",
      '{"encoding":"howl","gridPpq":24,"vocabulary":{"version":1,"hash":""},"tempoMap":[],"timeSignatures":[],"tracks":[]}',
    ],
    [
      "ticks beyond the limit",
      '{"encoding":"events","gridPpq":24,"vocabulary":{"version":1,"hash":""},"tempoMap":[],"timeSignatures":[],"tracks":[{"track":1,"name":"","channel":0,"program":0,"isDrums":false,"notes":[[4000000000,60,24,80]]}]}',
    ],
  ])("%s cannot be decoded", async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.json"), text);
    const result = await runCli([
      "notes",
      "--decode",
      join(folder, "notes.json"),
      "-o",
      join(folder, "out.mid"),
    ]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "NOTES_INVALID"]);
    expect(readdirSync(folder)).toEqual(["notes.json"]);
  });
});

describe("models", () => {
  test("list shows the bundled model, whole and default", async () => {
    const { stdout } = await runCli(["models", "list", "--json"]);
    const [model] = JSON.parse(stdout);
    expect(model).toMatchObject({ id: "infill-s", isDefault: true, problem: null });
    expect((await runCli(["models", "list"])).stdout).toContain("infill-s (default)");
  });

  test("info says sizes and vocabulary", async () => {
    const { stdout } = await runCli(["models", "info", inject("tinyModel"), "--json"]);
    const info = JSON.parse(stdout);
    expect(info.config.architecture).toMatchObject({ dModel: 64, layers: 1 });
    expect(info.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(info.parameterCount).toBeGreaterThan(10_000);
  });

  test("export writes an ONNX file", async () => {
    const path = join(temporaryFolder(), "tiny.onnx");
    const { exitCode, stdout } = await runCli([
      "models",
      "export",
      inject("tinyModel"),
      "-o",
      path,
      "--json",
    ]);
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { file: path, bytes: readFileSync(path).length }]);
    // Field 1 of a ModelProto is its IR version, a varint.
    expect(readFileSync(path)[0]).toBe(0x08);
  });

  /** A home with one model of its own, whose manifest entry can be changed. */
  function homeWith(change: object, damage?: (path: string) => void): NodeJS.ProcessEnv {
    const home = temporaryFolder();
    const folder = join(home, "models", "mine");
    mkdirSync(folder, { recursive: true });
    for (const name of ["model.json", "model.safetensors"]) {
      copyFileSync(join(inject("tinyModel"), name), join(folder, name));
    }
    const weights = readFileSync(join(folder, "model.safetensors"));
    const sha256 = execFileSync("node", [
      "-e",
      'const c=require("crypto");process.stdout.write(c.createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("hex"))',
      join(folder, "model.safetensors"),
    ]).toString();
    const entry = {
      id: "mine",
      file: "mine/model.safetensors",
      size: weights.length,
      sha256,
      vocabularyHash: "x",
      licence: "MIT",
      source: "test",
      ...change,
    };
    writeFileSync(join(home, "models", "manifest.json"), JSON.stringify({ version: 1, models: [entry] }));
    damage?.(folder);
    return { CONTINUO_HOME: home };
  }

  const fillWith = async (env: NodeJS.ProcessEnv, model = "mine") => {
    const output = join(temporaryFolder(), "out.mid");
    const args = [
      "fill",
      FAURE,
      "--track",
      "1",
      "--bars",
      "5-6",
      "--seed",
      "1",
      "--model",
      model,
      "-o",
      output,
      "--json",
    ];
    const result = await runCli(args, { env });
    return { ...result, isWritten: existsSync(output) };
  };

  test("CONTINUO_HOME adds models", async () => {
    const result = await fillWith(homeWith({}));
    expect(result.exitCode).toBe(0);
    expect(fillAnswerSchema.parse(JSON.parse(result.stdout)).model.id).toBe("mine");
  });

  test.each([
    ["another hash", { sha256: "0".repeat(64) }, undefined, "MODEL_DAMAGED"],
    ["another size", { size: 7 }, undefined, "MODEL_DAMAGED"],
    ["no file", { file: "gone/model.safetensors" }, undefined, "MODEL_NOT_FOUND"],
    [
      "another vocabulary",
      {},
      (folder: string) => {
        const path = join(folder, "model.json");
        const config = JSON.parse(readFileSync(path, "utf8"));
        writeFileSync(path, JSON.stringify({ ...config, vocabulary: { version: 99, hash: "00" } }));
      },
      "VOCAB_MISMATCH",
    ],
    ["no config", {}, (folder: string) => writeFileSync(join(folder, "model.json"), "{"), "MODEL_DAMAGED"],
    [
      "no manifest",
      {},
      (folder: string) => writeFileSync(join(folder, "../manifest.json"), "{"),
      "MANIFEST_DAMAGED",
    ],
    [
      "another manifest",
      {},
      (folder: string) => writeFileSync(join(folder, "../manifest.json"), "[]"),
      "MANIFEST_DAMAGED",
    ],
  ])("%s", async (_, change, damage, code) => {
    const result = await fillWith(homeWith(change, damage));
    expect([result.exitCode, errorCode(result.stderr), result.isWritten]).toEqual([1, code, false]);
  });

  test("weights cut off in a folder of one's own", async () => {
    const folder = temporaryFolder();
    copyFileSync(join(inject("tinyModel"), "model.json"), join(folder, "model.json"));
    const weights = readFileSync(join(inject("tinyModel"), "model.safetensors"));
    writeFileSync(join(folder, "model.safetensors"), weights.subarray(0, weights.length / 2));
    const result = await fillWith({}, folder);
    expect([result.exitCode, errorCode(result.stderr), result.isWritten]).toEqual([
      1,
      "MODEL_DAMAGED",
      false,
    ]);
  });

  test("a runtime library that is not there", async () => {
    const result = await fillWith({ ORT_DYLIB_PATH: "/nowhere/libonnxruntime.so" }, inject("tinyModel"));
    expect([result.exitCode, errorCode(result.stderr), result.isWritten]).toEqual([
      1,
      "RUNTIME_NOT_FOUND",
      false,
    ]);
  });
});

describe("doctor", () => {
  test("all is well, with a test fill", async () => {
    const { exitCode, stdout } = await runCli(["doctor", "--json", "--model", inject("tinyModel")]);
    const report = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ isOk: true, node: process.versions.node });
    expect(report.testFill.ms).toBeGreaterThan(0);
    expect(report.devices).toContainEqual({ device: "cpu", isChosen: true, reason: "chosen" });
    expect(report.devices.filter(({ isChosen }: { isChosen: boolean }) => isChosen).length).toBe(1);
  });

  test("what is missing is named, and the exit code says so", async () => {
    const { exitCode, stdout } = await runCli(["doctor"], { env: { ORT_DYLIB_PATH: "/nowhere.so" } });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("FAIL ONNX Runtime: ORT_DYLIB_PATH names /nowhere.so");
  });
});

describe("batch", () => {
  test("one answer a line, in order; bad lines say what is wrong", async () => {
    const folder = temporaryFolder();
    const model = inject("tinyModel");
    const good = { in: FAURE, track: 1, startTick: 5760, endTick: 11520, seed: 4, model };
    const lines = [
      JSON.stringify({ id: "a", ...good, out: join(folder, "a.mid") }),
      "{",
      "",
      JSON.stringify({ id: 3, ...good, out: join(folder, "c.mid"), colour: 1 }),
      JSON.stringify({ id: 4, ...good, out: join(folder, "d.mid"), endTick: 5760 }),
      JSON.stringify({ id: "e", ...good, out: join(folder, "e.mid"), candidates: 2 }),
    ];
    writeFileSync(join(folder, "requests.jsonl"), lines.join("\n"));
    const output = join(folder, "results.jsonl");
    const result = await runCli(["batch", join(folder, "requests.jsonl"), "-o", output]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "", stderr: `5 requests, 3 failed: ${output}\n` });
    const answers = readFileSync(output, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id }) => id)).toEqual(["a", null, 3, 4, "e"]);
    expect(answers.map(({ error }) => error?.code)).toEqual([
      undefined,
      "REQUEST_INVALID",
      "REQUEST_INVALID",
      "REGION_EMPTY",
      undefined,
    ]);
    const { id: _, ...answer } = answers[0];
    expect(fillAnswerSchema.parse(answer).candidates[0]?.file).toBe(join(folder, "a.mid"));
    expect(readdirSync(folder).sort()).toEqual([
      "a.mid",
      "e.2.mid",
      "e.mid",
      "requests.jsonl",
      "results.jsonl",
    ]);
  });

  test("a pitch range is what people write, or two numbers as in the protocol", async () => {
    const folder = temporaryFolder();
    const ranges = ["C4-E4", [60, 64], "E4-C4", [64]];
    const lines = ranges.map((pitchRange, id) => {
      const region = { in: FAURE, track: 1, startTick: 5760, endTick: 11520, out: join(folder, `${id}.mid`) };
      return JSON.stringify({ id, ...region, seed: 4, model: inject("tinyModel"), pitchRange });
    });
    const [requests, output] = [join(folder, "requests.jsonl"), join(folder, "results.jsonl")];
    writeFileSync(requests, lines.join("\n"));
    await runCli(["batch", requests, "-o", output]);
    const text = readFileSync(output, "utf8").trimEnd();
    const [words, numbers, inverted, short] = text.split("\n").map((line) => JSON.parse(line));
    expect(words.candidates[0].notes.length).toBeGreaterThan(0);
    expect(numbers.candidates[0].notes).toEqual(words.candidates[0].notes);
    expect([inverted.error.code, short.error.code]).toEqual(["PITCH_RANGE_INVERTED", "REQUEST_INVALID"]);
  });

  test.each([
    ["no requests", "none.jsonl", "results.jsonl", "INPUT_NOT_FOUND"],
    ["no folder", "requests.jsonl", "none/results.jsonl", "OUTPUT_FOLDER_MISSING"],
  ])("%s", async (_, input, output, code) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "requests.jsonl"), "");
    const result = await runCli(["batch", join(folder, input), "-o", join(folder, output)]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, code]);
    expect(readdirSync(folder)).toEqual(["requests.jsonl"]);
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s names every command and option", async (shell) => {
    const { exitCode, stdout } = await runCli(["completion", shell]);
    expect(exitCode).toBe(0);
    for (const command of [
      "info",
      "fill",
      "continue",
      "vary",
      "batch",
      "notes",
      "models",
      "doctor",
      "train",
    ]) {
      expect(stdout).toContain(command);
    }
    for (const option of ["pitch-range", "in-place", "keep-onsets", "checkpoint-every"]) {
      expect(stdout).toContain(option);
    }
  });
});
