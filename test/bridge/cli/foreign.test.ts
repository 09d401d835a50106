/**
 * Files written by other programs: several songs in one file, drums outside channel 10, names in other encodings,
 * tracks without notes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";
import { header, quarters, track } from "../support/smf.ts";

const fixture = (name: string) => join("test", "odd-files", `${name}.mid`);

async function infoOf(input: string, ...args: string[]) {
  const { stdout, exitCode } = await runCli(["info", input, "--json", ...args]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

function fillOf(input: string, output: string, ...args: string[]): string[] {
  const track = args.includes("--track") ? [] : ["--track", "1"];
  const fixed = ["--bars", "2-3", "--seed", "1", "--model", inject("tinyModel")];
  return ["fill", input, ...track, ...fixed, "-o", output, ...args];
}

describe("several songs in one file", () => {
  const [first, second] = [
    Buffer.concat([header(1, 1, 96), track(...quarters(16))]),
    Buffer.concat([header(1, 1, 48), track(...quarters(32, 64))]),
  ];
  const both = Buffer.concat([first, Buffer.alloc(5), second]);
  const written = () => {
    const input = join(temporaryFolder(), "two.mid");
    writeFileSync(input, both);
    return input;
  };

  test("the first is read, and --song chooses another", async () => {
    const input = written();
    const facts = async (...args: string[]) => {
      const { ppq, tracks, warnings } = await infoOf(input, ...args);
      return [ppq, tracks[0].noteCount, warnings.map(({ code }: { code: string }) => code)];
    };
    expect(await facts()).toEqual([96, 16, ["MIDI_MORE_SONGS"]]);
    expect(await facts("--song", "2")).toEqual([48, 32, ["MIDI_MORE_SONGS"]]);
    const { stdout } = await runCli(["notes", input, "--song", "2", "--json"]);
    expect(JSON.parse(stdout).tracks[0].notes).toHaveLength(32);
    const missing = await runCli(["info", input, "--song", "3"]);
    expect([missing.exitCode, errorCode(missing.stderr)]).toEqual([1, "MIDI_SONG_MISSING"]);
    const none = await runCli(["info", input, "--song", "0"]);
    expect([none.exitCode, errorCode(none.stderr)]).toEqual([2, "NUMBER_INVALID"]);
  });

  test("a fill of one leaves the bytes of the others", async () => {
    const input = written();
    const output = join(temporaryFolder(), "out.mid");
    expect(await runCli(fillOf(input, output, "--song", "2", "--no-daemon"))).toMatchObject({ exitCode: 0 });
    const bytes = readFileSync(output);
    const others = first.length + 5;
    expect(bytes.subarray(0, others)).toEqual(both.subarray(0, others));
    expect(bytes.equals(both)).toBe(false);
    expect((await infoOf(output, "--song", "2")).ppq).toBe(48);
    expect(await runCli(fillOf(input, output))).toMatchObject({ exitCode: 0 });
    expect(readFileSync(output).subarray(-second.length)).toEqual(second);
  });

  test("a line of batch names the song", async () => {
    const folder = temporaryFolder();
    const [input, requests, out] = [written(), join(folder, "a.jsonl"), join(folder, "out.mid")];
    const line = { id: 1, in: input, song: 2, track: 1, startTick: 192, endTick: 384, out, seed: 1 };
    writeFileSync(requests, JSON.stringify({ ...line, model: inject("tinyModel") }));
    expect(await runCli(["batch", requests, "-o", join(folder, "b.jsonl")])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(out).subarray(0, first.length)).toEqual(first);
  });
});

describe("drums", () => {
  test.each([
    ["drums-xg-ch11", 2, true, "xgBank", "drums (an XG drum bank)"],
    ["drums-gs-ch11", 2, true, "gsPart", "drums (a GS rhythm part)"],
    ["drums-named-ch1", 1, true, "name", "drums (its name)"],
    ["drums-ch10-control", 2, true, "channel10", "drums (channel 10)"],
    ["melodic-ch10-gs", 1, false, "gsPartOff", "(a GS melodic part on channel 10)"],
  ])("info says of %s how it knows", async (name, track, isDrums, reason, text) => {
    const { tracks } = await infoOf(fixture(name));
    expect(tracks[track - 1]).toMatchObject({ isDrums, drums: { reason } });
    const others = tracks.filter((other: { track: number }) => other.track !== track);
    for (const other of others) expect(other).toMatchObject({ isDrums: false, drums: null });
    expect((await runCli(["info", fixture(name)])).stdout).toContain(text);
  });

  test("--drums overrules the file, in the daemon and without it", async () => {
    const input = fixture("drums-named-ch1");
    const facts = async (...args: string[]) => {
      const output = join(temporaryFolder(), "out.mid");
      const { stdout } = await runCli(fillOf(input, output, "--json", "--scale", "C major", ...args));
      return JSON.parse(stdout).candidates[0].notes;
    };
    // A scale means nothing to drums.
    const inScale = (notes: { pitch: number }[]) =>
      notes.every(({ pitch }) => [0, 2, 4, 5, 7, 9, 11].includes(pitch % 12));
    expect(inScale(await facts("--drums", "no", "--no-daemon"))).toBe(true);
    const drums = await facts("--drums", "yes", "--no-daemon");
    expect(await facts("--no-daemon")).toEqual(drums);
    const wrong = await runCli(fillOf(input, "out.mid", "--drums", "maybe"));
    expect([wrong.exitCode, errorCode(wrong.stderr)]).toEqual([2, "OPTION_INVALID"]);
  });
});

describe("names", () => {
  test.each([
    ["name-shift-jis", ["ピアノ", "ベース"]],
    ["name-cp1252", ["Flöte – “solo”"]],
  ])("those of %s are shown right and can be typed", async (name, names) => {
    const input = fixture(name);
    const { tracks } = await infoOf(input);
    expect(tracks.map((track: { name: string }) => track.name)).toEqual(names);
    const output = join(temporaryFolder(), "out.mid");
    const filled = await runCli(fillOf(input, output, "--track", names[0] ?? ""));
    expect(filled).toMatchObject({ exitCode: 0 });
    expect((await infoOf(output)).tracks.map((track: { name: string }) => track.name)).toEqual(names);
  });
});

describe("a named track without notes", () => {
  test("is listed behind those that have notes, and can be filled", async () => {
    const input = fixture("empty-named-track");
    const { tracks } = await infoOf(input);
    const facts = ({ track, name, channel, program, noteCount }: Record<string, unknown>) => [
      ...[track, name, channel, program, noteCount],
    ];
    expect(tracks.map(facts)).toEqual([
      [1, "Piano", 0, 0, 64],
      [2, "Drums", 9, 0, 208],
      [3, "Bass", 2, 33, 0],
    ]);
    const output = join(temporaryFolder(), "out.mid");
    const filled = await runCli(fillOf(input, output, "--track", "bass", "--json"));
    expect(filled).toMatchObject({ exitCode: 0 });
    const { region, candidates } = JSON.parse(filled.stdout);
    expect(region.track).toBe(3);
    expect(candidates[0].notes.length).toBeGreaterThan(0);
    const after = (await infoOf(output)).tracks.map(facts);
    expect(after).toEqual([
      [1, "Piano", 0, 0, 64],
      [2, "Bass", 2, 33, candidates[0].notes.length],
      [3, "Drums", 9, 0, 208],
    ]);
  });
});
