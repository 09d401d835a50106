/**
 * Datasets, built by the real program: what is found, what is skipped and why, and what is left after a stop, a kill,
 * a full disk or damage.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeProgress } from "../../../bridge/cli/dataset/build.ts";
import {
  type BuildAnswer,
  buildAnswerSchema,
  datasetInfoSchema,
} from "../../../bridge/engine/dataset-schemas.ts";
import { testWith } from "../../e2e/support/needs.ts";
import { hasStrace, startKilledAt } from "../../e2e/support/strace.ts";
import { until } from "../../e2e/support/wait.ts";
import { errorCode, finish, PROGRAM, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import {
  afterChanges,
  killWhen,
  melody,
  randomNumbers,
  runCliAsNobody,
  smallDisk,
} from "../support/trouble.ts";

const FIXTURES = "test/fixtures";
/** So many that a build takes longer than a program takes to start. */
const MANY = 4000;

let many = "";

beforeAll(() => {
  many = mkdtempSync(join(tmpdir(), "continuo-test-"));
  for (let i = 0; i < MANY; i++) {
    const folder = join(many, `folder-${i % 7}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${i}.mid`), melody(i));
  }
});
afterAll(() => rmSync(many, { recursive: true, force: true }));

async function build(data: string, ...inputs: string[]): Promise<BuildAnswer> {
  const result = await runCli(["dataset", "build", ...inputs, "-o", data, "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  return buildAnswerSchema.parse(JSON.parse(result.stdout));
}

describe("finding", () => {
  test("one is one, and several are several, in words too", async () => {
    const folder = temporaryFolder();
    const said = async (pieces: number) => {
      for (let index = 0; index < pieces; index += 1)
        writeFileSync(join(folder, `${index}.mid`), melody(index));
      const data = join(temporaryFolder(), "data");
      return (await runCli(["dataset", "build", folder, "-o", data])).stdout;
    };
    expect(await said(1)).toMatch(
      /: 1 piece, \d+ notes; 0 pieces are held out\n1 file, 1 of them read now; 0 duplicates and 0 failures left out/,
    );
    expect(await said(5)).toMatch(/: 5 pieces, \d+ notes; 1 piece is held out\n5 files, 5 of them/);
  });

  test("any case, any depth, any name; no links, no other files", async () => {
    const folder = temporaryFolder();
    const deep = join(folder, "Übung", "ピアノ", "a b");
    mkdirSync(deep, { recursive: true });
    const names = ["one.mid", "two.MID", "three.Midi", "four.MIDI", "🎹.mid"];
    names.forEach((name, i) => {
      writeFileSync(join(deep, name), melody(i));
    });
    writeFileSync(join(deep, "five.txt"), "no music");
    writeFileSync(join(deep, "six.mid.bak"), "no music");
    mkdirSync(join(deep, "folder.mid"));
    if (process.platform !== "win32") {
      const latin = Buffer.concat([Buffer.from(`${deep}/caf`), Buffer.from([0xe9]), Buffer.from(".mid")]);
      writeFileSync(latin, melody(90));
      symlinkSync(folder, join(deep, "loop"));
      symlinkSync(join(deep, "one.mid"), join(deep, "link.mid"));
      symlinkSync(join(deep, "nowhere"), join(deep, "dangling.mid"));
    }
    const data = join(folder, "data");
    const expected = names.length + (process.platform === "win32" ? 0 : 1);
    expect(await build(data, folder)).toMatchObject({ files: expected, pieces: expected, failed: [] });
    const { files } = JSON.parse(readFileSync(join(data, "manifest.json"), "utf8"));
    const paths = files.map((file: { path: string }) => file.path);
    expect(paths).toContain("Übung/ピアノ/a b/🎹.mid");
    if (process.platform !== "win32") expect(paths).toContain("Übung/ピアノ/a b/caf\\xe9.mid");
  });

  test("what fails has a reason in the manifest, and the rest goes on", async () => {
    const folder = temporaryFolder();
    const bad: [name: string, bytes: Buffer, reason: RegExp][] = [
      ["empty.mid", Buffer.alloc(0), /empty/],
      ["text.mid", Buffer.from("Dear reader"), /MIDI/],
      ["cut.mid", melody(3).subarray(0, 100), /./],
      ["none.mid", melody(4, 0), /0 notes/],
      ["single.mid", melody(5, 1), /1 notes/],
    ];
    for (const [name, bytes] of bad) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, "good.mid"), melody(1));
    writeFileSync(join(folder, "LICENSE"), "\nCC0 1.0 Universal\n");
    const answer = await build(join(folder, "data"), folder);
    expect(answer.pieces).toBe(1);
    expect(answer.failed.map(({ path }) => path).sort()).toEqual(bad.map(([name]) => name).sort());
    for (const [name, , reason] of bad) {
      expect(answer.failed.find(({ path }) => path === name)?.reason).toMatch(reason);
    }
    const manifest = JSON.parse(readFileSync(join(folder, "data", "manifest.json"), "utf8"));
    expect(manifest.licence).toBe("CC0 1.0 Universal");
    expect(manifest.files[0]).toMatchObject({ path: "cut.mid", outcome: { is: "failed" } });
    expect(manifest.files.find((f: { path: string }) => f.path === "good.mid").sha256).toMatch(
      /^[0-9a-f]{64}$/,
    );
  });

  test("the bar says files, notes, failures, rate and time left", () => {
    const progress = {
      total: 40,
      done: 10,
      unchanged: 5,
      notes: 1234,
      failed: 2,
      filesPerSecond: 20,
      secondsLeft: 1.5,
    };
    const line = describeProgress(progress);
    expect(line).toMatch(/^█{5}░{15} 10 of 40 files, 1234 notes, 2 failed, 20\/s, \d+ s left$/);
  });
});

