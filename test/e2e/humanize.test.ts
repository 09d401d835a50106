/**
 * The same notes, played as players play them: 100 random regions over every way in keep the promises, and are the same.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillAnswerSchema } from "../../bridge/engine/filled-file.ts";
import { readSong, type WholeSong } from "../../bridge/engine/song-file.ts";
import type { FillNote, Note } from "../../bridge/protocol/song.ts";
import { assistant, folderWithSong } from "../bridge/mcp/assistant.ts";
import { runCli, temporaryFolder } from "../bridge/support/cli.ts";
import { expectOutsideUntouched } from "../bridge/support/fill-checks.ts";
import {
  codeOf,
  type Listener,
  leaveFile,
  openWebSocket,
  overFolder,
  overHttp,
  resultOf,
} from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { readLines } from "./support/lines.ts";
import { songRequest } from "./support/songs.ts";

const FIXTURES = [
  "beethoven-op10-no2-allegretto",
  "caudioso-mandolin-concerto-1",
  "drummer1-rock-115",
  "faure-apres-un-reve",
  "holmes-le-desir",
].map((name) => resolve(`test/fixtures/${name}.mid`));
const [BEETHOVEN = "", , , FAURE = ""] = FIXTURES;

let daemon: TestDaemon;
let socket: Listener;
let songs: WholeSong[];
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
  socket = await openWebSocket(daemon);
  songs = await Promise.all(FIXTURES.map((input) => readSong({ input, shownAs: input, mostNotes: 100_000 })));
});
afterAll(async () => {
  socket.close();
  for (const end of ends.reverse()) await end();
});

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Case {
  file: string;
  song: WholeSong;
  trackId: string;
  startTick: number;
  endTick: number;
  amount: number;
  seed: number;
}

const CASES = Array.from({ length: 100 }, (_, index) => index);

function caseOf(index: number): Case {
  const random = numbers(index + 1);
  for (;;) {
    const at = Math.floor(random() * songs.length);
    const song = songs[at];
    const track = song?.tracks[Math.floor(random() * (song?.tracks.length ?? 1))];
    if (song === undefined || track === undefined) throw new Error("no song");
    const startTick = Math.floor(random() * song.durationTicks * 0.8);
    const endTick = startTick + 1 + Math.floor(random() * 8 * 4 * song.ppq);
    if (!track.notes.some((note) => note.startTick >= startTick && note.startTick < endTick)) continue;
    const amount = index % 10 === 0 ? 0 : 0.1 + 0.9 * random();
    return { file: FIXTURES[at] ?? "", song, trackId: track.id, startTick, endTick, amount, seed: index };
  }
}

const requestOf = ({ song, trackId, startTick, endTick, amount, seed }: Case) => ({
  ppq: song.ppq,
  tempoMap: song.tempoMap,
  timeSignatures: song.timeSignatures,
  tracks: song.tracks.map(({ id, name, program, isDrums, channel, notes }) => ({
    ...{ id, name, program, isDrums, channel, notes },
  })),
  region: { trackId, startTick, endTick },
  mode: "humanize" as const,
  controls: { amount },
  sampling: { seed, candidates: 2 },
  order: "model" as const,
});

const end = ({ startTick, durationTicks }: Note) => startTick + durationTicks;

/** @param after  the same notes in the same order */
function expectPromises({ song, trackId, startTick, endTick }: Case, before: FillNote[], after: FillNote[]) {
  expect(after.map(({ pitch, channel }) => [pitch, channel])).toEqual(
    before.map(({ pitch, channel }) => [pitch, channel]),
  );
  const track = song.tracks.find(({ id }) => id === trackId);
  const key = (note: Note) => `${note.startTick} ${note.pitch} ${note.durationTicks}`;
  const now = new Map(before.map((note, index) => [key(note), after[index] ?? note]));
  const pairs = (track?.notes ?? []).map((note) => [note, now.get(key(note)) ?? note] as const);
  for (const [index, note] of after.entries()) {
    expect(note.startTick).toBeGreaterThanOrEqual(startTick);
    expect(note.startTick).toBeLessThan(endTick);
    const old = before[index] ?? note;
    if (end(old) > endTick) expect(end(note)).toBe(end(old));
    else expect(end(note)).toBeLessThanOrEqual(endTick);
  }
  for (const [index, [old, note]] of pairs.entries()) {
    for (const [other, moved] of pairs.slice(index + 1)) {
      if (old.startTick < other.startTick && note.startTick >= moved.startTick)
        throw new Error(`${JSON.stringify(old)} passes ${JSON.stringify(other)}`);
      if (old.pitch === other.pitch && end(old) <= other.startTick && end(note) > moved.startTick)
        throw new Error(`${JSON.stringify(old)} reaches ${JSON.stringify(other)}`);
    }
  }
}

