/**
 * Standard input and output, in commands that take files.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { infoAnswerSchema } from "../../../bridge/engine/schemas.ts";
import { errorCode, PROGRAM, runCli, temporaryFolder } from "../support/cli.ts";

const FAURE = "test/fixtures/faure-apres-un-reve.mid";
const SONG = readFileSync(FAURE);

/** The program with its output as bytes. */
function run(args: readonly string[], input: string | Buffer = "", more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, CONTINUO_HOME: join(tmpdir(), "continuo-no-home"), ...more };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { input, env });
  return { exitCode: status, stdout, stderr: stderr.toString() };
}

/** The options of a fill that is the same each time. */
const fillOf = (input: string, ...args: string[]) => [
  ...[
    "fill",
    input,
    "--track",
    "1",
    "--bars",
    "9-10",
    "--seed",
    "3",
    "--model",
    inject("tinyModel"),
    ...args,
  ],
];

describe("standard output", () => {
  test.each([["-"], ["/dev/stdout"], ["/dev/fd/1"]])(
    "-o %s is the file, and text goes to stderr",
    async (name) => {
      const expected = join(temporaryFolder(), "out.mid");
      await runCli(fillOf(FAURE, "-o", expected));
      const { exitCode, stdout, stderr } = run(fillOf(FAURE, "-o", name));
      expect(exitCode).toBe(0);
      expect(stdout.equals(readFileSync(expected))).toBe(true);
      expect(stderr).toMatch(/^standard output: \d+ notes? for \d+, .*\nseed 3, model .*\n$/);
    },
  );

  test("redirected into a file it is that file alone", () => {
    const folder = temporaryFolder();
    const path = join(folder, "out.mid");
    const command = `"${process.execPath}" "${PROGRAM}" ${fillOf(FAURE, "-o", "/dev/stdout").join(" ")} > "${path}"`;
    execFileSync("sh", ["-c", command], { stdio: ["ignore", "ignore", "ignore"] });
    expect(readFileSync(path).subarray(0, 4).toString()).toBe("MThd");
    expect(run(["info", path]).exitCode).toBe(0);
  });

  test("pictures, models, notes, pieces and answers", () => {
    const picture = run(fillOf(FAURE, "-o", join(temporaryFolder(), "out.mid"), "--svg", "-"));
    expect(picture.stdout.toString()).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(run(["models", "export", inject("tinyModel"), "-o", "-"]).stdout[0]).toBe(0x08);
    const document = run(["notes", "-", "--json"], SONG).stdout;
    const decoded = run(["notes", "--decode", "-", "-o", "-"], document).stdout;
    expect(decoded.subarray(0, 4).toString()).toBe("MThd");
    expect(run(["notes", "-", "--json"], decoded).stdout.equals(document)).toBe(true);
    const piece = run(["generate", "--from-midi", "-", "-o", "-", "--notes", "3", "--seed", "1"], SONG);
    expect(piece.stdout.subarray(0, 4).toString()).toBe("MThd");
    const request = {
      id: 7,
      in: FAURE,
      track: 1,
      startTick: 0,
      endTick: 480,
      seed: 1,
      model: inject("tinyModel"),
    };
    const lines = `${JSON.stringify({ ...request, out: join(temporaryFolder(), "a.mid") })}\n{\n`;
    const answers = run(["batch", "-", "-o", "-"], lines);
    const ids = answers.stdout
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).id);
    expect([answers.exitCode, ids]).toEqual([1, [7, null]]);
  });

  test("a request of a list has neither: they are taken by the list itself", () => {
    const cwd = temporaryFolder();
    const song = join(cwd, "song.mid");
    writeFileSync(song, SONG);
    const request = { track: 1, startTick: 0, endTick: 480, model: inject("tinyModel") };
    const lines = [
      { ...request, in: song, out: "-" },
      { ...request, in: "-", out: join(cwd, "a.mid") },
    ].map((line) => JSON.stringify(line));
    const { stdout } = spawnSync(process.execPath, [PROGRAM, "batch", "-", "-o", "-"], {
      cwd,
      input: lines.join("\n"),
      encoding: "utf8",
    });
    const codes = stdout.trimEnd().split("\n");
    expect(codes.map((line) => JSON.parse(line).error?.code)).toEqual(["REQUEST_INVALID", "REQUEST_INVALID"]);
    expect(readdirSync(cwd)).toEqual(["song.mid"]);
  });

  test("it takes one file and no JSON beside it", () => {
    const conflicts = [
      fillOf(FAURE, "-o", "-", "--json"),
      fillOf(FAURE, "-o", "-", "--candidates", "2"),
      fillOf(FAURE, "-o", "-", "--svg", "-"),
      fillOf("-", "--in-place"),
      ["models", "export", inject("tinyModel"), "-o", "-", "--json"],
    ];
    for (const args of conflicts) {
      const { exitCode, stdout, stderr } = run(args, SONG);
      expect([exitCode, errorCode(stderr), stdout.length]).toEqual([2, "OPTION_CONFLICT", 0]);
    }
  });
});