describe.skipIf(process.platform === "win32")("rights", () => {
  test("a file that may not be read is left out and read when it may be", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, "open.mid"), melody(1));
    writeFileSync(join(folder, "shut.mid"), melody(2), { mode: 0 });
    mkdirSync(join(folder, "shut"), { mode: 0 });
    const args = ["dataset", "build", folder, "-o", join(folder, "data"), "--json"];
    const first = buildAnswerSchema.parse(JSON.parse((await runCliAsNobody(args)).stdout));
    expect(first).toMatchObject({ pieces: 1, failed: [{ path: "shut.mid" }] });
    expect(first.failed[0]?.reason).toMatch(/[Pp]ermission/);
    chmodSync(join(folder, "shut.mid"), 0o644);
    const second = buildAnswerSchema.parse(JSON.parse((await runCliAsNobody(args)).stdout));
    expect(second).toMatchObject({ pieces: 2, read: 1, failed: [] });
  });

  test("a folder that may not be written", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "a.mid"), melody(1));
    const locked = join(folder, "locked");
    mkdirSync(locked, { mode: 0o555 });
    const result = await runCliAsNobody(["dataset", "build", folder, "-o", join(locked, "data")]);
    expect(errorCode(result.stderr)).toBe("DATASET_IO");
    expect(result.stderr).toContain("rights");
    expect(readdirSync(locked)).toEqual([]);
  });
});

describe("stopped", () => {
  test("killed again and again a build ends with the bytes of one that was not", async () => {
    const whole = join(temporaryFolder(), "whole");
    await build(whole, many);
    const data = join(temporaryFolder(), "killed");
    const journal = join(data, "import.journal");
    const random = randomNumbers(5);
    const length = () => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
    const lengths = new Set<number>();
    for (let kills = 0; kills < 20; ) {
      const child = startCli(["dataset", "build", many, "-o", data]);
      // Most while files are read, the others at any moment.
      const far = length() + 200_000 * random();
      const isTime = kills < 13 ? () => length() > far : afterChanges(data, 1 + 40 * random());
      if (await killWhen(child, isTime)) {
        kills += 1;
        lengths.add(length());
      } else {
        // It was done before the kill came, which says nothing.
        expect(child.exitCode).toBe(0);
        rmSync(data, { recursive: true });
      }
    }
    expect(lengths.size).toBeGreaterThan(10);
    await build(data, many);
    expect(readFileSync(join(data, "pieces.bin")).equals(readFileSync(join(whole, "pieces.bin")))).toBe(true);
    expect(readdirSync(data).sort()).toEqual(["manifest.json", "pieces.bin"]);
    expect(await runCli(["dataset", "verify", data, "--files"])).toMatchObject({ exitCode: 0 });
  });

  testWith("strace", hasStrace)(
    "killed at each step of its end it ends all the same, built again",
    async () => {
      const whole = join(temporaryFolder(), "whole");
      await build(whole, FIXTURES);
      const data = join(temporaryFolder(), "killed");
      const command = [process.execPath, PROGRAM, "dataset", "build", FIXTURES, "-o", data];
      for (const [call, most] of [
        ["ftruncate", 4],
        ["fsync", 1],
        ["rename", 2],
        ["unlink", 1],
      ] as const) {
        for (let nth = 1; nth <= most; nth++) {
          const child = startKilledAt(call, nth, command);
          await finish(child);
          expect([call, nth, child.signalCode]).toEqual([call, nth, "SIGKILL"]);
          const files = readdirSync(data);
          if (files.includes("manifest.json")) expect(files).toContain("pieces.bin");
        }
      }
      await build(data, FIXTURES);
      expect(readFileSync(join(data, "pieces.bin")).equals(readFileSync(join(whole, "pieces.bin")))).toBe(
        true,
      );
      expect(readdirSync(data).sort()).toEqual(["manifest.json", "pieces.bin"]);
    },
  );

  test("Ctrl-C keeps what was read", async () => {
    const { data, exitCode, stderr } = await until("a build that is stopped before its end", async () => {
      const data = join(temporaryFolder(), "data");
      const journal = join(data, "import.journal");
      const child = startCli(["dataset", "build", many, "-o", data]);
      const ended = finish(child);
      const isBegun = () => child.exitCode !== null || (existsSync(journal) && statSync(journal).size > 0);
      await until("the first files", isBegun);
      child.kill("SIGINT");
      const result = { data, ...(await ended) };
      // One that was faster than the signal says nothing.
      return result.exitCode !== 0 && result;
    });
    expect([exitCode, errorCode(stderr.replace(/^.*\r/s, ""))]).toEqual([130, "CANCELLED"]);
    expect(existsSync(join(data, "pieces.bin"))).toBe(false);
    const { read, pieces } = await build(data, many);
    expect(pieces).toBe(MANY);
    expect(read).toBeLessThan(MANY);
  });

  test("a full disk ends a build, keeps the dataset that was there, and more room goes on", async (context) => {
    const disk = smallDisk(600_000);
    if (disk === undefined) return context.skip("no small disk can be mounted here");
    const data = join(disk, "data");
    await build(data, FIXTURES);
    const before = readFileSync(join(data, "pieces.bin"));
    const result = await runCli(["dataset", "build", many, "-o", data]);
    expect(errorCode(result.stderr)).toBe("DATASET_IO");
    expect(result.stderr).toMatch(/[Nn]o space.*make room/);
    expect(readFileSync(join(data, "pieces.bin")).equals(before)).toBe(true);
    expect(await runCli(["dataset", "verify", data])).toMatchObject({ exitCode: 0 });
  });
});