describe("100 random regions", () => {
  test("of files and tracks keep every promise, over WebSocket", async () => {
    let changed = 0;
    for (const index of CASES) {
      const one = caseOf(index);
      const result = resultOf(await socket.call("fill/run", requestOf(one)));
      expect(result.model.id).toBe("humanize");
      if (one.amount === 0) {
        expect(result).toMatchObject({ removed: [], candidates: [{ notes: [] }] });
        expect(result.warnings.map(({ code }) => code)).toEqual(["ALL_KEPT"]);
        continue;
      }
      for (const { notes } of result.candidates) expectPromises(one, result.removed, notes);
      const [first, second] = result.candidates;
      if (second !== undefined) expect(second.notes).not.toEqual(first?.notes);
      changed += Number(result.removed.length > 0);
    }
    expect(changed).toBeGreaterThan(80);
  });

  test.each(CASES.filter((index) => index % 12 === 5))(
    "region %i is the same in the watched folder, as JSON and in lines",
    async (index) => {
      const request = requestOf(caseOf(index));
      const expected = resultOf(await socket.call("fill/run", request));
      expect(resultOf(await overFolder(daemon).call("fill/run", request)).candidates).toEqual(
        expected.candidates,
      );
      const message = { jsonrpc: "2.0", id: 1, method: "fill/run", params: request, format: "lines" };
      const lines = readLines((await leaveFile(daemon, JSON.stringify(message))).text);
      const words = (notes: readonly Note[]) =>
        notes.map(({ startTick, durationTicks, pitch, velocity, channel }) => [
          ...[startTick, durationTicks, pitch, velocity, channel],
        ]);
      expect(lines.removed).toEqual(words(expected.removed));
      expect(lines.candidates.map(({ notes }) => notes)).toEqual(
        expected.candidates.map(({ notes }) => words(notes)),
      );
    },
  );

  test.each(CASES.filter((index) => index % 16 === 3))(
    "region %i is the same by the command line and for an assistant",
    async (index) => {
      const one = caseOf(index);
      const { file, trackId, startTick, endTick, amount, seed } = one;
      const expected = resultOf(await socket.call("fill/run", requestOf(one)));
      const output = join(temporaryFolder(), "out.mid");
      const args = ["humanize", file, "--track", trackId, "--ticks", `${startTick}-${endTick}`];
      const made = await runCli([
        ...args,
        ...["--amount", `${amount}`, "--seed", `${seed}`, "--candidates", "2", "-o", output, "--json"],
      ]);
      expect(made.exitCode, made.stderr).toBe(0);
      const answer = fillAnswerSchema.parse(JSON.parse(made.stdout));
      expect(answer.removed).toEqual(expected.removed);
      expect(answer.candidates.map(({ notes }) => notes)).toEqual(
        expected.candidates.map(({ notes }) => notes),
      );
      expectOutsideUntouched({ input: file, output, answer });
    },
  );
});

test("amount 0 is the same file, byte for byte, and so is a second run with the same seed", async () => {
  const output = join(temporaryFolder(), "out.mid");
  const args = ["humanize", FAURE, "--track", "1-3", "--bars", "5-12", "--seed", "9", "-o", output];
  expect(await runCli([...args, "--amount", "0"])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(output).equals(readFileSync(FAURE))).toBe(true);
  await runCli([...args, "--amount", "1"]);
  const first = readFileSync(output);
  expect(first.equals(readFileSync(FAURE))).toBe(false);
  await runCli([...args, "--amount", "1", "--force"]);
  expect(readFileSync(output).equals(first)).toBe(true);
});