describe("standard input", () => {
  test.each([["-"], ["/dev/stdin"]])("%s is the song", (name) => {
    const { exitCode, stdout } = run(["info", name, "--json"], SONG);
    expect([exitCode, infoAnswerSchema.parse(JSON.parse(stdout.toString())).bars]).toEqual([0, 48]);
    expect(run(["info", name], SONG).stdout.toString()).toMatch(/^standard input: format 1/);
  });

  test("what a shell hands over is read as well", () => {
    const command = `"${process.execPath}" "${PROGRAM}" info <(cat ${FAURE})`;
    const text = execFileSync("bash", ["-c", command], { encoding: "utf8" });
    expect(text).toMatch(/^\/dev\/fd\/\d+: format 1/);
  });

  test("fill, continue and vary read it, and leave nothing in the folder of temporary files", () => {
    // One of its own: other programs of this machine leave things in the common one.
    const temporary = temporaryFolder();
    const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const model = ["--model", inject("tinyModel"), "--seed", "1", "-o", "-"];
    const filled = run(fillOf("-", "-o", "-"), SONG, env).stdout;
    for (const args of [
      ["continue", "-", "--track", "1", "--bars", "1"],
      ["vary", "-", "--track", "1", "--bars", "9", "--amount", "1"],
    ]) {
      const { exitCode, stdout } = run([...args, ...model], filled, env);
      expect([exitCode, stdout.subarray(0, 4).toString()]).toEqual([0, "MThd"]);
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("what is wrong with it is told in its name", () => {
    for (const [input, code] of [
      ["", "MIDI_EMPTY"],
      ["no music", "MIDI_NOT_MIDI"],
    ] as const) {
      const { exitCode, stderr } = run(["info", "-"], input);
      expect([exitCode, errorCode(stderr)]).toEqual([1, code]);
      expect(stderr).toContain("standard input: ");
    }
  });

  test("Ctrl-C ends the wait for it", async () => {
    const child = spawn(process.execPath, [PROGRAM, "info", "-"], { stdio: ["pipe", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    // Once it takes what it is given, it waits for more.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(256 * 1024), resolve));
    child.kill("SIGINT");
    const exitCode = await new Promise((resolve) => child.on("close", resolve));
    expect([exitCode, errorCode(stderr)]).toEqual([130, "CANCELLED"]);
  });

  test("a terminal is refused on both sides", () => {
    const within = (args: string) =>
      spawnSync("script", ["-qec", `"${process.execPath}" "${PROGRAM}" ${args}`, "/dev/null"], {
        encoding: "utf8",
        input: "",
      });
    const asked = within("info -");
    expect([asked.status, asked.stdout]).toEqual([2, expect.stringContaining("error[INPUT_IS_TERMINAL]")]);
    const written = within(fillOf(FAURE, "-o", "-").join(" "));
    expect([written.status, written.stdout]).toEqual([
      2,
      expect.stringContaining("error[OUTPUT_IS_TERMINAL]"),
    ]);
  });

  test("a file whose name is - is reached by its folder", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "-"), SONG);
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, "info", "./-"], { cwd: folder });
    expect([status, stdout.toString().slice(0, 3)]).toEqual([0, "./-"]);
  });
});
