/**
 * Invalid files and commands: one error line with its code, the right exit code, no output file, no hang, no panic.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";
import { chunk, header, plainFile, quarters, readChunks, track } from "../support/smf.ts";

const TRACK = track(...quarters(32));
const file = (...parts: Buffer[]) => Buffer.concat(parts);
const WAV = file(Buffer.from("RIFF"), Buffer.from([36, 0, 0, 0]), Buffer.from("WAVEfmt "), Buffer.alloc(24));

/** Files that cannot be read at all. */
const UNREADABLE: [name: string, bytes: Buffer, code: string][] = [
  ["empty", Buffer.alloc(0), "MIDI_EMPTY"],
  ["text", Buffer.from("Dear reader,\nthis is not music.\n"), "MIDI_NOT_MIDI"],
  ["WAV", WAV, "MIDI_NOT_MIDI"],
  ["header cut off", header(0, 1, 96).subarray(0, 10), "MIDI_TRUNCATED"],
  ["header with length 2", file(header(0, 1, 96, 2), TRACK), "MIDI_HEADER_LENGTH"],
  ["header of 4 GB", file(header(0, 1, 96, 0xffffffff), TRACK), "MIDI_HEADER_LENGTH"],
  ["no tracks", header(1, 0, 96), "MIDI_NO_TRACKS"],
  ["PPQ 0", file(header(0, 1, 0), TRACK), "MIDI_PPQ_ZERO"],
  ["SMPTE", file(header(0, 1, 0xe728), TRACK), "MIDI_SMPTE"],
  ["format 9", file(header(9, 1, 96), TRACK), "MIDI_FORMAT"],
  ["chunk of 4 GB", file(header(0, 1, 96), chunk("MTrk", Buffer.from([0]), 0xffffffff)), "MIDI_TRUNCATED"],
  [
    "delta times that overflow",
    file(
      header(0, 1, 96),
      track(...Array.from({ length: 20 }, () => [0xff, 0xff, 0xff, 0x7f, 0xff, 1, 0]).flat()),
    ),
    "MIDI_TIME_OVERFLOW",
  ],
  [
    "delta time of 5 bytes",
    file(header(0, 1, 96), track(0xff, 0xff, 0xff, 0xff, 0x7f)),
    "MIDI_NUMBER_TOO_LONG",
  ],
  ["data before any status", file(header(0, 1, 96), track(0, 60, 80)), "MIDI_STATUS_MISSING"],
];

/** Files that lenient reading survives, and the warning it gives. */
const ODD: [name: string, bytes: Buffer, warning: string][] = [
  ["0 tracks declared", file(header(1, 0, 96), TRACK), "MIDI_TRACK_COUNT"],
  ["65,535 tracks declared", file(header(1, 65535, 96), TRACK), "MIDI_TRACK_COUNT"],
  ["fewer tracks declared than there are", file(header(1, 1, 96), TRACK, TRACK), "MIDI_TRACK_COUNT"],
  [
    "unclosed note",
    file(header(0, 1, 96), track(0, 0x90, 60, 80, ...quarters(32, 64))),
    "MIDI_NOTE_UNCLOSED",
  ],
  ["unknown chunk", file(header(0, 1, 96), chunk("XFIH", Buffer.from("hi")), TRACK), "MIDI_UNKNOWN_CHUNK"],
  ["format 2", file(header(2, 1, 96), TRACK), "MIDI_FORMAT_2"],
  [
    "meter 0/4",
    file(header(0, 1, 96), track(0, 0xff, 0x58, 4, 0, 2, 24, 8, ...quarters(32))),
    "MIDI_METER_INVALID",
  ],
  [
    "meter 4/2^200",
    file(header(0, 1, 96), track(0, 0xff, 0x58, 4, 4, 200, 24, 8, ...quarters(32))),
    "MIDI_METER_INVALID",
  ],
  ["tempo 0", file(header(0, 1, 96), track(0, 0xff, 0x51, 3, 0, 0, 0, ...quarters(32))), "MIDI_TEMPO_ZERO"],
];

