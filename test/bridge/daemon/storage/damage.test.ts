/**
 * Damaged and unreadable files of songs: the song opens, what is whole is there, and what is not is said.
 */
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { midiBytes } from "../../../../bridge/daemon/rolls/output.ts";
import type { Roll } from "../../../../bridge/daemon/rolls/roll.ts";
import { Rolls } from "../../../../bridge/daemon/rolls/rolls.ts";
import { Shelf } from "../../../../bridge/daemon/rolls/shelf.ts";
import type { Note, Song } from "../../../../bridge/protocol/song.ts";
import { type Fault, FaultyFiles } from "../../../support/faulty-files.ts";

const MIDI = readFileSync("test/fixtures/holmes-le-desir.mid");

const note = (startTick: number, pitch: number, channel = 0): Note => {
  return { startTick, durationTicks: 1, pitch, velocity: 80, channel };
};

function song(): Song {
  const tracks = ["a", "b"].map((id) => ({ id, name: id, program: 0, isDrums: false, notes: [note(0, 60)] }));
  return { ppq: 96, tempoMap: [], timeSignatures: [], tracks };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-damage-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return join(folder, "rolls");
}

function open(folder: string): Rolls {
  const rolls = new Rolls(new Shelf(folder));
  onTestFinished(() => rolls.close());
  return rolls;
}
const edit = (rolls: Rolls, id: string, trackId: string, tick: number) =>
  rolls.edit(id, [{ trackId, removed: [], added: [note(tick, tick)] }]);
const pitches = (roll: Roll, trackId: string) => roll.track(trackId).notes.map(({ pitch }) => pitch);
const warnings = (roll: Roll) => roll.song.warnings.map(({ code, message }) => `${code} ${message}`);

/** A song with five edits of track a, and its log. */
async function edited(folder: string): Promise<{ id: string; log: string }> {
  const rolls = open(folder);
  const { id } = await rolls.openSong("Song", song());
  for (const tick of [1, 2, 3, 4, 5]) await edit(rolls, id, "a", tick);
  await rolls.close();
  return { id, log: join(folder, id, "edits.log") };
}

/** Change one byte in the middle of a line, from 1. */
function damageLine(path: string, number: number): void {
  const lines = readFileSync(path, "utf8").split("\n");
  const line = lines[number - 1] ?? "";
  const at = Math.floor(line.length / 2);
  lines[number - 1] = `${line.slice(0, at)}\u0001${line.slice(at + 1)}`;
  writeFileSync(path, lines.join("\n"));
}

test("edits up to a damaged line are there, the rest is said, and the version goes on above it", async () => {
  const folder = newFolder();
  const { id, log } = await edited(folder);
  damageLine(log, 3);
  const damaged = readFileSync(log);
  const rolls = open(folder);
  const roll = await rolls.get(id);
  expect(pitches(roll, "a")).toEqual([60, 1, 2]);
  expect(warnings(roll)).toEqual([
    expect.stringMatching(/^ROLL_DAMAGED line 3 of edits\.log is damaged; it and 2 later changes are lost/),
  ]);
  expect(roll.version).toBeGreaterThanOrEqual(5);
  const { version } = await edit(rolls, id, "a", 9);
  expect(version).toBe(roll.version);
  // The damaged file is kept, and the new one is whole.
  const kept = readdirSync(join(folder, id)).filter((name) => name.startsWith("edits.log.damaged-"));
  expect(kept.map((name) => readFileSync(join(folder, id, name)).equals(damaged))).toEqual([true]);
  const again = await open(folder).get(id);
  expect([again.version, pitches(again, "a"), warnings(again)]).toEqual([version, [60, 1, 2, 9], []]);
});

test("a line that was cut off loses itself alone, wherever it was cut", async () => {
  const folder = newFolder();
  const { id, log } = await edited(folder);
  const whole = readFileSync(log);
  const lastStart = whole.lastIndexOf(10, whole.length - 2) + 1;
  for (let length = lastStart + 1; length < whole.length; length += 7) {
    writeFileSync(log, whole);
    truncateSync(log, length);
    const roll = await open(folder).get(id);
    expect([pitches(roll, "a"), roll.version >= 5, warnings(roll).length]).toEqual([
      [60, 1, 2, 3, 4],
      true,
      1,
    ]);
  }
});

test("any byte of a log may be any other: the song opens, with edits up to there", async () => {
  const folder = newFolder();
  const { id, log } = await edited(folder);
  const whole = readFileSync(log);
  for (let at = 0; at < whole.length; at += 11) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(whole.readUInt8(at) ^ 0x15, at);
    writeFileSync(log, changed);
    const found = pitches(await open(folder).get(id), "a");
    expect(found).toEqual([60, 1, 2, 3, 4, 5].slice(0, found.length));
    const linesBefore = whole.subarray(0, at).filter((byte) => byte === 10).length;
    expect(found.length).toBeGreaterThanOrEqual(1 + linesBefore);
  }
});

test("in a compacted log a damaged line loses its track, and others keep also what came later", async () => {
  const folder = newFolder();
  const rolls = open(folder);
  const { id } = await rolls.openSong("Song", song());
  // As an earlier program left it: the first change makes a whole of it.
  const rows = (pitch: number) => `[[7,1,${pitch},80,0]]`;
  writeFileSync(join(folder, id, "edits.json"), `{"version":3,"tracks":{"a":${rows(11)},"b":${rows(22)}}}`);
  const next = open(folder);
  await edit(next, id, "b", 33);
  await edit(next, id, "a", 44);
  damageLine(join(folder, id, "edits.log"), 2);
  const roll = await open(folder).get(id);
  expect([pitches(roll, "a"), pitches(roll, "b")]).toEqual([[60], [22, 33]]);
  expect(warnings(roll)[0]).toContain('the changes of track "a" are lost');
  expect(roll.version).toBeGreaterThanOrEqual(5);
});

