/**
 * Fills of real pieces, checked by readers that share no code with the product: @tonejs/midi, and an event
 * dump of our own.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { fillAnswerSchema, type PartNote as Note } from "../../../bridge/engine/filled-file.ts";
import { isLinux } from "../../e2e/support/needs.ts";
import { until } from "../../e2e/support/wait.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import {
  byOnset,
  expectInsideAsAnswered,
  expectOutsideUntouched,
  expectPromises,
  type Fill,
  notesOf,
  tracksOf,
} from "../support/fill-checks.ts";
import { header, quarters, readChunks, track } from "../support/smf.ts";

const FIXTURES = "test/fixtures";
const FAURE = join(FIXTURES, "faure-apres-un-reve.mid");

async function fill(args: readonly string[], input = FAURE, command = "fill"): Promise<Fill> {
  const output = join(temporaryFolder(), "out.mid");
  const model = inject("tinyModel");
  const result = await runCli([command, input, "--model", model, "-o", output, "--json", ...args]);
  expect(result).toMatchObject({ exitCode: 0 });
  return { input, output, answer: fillAnswerSchema.parse(JSON.parse(result.stdout)) };
}

/** Every file with a track of it and a region in the middle. */
const PIECES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".mid"))
  .flatMap((name) =>
    [
      ["--bars", "5-8"],
      ["--range", "3.2-6.1"],
      ["--ticks", "4801-9607"],
    ].map(
      (region, index) => [name, String(1 + (index % tracksOf(join(FIXTURES, name)).length)), region] as const,
    ),
  );

describe("a fill", () => {
  test.each(PIECES)("%s, track %s, %j", async (name, number, region) => {
    const done = await fill(["--track", number, ...region, "--seed", "3"], join(FIXTURES, name));
    expectOutsideUntouched(done);
    expectInsideAsAnswered(done);
    expectPromises(done);
  });

  test("same seed, same bytes; another seed, other bytes", async () => {
    const bytes = async (seed: string) =>
      readFileSync((await fill(["--track", "1", "--bars", "5-12", "--seed", seed])).output);
    const [one, again, other] = [await bytes("5"), await bytes("5"), await bytes("6")];
    expect(one.equals(again)).toBe(true);
    expect(one.equals(other)).toBe(false);
  });

  test("candidates are files of their own, and differ", async () => {
    const done = await fill(["--track", "2", "--bars", "5-8", "--candidates", "3", "--seed", "1"]);
    const files = done.answer.candidates.map(({ file }) => file);
    expect(files.map((file) => basename(file))).toEqual(["out.mid", "out.2.mid", "out.3.mid"]);
    for (const [index, file] of files.entries()) {
      expectInsideAsAnswered(done, index, file);
      expectPromises(done, done.answer.candidates[index]?.notes);
      expectOutsideUntouched({ ...done, output: file });
    }
    const notes = done.answer.candidates.map((candidate) => JSON.stringify(candidate.notes));
    expect(new Set(notes).size).toBe(3);
  });

  test("constraints are never broken", async () => {
    const scale = new Set([0, 2, 4, 5, 7, 9, 11]);
    const args = ["--scale", "C major", "--pitch-range", "C3-C5", "--polyphony", "2", "--candidates", "8"];
    const done = await fill(["--track", "2", "--bars", "5-10", "--seed", "2", ...args]);
    for (const { notes } of done.answer.candidates) {
      for (const note of notes) {
        expect(scale.has(note.pitch % 12)).toBe(true);
        expect(note.pitch).toBeGreaterThanOrEqual(48);
        expect(note.pitch).toBeLessThanOrEqual(72);
        const sounding = notes.filter(
          ({ startTick, durationTicks }) =>
            startTick <= note.startTick && startTick + durationTicks > note.startTick,
        );
        expect(sounding.length).toBeLessThanOrEqual(2);
      }
    }
  });

  test("kept rhythm keeps every onset and duration", async () => {
    const done = await fill(["--track", "1", "--bars", "5-8", "--rhythm", "keep", "--seed", "2"]);
    const rhythm = (notes: readonly Note[]) =>
      notes.map(({ startTick, durationTicks }) => [startTick, durationTicks]).sort(byOnset);
    expect(rhythm(done.answer.candidates[0]?.notes ?? [])).toEqual(rhythm(done.answer.removed));
    expectInsideAsAnswered(done);
  });

  test("locked pitches stay", async () => {
    const locked = 62;
    const done = await fill(["--track", "2", "--bars", "5-12", "--lock", String(locked), "--seed", "2"]);
    expect(done.answer.removed.length).toBeGreaterThan(0);
    expect(done.answer.removed.filter(({ pitch }) => pitch === locked)).toEqual([]);
    expectInsideAsAnswered(done);
    expectOutsideUntouched(done);
  });

  test("vary keeps all at 0 and none at 1", async () => {
    const args = ["--track", "1", "--bars", "5-8", "--seed", "2"];
    const all = await fill([...args, "--amount", "0"], FAURE, "vary");
    expect(all.answer.removed).toEqual([]);
    expect(readFileSync(all.output).equals(readFileSync(FAURE))).toBe(true);
    const none = await fill([...args, "--amount", "1"], FAURE, "vary");
    expect(none.answer.removed.length).toBe(16);
    expectInsideAsAnswered(none);
  });

  test("continue starts at the bar line after the last note", async () => {
    const done = await fill(["--track", "1", "--bars", "2", "--seed", "2"], FAURE, "continue");
    const target = tracksOf(FAURE)[0];
    const body = readChunks(readFileSync(FAURE)).filter(({ type }) => type === "MTrk")[target?.chunk ?? 0]
      ?.body;
    const notes = notesOf(body ?? Buffer.alloc(0), target?.channel ?? 0);
    const lastEnd = Math.max(...notes.map(({ startTick, durationTicks }) => startTick + durationTicks));
    const { startTick, endTick } = done.answer.region;
    expect(startTick).toBeGreaterThanOrEqual(lastEnd);
    expect(startTick - lastEnd).toBeLessThan(1440);
    expect(endTick - startTick).toBe(2 * 1440);
    expect(done.answer.removed).toEqual([]);
    expectOutsideUntouched(done);
    expectInsideAsAnswered(done);
  });
});