/** Files of test/fixtures that are read with this warning alone. */
const FOREIGN: [name: string, warning: string][] = [
  ["cc7-ff", "MIDI_DATA_BYTE"],
  ["program-ff", "MIDI_DATA_BYTE"],
  ["last-chunk-long-by-3", "MIDI_CHUNK_LENGTH"],
  ["first-chunk-short-tracks", "MIDI_TRACK_COUNT"],
  ["ntrks-counts-vendor-chunk", "MIDI_TRACK_COUNT"],
  ["pad-byte-between-tracks", "MIDI_BETWEEN_CHUNKS"],
  ["padded-with-zeros", "MIDI_TRAILING_BYTES"],
  ["two-songs", "MIDI_MORE_SONGS"],
  ["macbinary", "MIDI_MACBINARY"],
];

describe("files", () => {
  test.each(UNREADABLE)("%s", async (_, bytes, code) => {
    const folder = temporaryFolder();
    const input = join(folder, "in.mid");
    writeFileSync(input, bytes);
    const info = await runCli(["info", input]);
    expect([info.exitCode, errorCode(info.stderr), info.stdout]).toEqual([1, code, ""]);
    const fill = await runCli(fillOf(input, join(folder, "out.mid")));
    expect([fill.exitCode, errorCode(fill.stderr)]).toEqual([1, code]);
    expect(readdirSync(folder)).toEqual(["in.mid"]);
  });

  test.each(ODD)(
    "%s is read with a warning, and refused or warned of under --strict",
    async (_, bytes, warning) => {
      const folder = temporaryFolder();
      const input = join(folder, "in.mid");
      writeFileSync(input, bytes);
      const info = await runCli(["info", input, "--json"]);
      expect(info.exitCode).toBe(0);
      expect(JSON.parse(info.stdout).warnings.map(({ code }: { code: string }) => code)).toContain(warning);
      const fill = await runCli([...fillOf(input, join(folder, "out.mid")), "--json"]);
      expect(fill).toMatchObject({ exitCode: 0 });
      expect(existsSync(join(folder, "out.mid"))).toBe(true);
      const strict = await runCli(["info", input, "--strict"]);
      if (strict.exitCode !== 0) expect(errorCode(strict.stderr)).toBe(warning);
    },
  );

  test.each(FOREIGN)(
    "%s is read with one warning, and what is filled is right for others",
    async (name, warning) => {
      const input = join("test", "odd-files", `${name}.mid`);
      const info = await runCli(["info", input]);
      expect([info.exitCode, info.stderr.trimEnd().split("\n").length]).toEqual([0, 1]);
      expect(info.stderr).toMatch(new RegExp(`^warning\\[${warning}\\]: `));
      const strict = await runCli(["info", input, "--strict"]);
      expect([strict.exitCode, errorCode(strict.stderr)]).toEqual([1, warning]);
      const output = join(temporaryFolder(), "out.mid");
      const fill = await runCli(fillOf(input, output));
      expect(fill.exitCode).toBe(0);
      expect(fill.stderr).toContain(`warning[${warning}]`);
      const chunks = readChunks(readFileSync(output)).filter(({ type }) => type === "MTrk");
      expect(chunks.length).toBeGreaterThan(0);
      for (const { body } of chunks) expect(body.subarray(-3)).toEqual(Buffer.from([0xff, 0x2f, 0]));
    },
  );

  test("truncated at every byte of a small file: a code or a result, never a hang or a panic", async () => {
    const folder = temporaryFolder();
    const whole = plainFile(1);
    const inputs = Array.from({ length: whole.length }, (_, length) => {
      const path = join(folder, `${length}.mid`);
      writeFileSync(path, whole.subarray(0, length));
      return path;
    });
    const { readInfo } = await import("../../../bridge/engine/engine.ts");
    const codes = await Promise.all(
      inputs.map((input) =>
        readInfo(input).then(
          () => "read",
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes[0]).toBe("MIDI_EMPTY");
    for (const code of codes.slice(1)) expect(code).toMatch(/^(MIDI_[A-Z_]+)$/);
    expect(new Set(codes.slice(22))).toEqual(new Set(["MIDI_TRUNCATED"]));
  });

  test.each([
    ["missing", "none.mid", "INPUT_NOT_FOUND"],
    ["a folder", ".", "INPUT_NOT_A_FILE"],
  ])("%s", async (_, name, code) => {
    const folder = temporaryFolder();
    const { exitCode, stderr } = await runCli(["info", join(folder, name)]);
    expect([exitCode, errorCode(stderr)]).toEqual([1, code]);
  });
});

/** Options of fill beside `IN --track 1 --bars 2-3 -o OUT`, which a later option of the same name replaces. */
const OPTIONS: [name: string, args: string[], exitCode: number, code: string][] = [
  ["bars past the end", ["--bars", "8-9"], 1, "REGION_PAST_END"],
  ["bars inverted", ["--bars", "5-4"], 2, "REGION_INVERTED"],
  ["invalid bars", ["--bars", "five"], 2, "BARS_INVALID"],
  ["track that does not exist", ["--track", "3"], 1, "TRACK_NOT_FOUND"],
  ["track 0", ["--track", "0"], 1, "TRACK_NOT_FOUND"],
  ["name that does not exist", ["--track", "Tuba"], 1, "TRACK_NOT_FOUND"],
  ["unknown scale", ["--scale", "H durchweg"], 2, "SCALE_UNKNOWN"],
  [
    "scale and range with no common pitch",
    ["--scale", "C major", "--pitch-range", "61-61"],
    1,
    "SCALE_RANGE_EMPTY",
  ],
  ["pitch range inverted", ["--pitch-range", "C6-C3"], 2, "PITCH_RANGE_INVERTED"],
  ["invalid pitch range", ["--pitch-range", "low-high"], 2, "PITCH_INVALID"],
  [
    "more locked notes than voices",
    ["--track", "2", "--lock", "60,64", "--polyphony", "1"],
    1,
    "POLYPHONY_EXCEEDED_BY_LOCKS",
  ],
  ["0 candidates", ["--candidates", "0"], 2, "CANDIDATES_OUT_OF_RANGE"],
  ["1,000 candidates", ["--candidates", "1000"], 2, "CANDIDATES_OUT_OF_RANGE"],
  ["temperature 0", ["--temperature", "0"], 2, "TEMPERATURE_OUT_OF_RANGE"],
  ["top-p 0", ["--top-p", "0"], 2, "TOP_P_OUT_OF_RANGE"],
  ["top-k 0", ["--top-k", "0"], 2, "TOP_K_OUT_OF_RANGE"],
  ["min-p 1", ["--min-p", "1"], 2, "MIN_P_OUT_OF_RANGE"],
  ["context of 100,000 notes", ["--context-notes", "100000"], 2, "CONTEXT_NOTES_OUT_OF_RANGE"],
  ["density 11", ["--density", "11"], 2, "DENSITY_OUT_OF_RANGE"],
  ["density 300", ["--density", "300"], 2, "DENSITY_OUT_OF_RANGE"],
  ["polyphony 0", ["--polyphony", "0"], 2, "POLYPHONY_OUT_OF_RANGE"],
  ["velocity 128", ["--velocity", "128"], 2, "VELOCITY_OUT_OF_RANGE"],
  ["novelty 2", ["--novelty", "2"], 2, "NOVELTY_OUT_OF_RANGE"],
  ["threads 100,000", ["--threads", "100000"], 2, "THREADS_OUT_OF_RANGE"],
  ["invalid number", ["--seed", "x"], 2, "NUMBER_INVALID"],
  ["device that does not exist", ["--device", "abacus"], 2, "DEVICE_UNKNOWN"],
  ["device that is not here", ["--device", "directml"], 1, "DEVICE_UNAVAILABLE"],
  ["unknown option", ["--colour"], 2, "OPTION_UNKNOWN"],
  ["option without its value", ["--seed"], 2, "OPTION_VALUE_MISSING"],
  ["unknown rhythm", ["--rhythm", "swing"], 2, "OPTION_INVALID"],
  ["two ways to name the region", ["--ticks", "0-96"], 2, "OPTION_CONFLICT"],
  ["in place and an output", ["--in-place"], 2, "OPTION_CONFLICT"],
  ["model that does not exist", ["--model", "none"], 1, "MODEL_NOT_FOUND"],
];

describe("options of fill", () => {
  test.each(OPTIONS)("%s", async (_, args, exitCode, code) => {
    const folder = temporaryFolder();
    const input = twoTracks(folder);
    const result = await runCli([...fillOf(input, join(folder, "out.mid")), ...args]);
    expect([result.exitCode, errorCode(result.stderr), result.stdout]).toEqual([exitCode, code, ""]);
    expect(readdirSync(folder)).toEqual(["in.mid"]);
  });

  test.each([
    ["no region", ["--track", "1", "-o", "out.mid"], "REGION_MISSING"],
    ["no track", ["--bars", "2-3", "-o", "out.mid"], "OPTION_MISSING"],
    ["no output", ["--bars", "2-3", "--track", "1"], "OUTPUT_MISSING"],
    ["empty ticks", ["--ticks", "7-7", "--track", "1", "-o", "out.mid"], "REGION_EMPTY"],
    ["inverted range", ["--range", "2.2-2.1", "--track", "1", "-o", "out.mid"], "REGION_INVERTED"],
    ["invalid range", ["--range", "2-3", "--track", "1", "-o", "out.mid"], "RANGE_INVALID"],
    ["invalid ticks", ["--ticks", "a", "--track", "1", "-o", "out.mid"], "TICKS_INVALID"],
    ["two files", ["b.mid", "--bars", "2-3", "--track", "1", "-o", "out.mid"], "ARGUMENT_EXCESS"],
    ["input as output", ["--bars", "2-3", "--track", "1", "-o", "./in.mid"], "OUTPUT_IS_INPUT"],
  ])("%s", async (_, args, code) => {
    const folder = temporaryFolder();
    twoTracks(folder);
    const result = await runCli(["fill", "in.mid", "--model", inject("tinyModel"), ...args], { cwd: folder });
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([2, code]);
    expect(readdirSync(folder)).toEqual(["in.mid"]);
  });

  test("a beat that the bar does not have", async () => {
    const folder = temporaryFolder();
    const input = twoTracks(folder);
    const args = ["fill", input, "--track", "1", "--range", "2.1-2.5", "-o", join(folder, "out.mid")].concat(
      "--model",
      inject("tinyModel"),
    );
    const result = await runCli(args);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "REGION_NO_SUCH_BEAT"]);
  });

  test("ambiguous name lists the candidates", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.mid");
    const named = [0, 0xff, 3, 4, ...Buffer.from("Lead")];
    writeFileSync(
      input,
      file(header(1, 2, 96), track(...named, ...quarters(32)), track(...named, ...quarters(32))),
    );
    const result = await runCli([...fillOf(input, join(folder, "out.mid")), "--track", "lead"]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "TRACK_AMBIGUOUS"]);
    expect(result.stderr).toContain('1 "Lead" (channel 1), 2 "Lead" (channel 1)');
  });

  test("kept rhythm where the region has no notes", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.mid");
    const pause = [0x86, 0x00, 0xff, 1, 0];
    writeFileSync(input, file(header(0, 1, 96), track(...quarters(4), ...pause, ...pause, ...quarters(8))));
    const result = await runCli([...fillOf(input, join(folder, "out.mid")), "--rhythm", "keep"]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "RHYTHM_EMPTY"]);
    expect(existsSync(join(folder, "out.mid"))).toBe(false);
  });

  test("continue by no bars or by too many", async () => {
    const folder = temporaryFolder();
    const input = twoTracks(folder);
    for (const bars of ["0", "100000"]) {
      const args = ["continue", input, "--track", "1", "--bars", bars, "-o", join(folder, "out.mid")];
      const result = await runCli(args);
      expect([result.exitCode, errorCode(result.stderr)]).toEqual([2, "BARS_OUT_OF_RANGE"]);
    }
  });

  test("vary by more than all", async () => {
    const folder = temporaryFolder();
    const input = twoTracks(folder);
    const args = ["vary", ...fillOf(input, join(folder, "out.mid")).slice(1), "--amount", "1.5"];
    const result = await runCli(args);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([2, "AMOUNT_OUT_OF_RANGE"]);
  });
});

