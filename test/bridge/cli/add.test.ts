/**
 * continuo add: adds tracks for new parts, and leaves all other tracks unchanged.
 */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { type FillAnswer, fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { infoAnswerSchema } from "../../../bridge/engine/schemas.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";
import { header, type RawEvent, readChunks, trackOf } from "../support/smf.ts";

const FAURE = "test/fixtures/faure-apres-un-reve.mid";

async function add(input: string, args: readonly string[]) {
  const output = join(temporaryFolder(), "out.mid");
  const shared = ["--model", inject("tinyModel"), "--no-daemon", "--seed", "5", "-o", output, "--json"];
  const result = await runCli(["add", input, ...shared, ...args]);
  return { result, output };
}

async function added(
  input: string,
  args: readonly string[],
): Promise<{ output: string; answer: FillAnswer }> {
  const { result, output } = await add(input, args);
  expect(result).toMatchObject({ exitCode: 0 });
  return { output, answer: fillAnswerSchema.parse(JSON.parse(result.stdout)) };
}

async function infoOf(file: string) {
  return infoAnswerSchema.parse(JSON.parse((await runCli(["info", file, "--json"])).stdout));
}

const hex = (...bytes: number[]) => Buffer.from(bytes).toString("hex");

/** A file of one track, whose notes are on these channels. */
function songOn(channels: readonly number[], format = 1): string {
  const file = join(temporaryFolder(), "song.mid");
  const notes = (channel: number): RawEvent[] =>
    [60, 64, 67].flatMap((pitch, index) => [
      { tick: index * 480, hex: hex(0x90 + channel, pitch, 80) },
      { tick: index * 480 + 400, hex: hex(0x80 + channel, pitch, 0) },
    ]);
  const events = channels.flatMap(notes).sort((a, b) => a.tick - b.tick);
  const end = { tick: 1920, hex: "ff2f00" };
  writeFileSync(file, Buffer.concat([header(format, 1, 480), trackOf([...events, end])]));
  return file;
}

test("a bass is a new track with a name, a program and a channel of its own; all others stay byte for byte", async () => {
  const { output, answer } = await added(FAURE, ["--part", "bass", "--bars", "5-8"]);
  const before = await infoOf(FAURE);
  const after = await infoOf(output);
  expect(answer.region).toEqual({ track: 4, startTick: 5760, endTick: 11520 });
  const { part } = answer;
  expect(part).toMatchObject({ track: 4, role: "bass", program: 33, name: "Bass" });
  expect(before.tracks.map(({ channel }) => channel)).not.toContain(part?.channel);
  // Tracks without notes come last.
  const others = after.tracks
    .filter(({ name }) => name !== "Bass")
    .map((track, index) => ({ ...track, track: index + 1 }));
  expect(others).toEqual(before.tracks);
  expect(after.tracks[3]).toMatchObject({ name: "Bass", program: 33, isDrums: false });
  const notes = answer.candidates[0]?.notes ?? [];
  expect(notes.length).toBeGreaterThan(0);
  expect(
    notes.every(
      ({ startTick, channel }) => startTick >= 5760 && startTick < 11520 && channel === part?.channel,
    ),
  ).toBe(true);
  const [old, now] = [FAURE, output].map((file) => readChunks(readFileSync(file)));
  expect(now?.slice(1, -1)).toEqual(old?.slice(1));
});

test("drums, bass and chords come in one go, in the order in which a band is written", async () => {
  const { output, answer } = await added(FAURE, [
    "--part",
    "chords,bass",
    "--part",
    "drums",
    "--bars",
    "1-2",
    "--register",
    "C2-C4",
  ]);
  expect(answer.parts?.map(({ role, track }) => [role, track])).toEqual([
    ["drums", 4],
    ["bass", 5],
    ["chords", 6],
  ]);
  expect(answer.parts?.[0]).toMatchObject({ channel: 9 });
  const channels = answer.parts?.map(({ channel }) => channel) ?? [];
  expect(new Set(channels).size).toBe(3);
  for (const { track, pitch } of answer.candidates[0]?.notes ?? [])
    if (track !== 4) expect(pitch >= 36 && pitch <= 60).toBe(true);
  expect((await infoOf(output)).tracks.map(({ name }) => name).slice(3, 6)).toEqual([
    "Drums",
    "Bass",
    "Chords",
  ]);
});

test("an instrument is named, or its number; the track has the name that is asked for", async () => {
  const args = ["--bars", "3-4", "--name", "Gitarre für später"];
  const named = await added(FAURE, ["--part", "nylon guitar", ...args]);
  expect(named.answer.part).toMatchObject({ program: 24, name: "Gitarre für später" });
  const numbered = await added(FAURE, ["--part", "24", ...args]);
  expect(numbered.answer.candidates[0]?.notes).toEqual(named.answer.candidates[0]?.notes);
});

test("a song of format 0 becomes one of format 1, whose first track is as it was", async () => {
  const input = songOn([0], 0);
  const { output, answer } = await added(input, ["--part", "bass", "--bars", "1"]);
  expect(answer.part).toMatchObject({ channel: 1 });
  const after = await infoOf(output);
  expect(after.format).toBe(1);
  expect(readChunks(readFileSync(output))[1]).toEqual(readChunks(readFileSync(input))[1]);
});

test("bars after the song's end are there for a new part, and chords say what sounds", async () => {
  const { answer } = await added(songOn([0]), ["--part", "bass", "--bars", "1-4", "--chords", "Am | F G"]);
  expect(answer.region.endTick).toBe(4 * 4 * 480);
});

test("a part that is played there already is told, and comes beside it", async () => {
  const first = await added(FAURE, ["--part", "bass", "--bars", "5-8"]);
  const { answer } = await added(first.output, ["--part", "bass", "--bars", "7-9"]);
  expect(answer.warnings.find(({ code }) => code === "PART_DOUBLED")?.message).toContain("Bass");
  expect(answer.part).toMatchObject({ track: 5 });
});

test("where a track without notes stands in the file, the new one is named by its number in the result", async () => {
  const input = "test/odd-files/empty-named-track.mid";
  const before = await infoOf(input);
  const last = before.tracks.at(-1);
  expect(last?.noteCount).toBe(0);
  const { output, answer } = await added(input, ["--part", "drums", "--bars", "1-2"]);
  expect(answer.region.track).toBe(answer.part?.track);
  const after = await infoOf(output);
  expect(after.tracks[(answer.part?.track ?? 0) - 1]).toMatchObject({ name: "Drums", isDrums: true });
});

test("added again with the same seed, the file is the same", async () => {
  const args = ["--part", "chords", "--bars", "5-8", "--candidates", "2"];
  const [one, other] = [await added(FAURE, args), await added(FAURE, args)];
  expect(readFileSync(one.output)).toEqual(readFileSync(other.output));
  expect(one.answer.candidates).toHaveLength(2);
});

const silent = () => {
  const file = join(temporaryFolder(), "silent.mid");
  writeFileSync(
    file,
    Buffer.concat([
      header(1, 1, 480),
      trackOf([
        { tick: 0, hex: "ff030141" },
        { tick: 0, hex: "ff2f00" },
      ]),
    ]),
  );
  return file;
};

test.each([
  ["PART_UNKNOWN", FAURE, ["--part", "kazoo"]],
  ["PART_UNKNOWN", FAURE, ["--part", "128"]],
  ["PART_UNKNOWN", FAURE, ["--part", ""]],
  ["OPTION_MISSING", FAURE, []],
  ["OPTION_CONFLICT", FAURE, ["--part", "bass,drums", "--name", "x"]],
  ["PARTS_TOO_MANY", FAURE, ["--part", Array(33).fill("drums").join(",")]],
  ["CHANNEL_NONE_FREE", FAURE, ["--part", Array(15).fill("bass").join(",")]],
  ["CHORD_UNKNOWN", FAURE, ["--part", "bass", "--chords", "Am | Fq"]],
  ["CHORD_UNKNOWN", FAURE, ["--part", "bass", "--chords", "Am || F"]],
])("%s: nothing is written", async (code, input, args) => {
  const { result, output } = await add(input, [...args, "--bars", "1-2"]);
  expect(errorCode(result.stderr)).toBe(code);
  expect(existsSync(output)).toBe(false);
});

test("PART_IN_PATTERNS: tracks of a file of format 2 do not play together", async () => {
  const { result, output } = await add(songOn([0], 2), ["--part", "bass", "--chords", "Am", "--bars", "1-2"]);
  expect(errorCode(result.stderr)).toBe("PART_IN_PATTERNS");
  expect(existsSync(output)).toBe(false);
});

test("in a song without notes a bass asks for chords or a scale, and drums do not", async () => {
  const { result } = await add(silent(), ["--part", "bass", "--bars", "1-4"]);
  expect(errorCode(result.stderr)).toBe("NOTHING_TO_HEAR");
  for (const told of [
    ["--chords", "Am | F"],
    ["--scale", "A minor"],
  ])
    await added(silent(), ["--part", "bass", "--bars", "1-4", ...told]);
  await added(silent(), ["--part", "drums", "--bars", "1-4"]);
});

test("in place, a backup is kept", async () => {
  const input = join(temporaryFolder(), "song.mid");
  copyFileSync(FAURE, input);
  const args = [
    "add",
    input,
    "--model",
    inject("tinyModel"),
    "--part",
    "bass",
    "--bars",
    "1-2",
    "--in-place",
  ];
  expect(await runCli(args)).toMatchObject({ exitCode: 0 });
  expect((await infoOf(input)).tracks[3]).toMatchObject({ name: "Bass" });
});

test("a track without notes is filled as what its name says, which the answer tells", async () => {
  const folder = temporaryFolder();
  const [input, output] = [join(folder, "band.mid"), join(folder, "out.mid")];
  const chords: RawEvent[] = [57, 60, 64].flatMap((pitch) => [
    { tick: 0, hex: hex(0x90, pitch, 80) },
    { tick: 1900, hex: hex(0x80, pitch, 0) },
  ]);
  const end = { tick: 1920, hex: "ff2f00" };
  const tracks = [
    trackOf([...chords, end]),
    trackOf([{ tick: 0, hex: `ff03${hex(8, ...Buffer.from("Low bass"))}` }, end]),
  ];
  writeFileSync(input, Buffer.concat([header(1, 2, 480), ...tracks]));
  const shared = ["--model", inject("tinyModel"), "--no-daemon", "--json", "-o", output];
  const result = await runCli(["fill", input, "--track", "2", "--bars", "1", ...shared]);
  expect(result).toMatchObject({ exitCode: 0 });
  const { region } = fillAnswerSchema.parse(JSON.parse(result.stdout));
  expect(region).toEqual({ track: 2, startTick: 0, endTick: 1920, role: "bass" });
  // One that has notes is what they say.
  const other = await runCli(["fill", input, "--track", "1", "--bars", "1", "--force", ...shared]);
  expect(fillAnswerSchema.parse(JSON.parse(other.stdout)).region).not.toHaveProperty("role");
});
