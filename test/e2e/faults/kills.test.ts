/**
 * The daemon is killed at random moments under edits, kept texts and fills: what it had acknowledged is there again.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { overHttp, resultOf } from "../support/callers.ts";
import { newHome, startDaemon, type TestDaemon } from "../support/daemon.ts";
import { readJournal } from "../support/journal.ts";
import { songRequest } from "../support/songs.ts";
import { until } from "../support/wait.ts";

const KILLS = Number(process.env.CONTINUO_KILLS ?? "4");
const LONGEST_MS = 500;
const SONGS = 3;

/** What clients were told of a song. */
interface Song {
  readonly rollId: string;
  /** Highest that anybody saw. */
  version: number;
  /** Start ticks of the notes whose edits were acknowledged. */
  readonly notes: Set<number>;
  readonly texts: Map<string, string>;
}

interface Told {
  readonly songs: Song[];
  readonly started: string[];
  readonly answered: string[];
  /** From an edit to its answer. */
  readonly editMs: number[];
}

/** Again and again, until the daemon is gone. */
async function untilGone(work: (round: number) => Promise<void>, first = 0): Promise<void> {
  for (let round = first; ; round += 1) {
    try {
      await work(round);
    } catch (thrown) {
      // fetch fails so when the other side is gone.
      if (thrown instanceof TypeError || (thrown instanceof Error && "code" in thrown)) return;
      throw thrown;
    }
  }
}

let nextTick = 0;

function clientsOf(daemon: TestDaemon, told: Told): Promise<void>[] {
  const { call } = overHttp(daemon);
  const editing = (song: Song) =>
    untilGone(async () => {
      const startTick = nextTick++;
      const added = [{ startTick, durationTicks: 1, pitch: 60, velocity: 80, channel: 0 }];
      const begun = performance.now();
      const changes = [{ trackId: "__proto__", removed: [], added }];
      const { version } = resultOf(await call("roll/edit", { rollId: song.rollId, changes }));
      told.editMs.push(performance.now() - begun);
      song.notes.add(startTick);
      song.version = Math.max(song.version, version);
    });
  const keeping = (song: Song) =>
    untilGone(async (round) => {
      const [name, text] = [`name${round % 5}`, `${nextTick++}`];
      // While this is on its way either text may be there.
      song.texts.delete(name);
      resultOf(await call("roll/keep", { rollId: song.rollId, texts: [{ name, text }] }));
      song.texts.set(name, text);
    });
  const looking = untilGone(async () => {
    for (const { rollId, version } of resultOf(await call("roll/list")).rolls) {
      const song = told.songs.find((one) => one.rollId === rollId);
      if (song !== undefined) song.version = Math.max(song.version, version);
    }
  });
  const starting = untilGone(async () => {
    const params = { request: songRequest(), detached: true };
    told.started.push(resultOf(await call("fill/start", params)).jobId);
    await sleep(20);
  });
  const running = untilGone(async () => {
    told.answered.push(resultOf(await call("fill/run", songRequest())).jobId);
  });
  const perSong = told.songs.flatMap((song) => [editing(song), editing(song), keeping(song)]);
  return [...perSong, looking, starting, running];
}

async function verify(daemon: TestDaemon, { songs }: Told): Promise<void> {
  const { call } = overHttp(daemon);
  for (const song of songs) {
    const { rollId } = song;
    const roll = resultOf(await call("roll/get", { rollId }));
    expect(roll.version).toBeGreaterThanOrEqual(song.version);
    song.version = roll.version;
    const found = new Set(roll.song.tracks.flatMap(({ notes }) => notes.map(({ startTick }) => startTick)));
    expect([...song.notes].filter((tick) => !found.has(tick))).toEqual([]);
    const kept = new Map(
      resultOf(await call("roll/kept", { rollId })).texts.map(({ name, text }) => [name, text]),
    );
    for (const [name, text] of song.texts) expect([name, kept.get(name)]).toEqual([name, text]);
  }
  const files = readdirSync(join(daemon.home, "rolls"), { recursive: true });
  expect(files.filter((name) => /\.part$|\.opening|\.removed/.test(String(name)))).toEqual([]);
}

test(`${KILLS} kills under edits and fills: nothing acknowledged is missing, no version goes back`, async () => {
  const home = newHome();
  const told: Told = { songs: [], started: [], answered: [], editMs: [] };
  let daemon = await startDaemon({ home });
  for (let count = 0; count < SONGS; count += 1) {
    const song = { ppq: 96, tracks: [{ id: "__proto__", notes: [] }] };
    const { rollId } = resultOf(await overHttp(daemon).call("roll/open", { title: `${count}`, song }));
    told.songs.push({ rollId, version: 0, notes: new Set(), texts: new Map() });
  }
  for (let kill = 0; kill < KILLS; kill += 1) {
    const [before, clients] = [told.editMs.length, clientsOf(daemon, told)];
    await until("the first edits", () => told.editMs.length > before);
    await sleep(Math.random() * LONGEST_MS);
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    await Promise.all(clients);
    daemon = await startDaemon({ home });
    await verify(daemon, told);
  }
  await daemon.stop();
  const { entries } = readJournal(home);
  const inJournal = (wanted: string) =>
    new Set(entries.flatMap(({ type, jobId }) => (type === wanted && jobId !== undefined ? [jobId] : [])));
  const [requests, answers] = [inJournal("request"), inJournal("answer")];
  expect(told.started.filter((jobId) => !requests.has(jobId))).toEqual([]);
  expect(told.answered.filter((jobId) => !answers.has(jobId))).toEqual([]);
  const edits = told.songs.reduce((sum, { notes }) => sum + notes.size, 0);
  expect(edits).toBeGreaterThanOrEqual(KILLS);
  expect(told.started.length).toBeGreaterThan(0);
  if (process.env.CONTINUO_KILLS !== undefined) {
    const sorted = told.editMs.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]?.toFixed(1);
    console.log(
      `${KILLS} kills, ${edits} edits, ${told.started.length} starts, ${told.answered.length} answers kept; an edit takes ${at(0.5)} ms, p95 ${at(0.95)} ms, by HTTP under this load`,
    );
  }
}, 3_600_000);