describe("outputs", () => {
  test("folder that does not exist", async () => {
    const folder = temporaryFolder();
    const result = await runCli(fillOf(twoTracks(folder), join(folder, "none", "out.mid")));
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "OUTPUT_FOLDER_MISSING"]);
  });

  test("folder as output", async () => {
    const folder = temporaryFolder();
    const result = await runCli(fillOf(twoTracks(folder), folder));
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "OUTPUT_IS_A_FOLDER"]);
  });

  test("read-only folder", async () => {
    const folder = temporaryFolder();
    const input = twoTracks(folder);
    const closed = join(folder, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const result = await runCli(fillOf(input, join(closed, "out.mid")));
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "OUTPUT_READ_ONLY"]);
    expect(readdirSync(closed)).toEqual([]);
    chmodSync(closed, 0o755);
  });

  test.runIf(existsSync("/dev/full"))("an SVG on a full disk says that the MIDI file is done", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.mid");
    const result = await runCli([...fillOf(twoTracks(folder), output), "--svg", "/dev/full"]);
    expect([result.exitCode, errorCode(result.stderr)]).toEqual([1, "SVG_NOT_WRITTEN"]);
    expect(existsSync(output)).toBe(true);
  });
});

describe("other commands", () => {
  test.each([
    [["sing"], "COMMAND_UNKNOWN"],
    [["info"], "ARGUMENT_MISSING"],
    [["info", "--colour"], "OPTION_UNKNOWN"],
    [["completion", "csh"], "SHELL_UNKNOWN"],
    [["notes"], "ARGUMENT_MISSING"],
    [["notes", "--decode", "a.json"], "OUTPUT_MISSING"],
    [["notes", "a.mid", "-o", "b.mid"], "OPTION_CONFLICT"],
    [["notes", "a.mid", "--decode", "a.json", "-o", "b.mid"], "ARGUMENT_EXCESS"],
    [["models", "export", "tiny"], "OUTPUT_MISSING"],
  ])("%j", async (args, code) => {
    const result = await runCli(args);
    expect([result.exitCode, errorCode(result.stderr), result.stdout]).toEqual([2, code, ""]);
  });
});

/** Eight bars of 4/4 in two tracks; the second has chords of 60, 64 and 67. */
function twoTracks(folder: string): string {
  const path = join(folder, "in.mid");
  const chord = [0, 0x91, 60, 80, 0, 64, 80, 0, 67, 80, 0x83, 0, 0x81, 60, 0, 0, 64, 0, 0, 67, 0];
  const chords = Array.from({ length: 8 }, () => chord).flat();
  writeFileSync(path, file(header(1, 2, 96), track(...quarters(32)), track(...chords)));
  return path;
}

function fillOf(input: string, output: string): string[] {
  const model = inject("tinyModel");
  return ["fill", input, "--track", "1", "--bars", "2-3", "--seed", "1", "--model", model, "-o", output];
}