describe("writing", () => {
  test("in place keeps a backup, and the backup of the backup", async () => {
    const input = join(temporaryFolder(), "song.mid");
    writeFileSync(input, readFileSync(FAURE));
    const args = [
      "fill",
      input,
      "--track",
      "1",
      "--bars",
      "5-8",
      "--in-place",
      "--model",
      inject("tinyModel"),
    ];
    expect(await runCli([...args, "--seed", "1"])).toMatchObject({ exitCode: 0, stderr: "" });
    const first = readFileSync(input);
    const { stdout } = await runCli([...args, "--seed", "2"]);
    expect(readdirSync(join(input, "..")).sort()).toEqual(["song.bak.2.mid", "song.bak.mid", "song.mid"]);
    expect(readFileSync(join(input, "../song.bak.mid")).equals(readFileSync(FAURE))).toBe(true);
    expect(readFileSync(join(input, "../song.bak.2.mid")).equals(first)).toBe(true);
    expect(stdout).toContain("song.bak.2.mid");
  });

  test("two processes that write one output leave one whole result", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    const args = ["fill", FAURE, "--track", "1", "--bars", "5-8", "--model", inject("tinyModel"), "-o"];
    const seeds = ["1", "2", "3", "4"];
    const alone = await Promise.all(
      seeds.map(async (seed) => {
        const path = join(temporaryFolder(), "alone.mid");
        await runCli([...args, path, "--seed", seed]);
        return readFileSync(path).toString("base64");
      }),
    );
    const results = await Promise.all(seeds.map((seed) => runCli([...args, output, "--seed", seed])));
    for (const result of results) expect(result).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder)).toEqual(["out.mid"]);
    expect(alone).toContain(readFileSync(output).toString("base64"));
  });

  test.skipIf(!isLinux)("Ctrl-C ends a long fill with 130 and leaves nothing", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "long.mid");
    writeFileSync(input, Buffer.concat([header(0, 1, 96), track(...quarters(4096))]));
    const model = "infill-s";
    const args = ["fill", input, "--track", "1", "--bars", "1-500", "--candidates", "64", "--rhythm", "keep"];
    const child = startCli([...args, "--model", model, "-o", join(folder, "out.mid")]);
    const ended = finish(child);
    const isAtWork = () => readFileSync(`/proc/${child.pid}/maps`, "utf8").includes("onnxruntime");
    await until("the model to be loaded", isAtWork);
    expect(child.exitCode).toBe(null);
    child.kill("SIGINT");
    const { exitCode, stderr } = await ended;
    expect([exitCode, errorCode(stderr)]).toEqual([130, "CANCELLED"]);
    expect(readdirSync(folder)).toEqual(["long.mid"]);
  });

  test("a deadline that leaves no time is an error and no file", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "long.mid");
    writeFileSync(input, Buffer.concat([header(0, 1, 96), track(...quarters(4096))]));
    const args = [
      "fill",
      input,
      "--track",
      "1",
      "--bars",
      "1-500",
      "--deadline",
      "1",
      "--model",
      inject("tinyModel"),
    ];
    const { exitCode, stderr } = await runCli([...args, "-o", join(folder, "out.mid")]);
    expect([exitCode, errorCode(stderr)]).toEqual([1, "DEADLINE_EXCEEDED"]);
    expect(readdirSync(folder)).toEqual(["long.mid"]);
  });
});

describe("what is printed", () => {
  const args = ["fill", FAURE, "--track", "1", "--bars", "5-8", "--seed", "9"];

  test("without --json: candidates, seed, model and time; no roll if stdout is not a terminal", async () => {
    const output = join(temporaryFolder(), "out.mid");
    const { stdout, stderr } = await runCli([...args, "--model", inject("tinyModel"), "-o", output]);
    expect(stdout).toMatch(
      /out\.mid: \d+ notes? for 16, \d+ % copied, \d+ % out of scale\nseed 9, model .* on cpu, \d+ ms/,
    );
    expect(stdout).not.toContain("┃");
    expect(stderr).toBe("");
  });

  test("--roll shows it anyway, plain without a terminal, coloured if forced", async () => {
    const run = (env: NodeJS.ProcessEnv) =>
      runCli([...args, "--roll", "--model", inject("tinyModel"), "-o", join(temporaryFolder(), "out.mid")], {
        env,
      });
    const plain = await run({});
    expect(plain.stdout).toContain("┃");
    expect(plain.stdout).not.toContain("\x1b[");
    expect((await run({ FORCE_COLOR: "1" })).stdout).toContain("\x1b[1;32m");
    expect((await run({ FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\x1b[");
  });

  test("--svg writes a picture of its own", async () => {
    const folder = temporaryFolder();
    const files = ["-o", join(folder, "out.mid"), "--svg", join(folder, "roll.svg")];
    await runCli([...args, "--model", inject("tinyModel"), ...files]);
    expect(readFileSync(join(folder, "roll.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });
});