test("every damaged file of a song but its own leaves the song's bytes to be had", async () => {
  const folder = newFolder();
  const rolls = open(folder);
  const { id } = await rolls.openFile("song.mid", MIDI);
  await edit(rolls, id, "1", 5);
  await rolls.keep(id, [["view", "1"]]);
  await rolls.close();
  for (const name of ["edits.log", "kept.log", "roll.json"])
    writeFileSync(join(folder, id, name), "\u0000{garbage");
  const next = open(folder);
  expect(next.entries).toMatchObject([{ rollId: id, title: expect.stringMatching(/^Recovered song/) }]);
  const roll = await next.get(id);
  expect((await midiBytes(roll, next.shelf)).equals(MIDI)).toBe(true);
  expect((await next.keptOf(id)).entries).toEqual([]);
  await next.keep(id, [["view", "2"]]);
  expect((await open(folder).keptOf(id)).entries).toEqual([["view", "2"]]);
});

test("a damaged line of kept texts loses its texts alone", async () => {
  const folder = newFolder();
  const rolls = open(folder);
  const { id } = await rolls.openSong("Song", song());
  for (const name of ["x", "y", "z"]) await rolls.keep(id, [[name, "1"]]);
  damageLine(join(folder, id, "kept.log"), 2);
  const names = (await open(folder).keptOf(id)).entries.map(([name]) => name);
  expect(names).toEqual(["x", "z"]);
});

test.each(["EACCES", "EMFILE", "EIO"] as const)(
  "changes that cannot be read (%s) are not overwritten: the song is shown as it came until they can",
  async (fault) => {
    const folder = newFolder();
    const { id, log } = await edited(folder);
    const before = readFileSync(log);
    let failing: Fault | undefined = fault;
    const faulty = await FaultyFiles.install(log, () => failing);
    onTestFinished(() => faulty.restore());
    const rolls = open(folder);
    const roll = await rolls.get(id);
    expect([pitches(roll, "a"), warnings(roll)]).toEqual([[60], [expect.stringMatching(/^ROLL_UNREADABLE/)]]);
    await expect(edit(rolls, id, "a", 9)).rejects.toMatchObject({ code: "ROLL_UNREADABLE", retryable: true });
    // Songs that may hold changes are not removed for others.
    for (let count = 0; count < 40; count += 1) await rolls.openSong(`${count}`, song());
    failing = undefined;
    expect(readFileSync(log).equals(before)).toBe(true);
    expect(pitches(await rolls.get(id), "a")).toEqual([60, 1, 2, 3, 4, 5]);
    expect((await edit(rolls, id, "a", 9)).version).toBe(6);
  },
);

test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "a folder of songs without rights is not an empty one",
  async () => {
    const folder = newFolder();
    const { id } = await edited(folder);
    chmodSync(folder, 0);
    const rolls = open(folder);
    await expect(rolls.get(id)).rejects.toMatchObject({ code: "ROLL_UNREADABLE" });
    chmodSync(folder, 0o700);
    expect(pitches(await rolls.get(id), "a")).toHaveLength(6);
  },
);

test("a folder of songs that cannot be listed is not an empty one", async () => {
  const folder = newFolder();
  const { id } = await edited(folder);
  let failing: Fault | undefined = "EMFILE";
  const faulty = await FaultyFiles.install(folder, () => failing);
  onTestFinished(() => faulty.restore());
  const rolls = open(folder);
  await expect(rolls.get(id)).rejects.toMatchObject({ code: "ROLL_UNREADABLE" });
  failing = undefined;
  expect(rolls.entries.map(({ rollId }) => rollId)).toEqual([id]);
  expect(pitches(await rolls.get(id), "a")).toHaveLength(6);
});

test("what another program adds to a log is kept aside, not built on", async () => {
  const folder = newFolder();
  const rolls = open(folder);
  const { id } = await rolls.openSong("Song", song());
  await edit(rolls, id, "a", 1);
  appendFileSync(join(folder, id, "edits.log"), "not a line of ours\n");
  await edit(rolls, id, "a", 2);
  const roll = await open(folder).get(id);
  expect([pitches(roll, "a"), warnings(roll)]).toEqual([[60, 1, 2], []]);
  const aside = readdirSync(join(folder, id)).filter((name) => name.startsWith("edits.log.damaged-"));
  expect(aside.map((name) => readFileSync(join(folder, id, name), "utf8"))).toEqual([
    expect.stringContaining("not a line of ours"),
  ]);
});

test("a log is compacted when it is long, and says the same", async () => {
  const folder = newFolder();
  const rolls = open(folder);
  const { id } = await rolls.openSong("Song", song());
  const many = Array.from({ length: 20_000 }, (_, at) => note(at + 10, 50));
  for (let round = 0; round < 8; round += 1) {
    await rolls.edit(id, [{ trackId: "b", removed: [], added: many }]);
    await rolls.edit(id, [{ trackId: "b", removed: many, added: [] }]);
  }
  await edit(rolls, id, "a", 5);
  await rolls.close();
  const log = join(folder, id, "edits.log");
  expect(readFileSync(log).length).toBeLessThan(4_500_000);
  const roll = await open(folder).get(id);
  expect([roll.version, pitches(roll, "a"), pitches(roll, "b")]).toEqual([17, [60, 5], [60]]);
});
