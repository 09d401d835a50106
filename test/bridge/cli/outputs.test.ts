/**
 * Output paths that already exist: devices and pipes, earlier results, other music.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";
import { isRoot } from "../support/trouble.ts";

const FAURE = "test/fixtures/faure-apres-un-reve.mid";
const OTHER = "test/fixtures/holmes-le-desir.mid";

const fill = (output: string, ...args: string[]) =>
  runCli([
    ...["fill", FAURE, "--track", "1", "--bars", "9-10", "--seed", "3", "--model", inject("tinyModel")],
    ...["-o", output, ...args],
  ]);
const warnings = (stderr: string) => [...stderr.matchAll(/^warning\[(\w+)\]/gm)].map(([, code]) => code);

describe("outputs that are not plain files", () => {
  test.runIf(isRoot)("a device stays a device, whatever writes to it", async () => {
    const folder = temporaryFolder();
    const device = join(folder, "null");
    execFileSync("mknod", [device, "c", "1", "3"]);
    const list = join(folder, "requests.jsonl");
    writeFileSync(list, "");
    const runs = [
      await fill(device),
      await fill(device, "--candidates", "3", "--json"),
      await fill(join(folder, "out.mid"), "--svg", device),
      await runCli(["batch", list, "-o", device]),
      await runCli(["generate", "-o", device, "--notes", "3"]),
      await runCli(["models", "export", inject("tinyModel"), "-o", device]),
    ];
    for (const run of runs) expect(run).toMatchObject({ exitCode: 0 });
    expect(statSync(device).isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["null", "out.mid", "requests.jsonl"]);
  });

  test("a pipe gets the file, and stays", async () => {
    const folder = temporaryFolder();
    const [pipe, expected] = [join(folder, "pipe"), join(folder, "expected.mid")];
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    reader.stdout.on("data", (chunk) => chunks.push(chunk));
    const ended = new Promise((resolve) => reader.on("close", resolve));
    expect(await fill(pipe)).toMatchObject({ exitCode: 0, stderr: "" });
    await ended;
    await fill(expected);
    expect(Buffer.concat(chunks).equals(readFileSync(expected))).toBe(true);
    expect(statSync(pipe).isFIFO()).toBe(true);
    const several = await fill(pipe, "--candidates", "2");
    expect([several.exitCode, errorCode(several.stderr)]).toEqual([1, "OUTPUT_TAKES_ONE"]);
  });

  test("a socket and a folder are refused, and stay", async () => {
    const folder = temporaryFolder();
    const socket = join(folder, "socket");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const refused = await fill(socket);
    expect([refused.exitCode, errorCode(refused.stderr)]).toEqual([1, "OUTPUT_FAILED"]);
    expect(statSync(socket).isSocket()).toBe(true);
    mkdirSync(join(folder, "sub"));
    const svg = await fill(join(folder, "out.mid"), "--svg", join(folder, "sub"));
    expect([svg.exitCode, errorCode(svg.stderr)]).toEqual([1, "SVG_NOT_WRITTEN"]);
  });

  test("a link leads to its file, also to one that is not there yet", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "sub"));
    symlinkSync("sub/new.mid", join(folder, "link.mid"));
    expect(await fill(join(folder, "link.mid"))).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readdirSync(join(folder, "sub"))).toEqual(["new.mid"]);
  });

  test("a full standard output is an error of one line", async () => {
    const { exitCode, stderr } = await new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
      const command = `"${process.execPath}" dist/cli.js info ${FAURE} > /dev/full`;
      const child = spawn("sh", ["-c", command], { stdio: ["ignore", "ignore", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      child.on("close", (exitCode) => resolve({ exitCode, stderr }));
    });
    expect([exitCode, errorCode(stderr)]).toEqual([1, "OUTPUT_DISK_FULL"]);
  });
});

describe("a file that is there", () => {
  test("an earlier fill of the same bars is replaced, and told", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    expect((await fill(output, "--candidates", "3")).stderr).toBe("");
    const again = await fill(output, "--seed", "9", "--candidates", "3");
    expect(again.exitCode).toBe(0);
    expect(warnings(again.stderr)).toEqual(["OUTPUT_REPLACED"]);
    expect(readdirSync(folder).sort()).toEqual(["out.2.mid", "out.3.mid", "out.mid"]);
    // Exactly the same is nothing to tell.
    expect((await fill(output, "--seed", "9", "--candidates", "3")).stderr).toBe("");
  });

  test("candidates that an earlier fill had more go, other files of such names stay", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    await fill(output, "--candidates", "4");
    copyFileSync(OTHER, join(folder, "out.4.mid"));
    const { stderr } = await fill(output, "--candidates", "2", "--json");
    expect(stderr).toContain("out.3.mid of an earlier fill");
    expect(readdirSync(folder).sort()).toEqual(["out.2.mid", "out.4.mid", "out.mid"]);
  });

  test.each([
    ["other music", () => readFileSync(OTHER)],
    ["a fill of other bars", () => undefined],
    ["other data", () => Buffer.from("precious")],
  ])("%s is kept under another name, and told", async (_, bytes) => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    const old = bytes();
    if (old === undefined) await fill(output, "--bars", "30");
    else writeFileSync(output, old);
    const before = readFileSync(output);
    const { exitCode, stderr, stdout } = await fill(output, "--json");
    expect([exitCode, warnings(stderr)]).toEqual([0, ["OUTPUT_BACKED_UP"]]);
    expect(JSON.parse(stdout).warnings).toMatchObject([{ code: "OUTPUT_BACKED_UP" }]);
    expect(readFileSync(join(folder, "out.bak.mid")).equals(before)).toBe(true);
    expect(readFileSync(output).equals(before)).toBe(false);
  });

  test("--force replaces it and keeps nothing", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    copyFileSync(OTHER, output);
    expect(await fill(output, "--force")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readdirSync(folder)).toEqual(["out.mid"]);
  });

  test("so it is for everything that a command writes", async () => {
    const folder = temporaryFolder();
    const precious = (name: string) => {
      writeFileSync(join(folder, name), "precious");
      return join(folder, name);
    };
    const notes = join(folder, "notes.json");
    writeFileSync(notes, (await runCli(["notes", FAURE, "--json"])).stdout);
    const list = join(folder, "requests.jsonl");
    writeFileSync(list, "{}\n");
    const commands: [string, string[]][] = [
      ["a.mid", ["notes", "--decode", notes, "-o"]],
      ["b.onnx", ["models", "export", inject("tinyModel"), "-o"]],
      ["c.mid", ["generate", "--notes", "3", "--seed", "1", "-o"]],
      ["d.jsonl", ["batch", list, "-o"]],
    ];
    for (const [name, args] of commands) {
      const kept = await runCli([...args, precious(name)]);
      expect(warnings(kept.stderr)).toEqual(["OUTPUT_BACKED_UP"]);
      const [, stem, ending] = /^(.*)(\..*)$/.exec(name) ?? [];
      const backup = join(folder, `${stem}.bak${ending}`);
      expect(readFileSync(backup, "utf8")).toBe("precious");
      const forced = await runCli([...args, precious(name), "--force"]);
      expect(warnings(forced.stderr)).toEqual([]);
      expect(existsSync(join(folder, `${stem}.bak.2${ending}`))).toBe(false);
    }
    const svg = precious("e.svg");
    const drawn = await fill(join(folder, "out.mid"), "--svg", svg);
    expect(warnings(drawn.stderr)).toEqual(["OUTPUT_BACKED_UP"]);
    const again = await fill(join(folder, "out.mid"), "--svg", svg, "--seed", "5", "--temperature", "2");
    expect(warnings(again.stderr)).toEqual(["OUTPUT_REPLACED", "OUTPUT_REPLACED"]);
  });

  test("a piece that is gone on with takes its own place", async () => {
    const folder = temporaryFolder();
    const args = ["generate", "-o", join(folder, "piece.mid"), "--state", join(folder, "piece.state")];
    for (const notes of ["5", "7"]) {
      const { exitCode, stderr } = await runCli([...args, "--notes", notes, "--seed", "1"]);
      expect([exitCode, stderr]).toEqual([0, ""]);
    }
    expect(readdirSync(folder).sort()).toEqual(["piece.mid", "piece.state"]);
  });
});