test("an assistant plays the same file as the command line", async () => {
  const folder = folderWithSong(BEETHOVEN);
  const { call } = await assistant(folder);
  const made = await call("humanize", {
    ...{ file: "song.mid", track: 1, bars: "5-8", amount: 0.8, seed: 4, output: "played.mid" },
  });
  expect(made).toMatchObject({ seed: 4, region: { track: 1, bars: "5-8" }, model: { id: "humanize" } });
  const output = join(temporaryFolder(), "out.mid");
  const args = ["humanize", BEETHOVEN, "--track", "1", "--bars", "5-8", "--amount", "0.8", "--seed", "4"];
  await runCli([...args, "-o", output]);
  expect(readFileSync(join(folder, "played.mid")).equals(readFileSync(output))).toBe(true);
  const refused = await call("humanize", {
    ...{ file: "song.mid", track: 1, bars: "5-8", amount: 2, output: "other.mid" },
  });
  expect(refused).toEqual({ error: "AMOUNT_OUT_OF_RANGE" });
});

test("several tracks together, with locks, recorded and made again", async () => {
  const request = songRequest({ mode: "humanize", controls: { amount: 1 }, sampling: { seed: 3 } });
  const { startTick, endTick } = request.region;
  const both = { ...request, region: { trackIds: ["lead", "bass"], startTick, endTick } };
  const [lead] = request.tracks;
  const locked = lead?.notes.find((note) => note.startTick === startTick + 480);
  const { jobId, ...result } = resultOf(
    await socket.call("fill/run", { ...both, lockedNotes: [{ ...locked, trackId: "lead" }] }),
  );
  const counts = ["lead", "bass"].map((id) => result.removed.filter(({ trackId }) => trackId === id).length);
  expect(counts).toEqual([15, 16]);
  expect(result.candidates[0]?.notes).toHaveLength(31);
  expect(result.removed).not.toContainEqual({ ...locked, trackId: "lead" });
  const output = join(temporaryFolder(), "again.mid");
  const again = await runCli(["replay", jobId, "-o", output, "--json"], {
    env: { CONTINUO_HOME: daemon.home },
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ isSame: true, differences: [] });
});

test.each([
  ["no notes", { region: { trackId: "lead", startTick: 100_000, endTick: 200_000 } }, "HUMANIZE_EMPTY"],
  ["an amount above 1", { controls: { amount: 1.1 } }, "AMOUNT_OUT_OF_RANGE"],
  ["a scale", { controls: { scale: "D dorian" } }, "OPTION_UNSUPPORTED"],
  ["chords", { controls: { chords: "Am | F" } }, "OPTION_UNSUPPORTED"],
  ["a pitch range", { controls: { pitchRange: "C3-C5" } }, "OPTION_UNSUPPORTED"],
  ["too many candidates", { sampling: { candidates: 64.5 } }, "REQUEST_INVALID"],
])("%s is refused", async (_, more, code) => {
  const request = { ...songRequest(), mode: "humanize", ...more };
  expect(codeOf(await overHttp(daemon).call("fill/run", request))).toBe(code);
});

test.each([
  [["--amount", "1.5"], "AMOUNT_OUT_OF_RANGE", 2],
  [["--amount", "much"], "NUMBER_INVALID", 2],
  [["--scale", "auto"], "OPTION_UNKNOWN", 2],
  [["--track", "9"], "TRACK_NOT_FOUND", 1],
  [["--track", "1"], "TRACK_REPEATED", 2],
])("humanize %j says what is wrong", async (more, code, exitCode) => {
  const args = ["humanize", FAURE, "--track", "1", "--bars", "5-6", "-o", join(temporaryFolder(), "out.mid")];
  const result = await runCli([...args, ...more]);
  expect([/error\[(\w+)\]/.exec(result.stderr)?.[1], result.exitCode]).toEqual([code, exitCode]);
});
