/**
 * Every file call of a run fails once: what was acknowledged is there afterwards, what was refused is not.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BridgeError } from "../../../../bridge/bridge-error.ts";
import { Journal, readJournal } from "../../../../bridge/daemon/journal/journal.ts";
import { Rolls } from "../../../../bridge/daemon/rolls/rolls.ts";
import { Shelf } from "../../../../bridge/daemon/rolls/shelf.ts";
import { WriteProblems } from "../../../../bridge/daemon/storage/write-problems.ts";
import type { Note, Song } from "../../../../bridge/protocol/song.ts";
import { FAULTS, type Fault, FaultyFiles } from "../../../support/faulty-files.ts";

/** Each kind of fault meets one call in so many, all kinds together every call; 1 has each kind meet every call. */
const STRIDE = Number(process.env.CONTINUO_FAULT_STRIDE ?? FAULTS.length);
const MIDI = readFileSync("test/fixtures/holmes-le-desir.mid");
const REFUSALS = ["HOME_NOT_WRITABLE", "CHANGE_NOT_WRITTEN", "ROLL_UNREADABLE"];

const note = (startTick: number, pitch: number): Note => {
  return { startTick, durationTicks: 100, pitch, velocity: 80, channel: 0 };
};

function song(): Song {
  const tracks = ["a", "__proto__"].map((id) => ({
    id,
    name: id,
    program: 0,
    isDrums: false,
    notes: [note(0, 60)],
  }));
  return { ppq: 96, tempoMap: [], timeSignatures: [], tracks };
}

/** What clients were told. */
interface Told {
  /** Of each song: its version, and the pitches of each track that was changed. */
  songs: Map<string, { version: number; tracks: Map<string, number[]> }>;
  kept: Map<string, Map<string, string>>;
  removed: string[];
  jobs: string[];
}

/** @returns undefined where it was refused, with a code that says why */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof BridgeError)) throw thrown;
    expect(REFUSALS).toContain(thrown.code);
    return undefined;
  }
}

/** As `attempt`. @returns whether it was acknowledged */
async function isDone(work: () => Promise<void>): Promise<boolean> {
  return (await attempt(() => work().then(() => true))) === true;
}

/** A daemon's work with its files, twice: the second one opens what the first one wrote. */
async function work(home: string, told: Told): Promise<void> {
  for (const round of [1, 2]) {
    const problems = new WriteProblems();
    const { journal } = await Journal.open({ CONTINUO_HOME: home }, "1", problems);
    const rolls = new Rolls(new Shelf(join(home, "rolls")), { problems });
    await changeAll(rolls, told, round);
    for (const id of ["x", "y"]) {
      journal.append({ type: "reject", jobId: `${id}${round}` });
      if (await journal.written()) told.jobs.push(`${id}${round}`);
    }
    const sent = await attempt(() => rolls.openSong("Sent", song()));
    if (sent !== undefined) told.songs.set(sent.id, { version: 0, tracks: new Map() });
    const file = await attempt(() => rolls.openFile("x.mid", MIDI));
    if (file !== undefined && (await isDone(() => rolls.remove(file.id)))) {
      told.removed.push(file.id);
    }
    await changeAll(rolls, told, 10 * round);
    await rolls.close();
    await journal.close();
    expect(problems.entries).toEqual([]);
  }
}

async function changeAll(rolls: Rolls, told: Told, pitch: number): Promise<void> {
  for (const [rollId, expected] of told.songs) {
    for (const trackId of ["a", "__proto__"]) {
      const changes = [{ trackId, removed: [], added: [note(pitch, pitch)] }];
      const answer = await attempt(() => rolls.edit(rollId, changes));
      if (answer === undefined) continue;
      expect(answer.version).toBe(expected.version + 1);
      expected.version = answer.version;
      expected.tracks.set(trackId, [...(expected.tracks.get(trackId) ?? [60]), pitch]);
    }
    const texts = told.kept.get(rollId) ?? new Map<string, string>();
    const isKept = await isDone(() => rolls.keep(rollId, [[`t${pitch}`, "text"]]));
    if (isKept) told.kept.set(rollId, texts.set(`t${pitch}`, "text"));
  }
}

async function verify(home: string, told: Told): Promise<void> {
  const rolls = new Rolls(new Shelf(join(home, "rolls")));
  const ids = rolls.entries.map(({ rollId }) => rollId);
  for (const [rollId, { version, tracks }] of told.songs) {
    const roll = await rolls.get(rollId);
    expect([roll.version, roll.song.warnings]).toEqual([version, []]);
    for (const [trackId, pitches] of tracks) {
      const found = roll.track(trackId).notes.map((one) => one.pitch);
      expect(found).toEqual([pitches[0], ...pitches.slice(1).sort((a, b) => a - b)]);
    }
    expect(new Map((await rolls.keptOf(rollId)).entries)).toEqual(told.kept.get(rollId) ?? new Map());
  }
  for (const rollId of told.removed) expect(ids).not.toContain(rollId);
  const inJournal: string[] = [];
  for await (const { entry } of readJournal({ CONTINUO_HOME: home })) {
    if (entry?.type === "reject") inJournal.push(entry.jobId);
  }
  expect(inJournal).toEqual(expect.arrayContaining(told.jobs));
  const left = readdirSync(home, { recursive: true }).filter((path) =>
    /\.(part|tmp)|\.opening|\.removed/.test(`${path}`),
  );
  expect(left).toEqual([]);
}

/** @returns how many file calls there were */
async function run(shouldFail: (call: number) => Fault | undefined): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "continuo-faults-"));
  mkdirSync(join(home, "rolls"));
  const told: Told = { songs: new Map(), kept: new Map(), removed: [], jobs: [] };
  const faulty = await FaultyFiles.install(home, shouldFail);
  try {
    await work(home, told);
  } finally {
    faulty.restore();
  }
  try {
    await verify(home, told);
  } catch (thrown) {
    throw new Error(`after ${faulty.failed.join(", ")}`, { cause: thrown });
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  return faulty.calls;
}

test("without a fault everything is acknowledged", async () => {
  expect(await run(() => undefined)).toBeGreaterThan(100);
});

test.each(FAULTS)("any call fails once with %s: nothing acknowledged is missing", async (fault) => {
  for (let nth = 1 + (FAULTS.indexOf(fault) % STRIDE); ; nth += STRIDE) {
    if ((await run((call) => (call === nth ? fault : undefined))) < nth) break;
  }
});

test.each(FAULTS)(
  "calls fail with %s for a while, from any on: nothing acknowledged is missing",
  async (fault) => {
    for (let first = 1; ; first += 5 * STRIDE) {
      if ((await run((call) => (call >= first && call < first + 4 ? fault : undefined))) < first) break;
    }
  },
);