describe("a dataset that stands", () => {
  let data = "";
  beforeAll(async () => {
    data = join(mkdtempSync(join(tmpdir(), "continuo-test-")), "data");
    await build(data, FIXTURES);
  });
  afterAll(() => rmSync(join(data, ".."), { recursive: true, force: true }));

  /** A copy with one byte of the pieces changed. */
  function damaged(at: number, value?: number): string {
    const copy = temporaryFolder();
    const bytes = Buffer.from(readFileSync(join(data, "pieces.bin")));
    bytes[at] = value ?? (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(copy, "pieces.bin"), bytes);
    writeFileSync(join(copy, "manifest.json"), readFileSync(join(data, "manifest.json")));
    return copy;
  }

  test("at most 12 bytes a note in all", async () => {
    const info = datasetInfoSchema.parse(
      JSON.parse((await runCli(["dataset", "info", data, "--json"])).stdout),
    );
    expect(info.bytes).toBe(statSync(join(data, "pieces.bin")).size);
    expect(info.bytes / info.notes).toBeLessThanOrEqual(12);
  });

  test("counts with bars in the terminal, and a page with plots", async () => {
    const page = join(temporaryFolder(), "data.html");
    const result = await runCli(["dataset", "info", data, "--html", page]);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toMatch(/6 pieces/);
    expect(result.stdout).toMatch(/4\/4.*[█▏▎▍▌▋▊▉]/);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5);
    expect(html.match(/<rect/g)?.length).toBeGreaterThan(10);
    expect(html).not.toMatch(/https?:|<script/);
  });

  test("a damaged piece is named by verify and refused by train", async () => {
    const copy = damaged(400);
    const verify = await runCli(["dataset", "verify", copy]);
    expect([verify.exitCode, errorCode(verify.stderr)]).toEqual([1, "DATASET_DIFFERS"]);
    expect(verify.stdout).toMatch(/\.mid: its notes are damaged/);
    const run = join(copy, "run");
    const train = await runCli(["train", copy, "--model", "gru-16", "--out", run, "--steps", "1"]);
    expect(errorCode(train.stderr)).toBe("DATASET_DAMAGED");
    expect(existsSync(run)).toBe(false);
  });

  test.each([
    ["another version", 8, 2, "DATASET_VERSION"],
    ["no dataset", 0, 1, "DATASET_DAMAGED"],
    ["an index that is not as it was", -9, undefined, "DATASET_DAMAGED"],
  ])("%s", async (_, at, value, code) => {
    const size = statSync(join(data, "pieces.bin")).size;
    const copy = damaged(at < 0 ? size + at : at, value);
    for (const args of [["info"], ["verify"], ["export", "-o", join(copy, "tables")]]) {
      const [name = "", ...rest] = args;
      expect(errorCode((await runCli(["dataset", name, copy, ...rest])).stderr)).toBe(code);
    }
    const train = await runCli(["train", copy, "--out", join(copy, "run"), "--steps", "1"]);
    expect(errorCode(train.stderr)).toBe(code);
    // Unreadable data is rebuilt.
    expect(await build(copy, FIXTURES)).toMatchObject({ pieces: 6, read: 6 });
  });

  test("tables in Parquet", async () => {
    const output = join(temporaryFolder(), "tables");
    expect(await runCli(["dataset", "export", data, "--parquet", "-o", output])).toMatchObject({
      exitCode: 0,
    });
    for (const name of ["notes.parquet", "pieces.parquet"]) {
      const bytes = readFileSync(join(output, name));
      expect([bytes.toString("latin1", 0, 4), bytes.subarray(-4).toString("latin1")]).toEqual([
        "PAR1",
        "PAR1",
      ]);
    }
  });
});
