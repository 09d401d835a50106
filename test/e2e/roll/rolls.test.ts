/**
 * Songs in the piano roll of a real daemon: opened from files, changed by several pages, saved, restored after a
 * crash.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RollChange } from "../../../bridge/protocol/roll.ts";
import { codeOf, type Listener, openWebSocket, overHttp, resultOf } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { isRoot } from "../support/needs.ts";

const FIXTURES = "test/fixtures";
const NAMES = readdirSync(FIXTURES).filter((name) => name.endsWith(".mid"));
const bytesOf = (name: string) => readFileSync(join(FIXTURES, name));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function open(name: string, where = daemon) {
  const params = { title: name, file: base64(bytesOf(name)) };
  return resultOf(await overHttp(where).call("roll/open", params));
}

async function download(
  rollId: string,
  where = daemon,
): Promise<{ status: number; bytes: Buffer; name: string }> {
  const headers = { authorization: `Bearer ${where.token()}` };
  const response = await fetch(`${where.url}/rolls/${rollId}/song.mid`, { headers });
  const name = response.headers.get("content-disposition") ?? "";
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), name };
}

/** The first note of a track raised by a semitone. */
function raised({ song }: Awaited<ReturnType<typeof open>>, at = 0): RollChange {
  const track = song.tracks[at];
  const note = track?.notes[0];
  if (track === undefined || note === undefined) throw new Error("no note");
  return { trackId: track.id, removed: [note], added: [{ ...note, pitch: note.pitch + 1 }] };
}

test.each(NAMES)("%s comes out as it went in, and is changed only where it was", async (name) => {
  const roll = await open(name);
  expect(roll).toMatchObject({ title: name, file: name, version: 0, host: null });
  expect(roll.song.tempoMap[0]?.tick).toBe(0);
  expect(roll.song.timeSignatures[0]?.tick).toBe(0);
  const untouched = await download(roll.rollId);
  expect(untouched.bytes.equals(bytesOf(name))).toBe(true);
  const change = raised(roll);
  const caller = overHttp(daemon);
  const { version } = resultOf(await caller.call("roll/edit", { rollId: roll.rollId, changes: [change] }));
  expect(version).toBe(1);
  const changed = await download(roll.rollId);
  expect(changed.bytes.equals(bytesOf(name))).toBe(false);
  const params = { title: "changed", file: base64(changed.bytes) };
  const again = resultOf(await caller.call("roll/open", params));
  const now = resultOf(await caller.call("roll/get", { rollId: roll.rollId }));
  expect(again.song.tracks).toEqual(now.song.tracks);
  const back = { trackId: change.trackId, removed: change.added, added: change.removed };
  await caller.call("roll/edit", { rollId: roll.rollId, changes: [back] });
  const restored = resultOf(await caller.call("roll/get", { rollId: roll.rollId }));
  expect(restored.song.tracks).toEqual(roll.song.tracks);
});

test("other data, too much data or two sources at once are refused with a code, and leave nothing", async () => {
  const caller = overHttp(daemon);
  const before = readdirSync(join(daemon.home, "rolls")).length;
  const refused = async (params: object) =>
    codeOf(await caller.call("roll/open", { title: "x.mid", ...params }));
  expect(await refused({ file: base64(Buffer.from("hello")) })).toBe("MIDI_NOT_MIDI");
  expect(await refused({ file: "" })).toBe("MIDI_EMPTY");
  expect(await refused({ file: base64(bytesOf(NAMES[0] ?? "").subarray(0, 20)) })).toMatch(/^MIDI_/);
  expect(await refused({ file: "not base64!" })).toBe("REQUEST_INVALID");
  expect(await refused({})).toBe("REQUEST_INVALID");
  const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
  expect(await refused({ file: "", song })).toBe("REQUEST_INVALID");
  const notes = Array.from({ length: 250_001 }, (_, startTick) => ({
    startTick,
    durationTicks: 1,
    pitch: 1,
    velocity: 1,
  }));
  expect(await refused({ song: { ...song, tracks: [{ id: "a", notes }] } })).toBe("ROLL_TOO_LARGE");
  expect(await refused({ file: base64(crowded(250_001)) })).toBe("ROLL_TOO_LARGE");
  await expect.poll(() => readdirSync(join(daemon.home, "rolls")).length).toBe(before);
});

test("an error of a file names it as the musician does", async () => {
  const { error } = await overHttp(daemon).call("roll/open", {
    title: "Lied.mid",
    file: base64(Buffer.from("x")),
  });
  expect(error?.message).toMatch(/^Lied\.mid: /);
  expect(error?.message).not.toContain(daemon.home);
});

test("two pages on one song hear each other's changes, and not their own", async () => {
  const [one, other] = [await openWebSocket(daemon), await openWebSocket(daemon)];
  const roll = await open(NAMES[0] ?? "");
  const changes = [raised(roll)];
  resultOf(await one.call("roll/edit", { rollId: roll.rollId, changes }));
  await expect.poll(() => changed(other)).toEqual([{ rollId: roll.rollId, version: 1, changes }]);
  // Of notes that are gone already only the new ones are told.
  const late = { ...raised(roll), added: [] };
  resultOf(await other.call("roll/edit", { rollId: roll.rollId, changes: [late] }));
  await expect.poll(() => changed(one)).toEqual([{ rollId: roll.rollId, version: 2, changes: [] }]);
  expect(changed(other)).toHaveLength(1);
  one.close();
  other.close();
});

test("a daemon that was killed has the songs again, with their changes", async () => {
  const first = await startDaemon();
  const roll = await open("holmes-le-desir.mid", first);
  const caller = overHttp(first);
  const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
  const sent = resultOf(await caller.call("roll/open", { title: "Sent", song }));
  await caller.call("roll/edit", { rollId: roll.rollId, changes: [raised(roll, 1)] });
  const expected = resultOf(await caller.call("roll/get", { rollId: roll.rollId }));
  const bytes = (await download(roll.rollId, first)).bytes;
  first.child.kill("SIGKILL");
  await first.ended;

  const second = await startDaemon({ home: first.home });
  const again = overHttp(second);
  const { rolls } = resultOf(await again.call("roll/list"));
  expect(rolls.map(({ title }) => title)).toEqual(["Sent", "holmes-le-desir.mid"]);
  expect(resultOf(await again.call("roll/get", { rollId: roll.rollId }))).toEqual(expected);
  expect((await download(roll.rollId, second)).bytes.equals(bytes)).toBe(true);
  const added = { startTick: 5, durationTicks: 5, pitch: 60, velocity: 9, channel: 0 };
  const changes = [{ trackId: "a", removed: [], added: [added] }];
  const { version } = resultOf(await again.call("roll/edit", { rollId: sent.rollId, changes }));
  expect(version).toBe(1);
  const [track] = resultOf(await again.call("roll/get", { rollId: sent.rollId })).song.tracks;
  expect(track?.notes).toEqual([added]);
});

test("the last change before the daemon's end is kept too", async () => {
  const first = await startDaemon();
  const roll = await open("holmes-le-desir.mid", first);
  await overHttp(first).call("roll/edit", { rollId: roll.rollId, changes: [raised(roll)] });
  await first.stop();
  const second = await startDaemon({ home: first.home });
  const { version } = resultOf(await overHttp(second).call("roll/get", { rollId: roll.rollId }));
  expect(version).toBe(1);
});

test("a song is exported under a free name, also one that came without a file", async () => {
  const folder = join(daemon.home, "out");
  const exporting = await startDaemon({ config: { exports: folder } });
  const caller = overHttp(exporting);
  const name = "holmes-le-desir.mid";
  const { rollId } = await open(name, exporting);
  const paths: string[] = [];
  for (let count = 0; count < 3; count += 1)
    paths.push(resultOf(await caller.call("roll/export", { rollId })).path);
  expect(paths).toEqual(["", " 2", " 3"].map((end) => join(folder, `holmes-le-desir${end}.mid`)));
  expect(readFileSync(paths[2] ?? "").equals(bytesOf(name))).toBe(true);
  const notes = [{ startTick: 0, durationTicks: 96, pitch: 60, velocity: 80, channel: 0 }];
  const song = { ppq: 96, tracks: [{ id: "a", name: "Flöte", program: 73, notes }] };
  const sent = resultOf(await caller.call("roll/open", { title: "Flöte: solo?", song }));
  const { path } = resultOf(await caller.call("roll/export", { rollId: sent.rollId }));
  expect(path).toBe(join(folder, "Flöte solo.mid"));
  const read = resultOf(await caller.call("roll/open", { title: "x", file: base64(readFileSync(path)) }));
  expect(read.song.tracks).toMatchObject([{ name: "Flöte", program: 73, notes }]);
  expect(readdirSync(folder).filter((file) => file.includes(".tmp"))).toEqual([]);
  expect((await download(sent.rollId, exporting)).name).toContain("filename*=UTF-8''Fl%C3%B6te%20solo.mid");
});

test("an export that cannot be written says why", async () => {
  const at = join(daemon.home, "a-file");
  writeFileSync(at, "");
  const folders = [join(at, "folder")];
  if (!isRoot && process.platform !== "win32") {
    const closed = join(daemon.home, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    folders.push(closed);
  }
  for (const exports of folders) {
    const exporting = await startDaemon({ config: { exports } });
    const { rollId } = await open("holmes-le-desir.mid", exporting);
    expect(codeOf(await overHttp(exporting).call("roll/export", { rollId }))).toMatch(/^OUTPUT_/);
  }
});

test("notes that MIDI cannot say are refused when they are written, by their place", async () => {
  const roll = await open("holmes-le-desir.mid");
  const around = raised(roll).removed.map((note) => ({
    ...note,
    durationTicks: note.durationTicks + 9,
    startTick: note.startTick - 4,
  }));
  const changes = [{ trackId: "1", removed: [], added: around }];
  await overHttp(daemon).call("roll/edit", { rollId: roll.rollId, changes });
  const { error } = await overHttp(daemon).call("roll/export", { rollId: roll.rollId });
  expect(error?.data.code).toBe("NOTE_OVERLAP");
  expect(error?.message).toMatch(/^holmes-le-desir\.mid: the note at tick \d+ overlaps/);
});

test("the scale is that of the surroundings; drums have none", async () => {
  const caller = overHttp(daemon);
  const minor = [62, 64, 65, 67, 69, 70, 72, 74, 69, 65, 62, 69, 62];
  const notes = minor.map((pitch, at) => ({ startTick: 96 * at, durationTicks: 96, pitch, velocity: 80 }));
  const tracks = [
    { id: "a", notes },
    { id: "d", isDrums: true, notes: [] },
  ];
  const { rollId } = resultOf(await caller.call("roll/open", { title: "x", song: { ppq: 96, tracks } }));
  const scale = async (trackId: string) => {
    const region = { trackId, startTick: 1536, endTick: 1920 };
    return resultOf(await caller.call("roll/scale", { rollId, region })).scale;
  };
  expect([await scale("a"), await scale("d")]).toEqual(["D minor", null]);
  const nowhere = { trackId: "z", startTick: 0, endTick: 96 };
  expect(codeOf(await caller.call("roll/scale", { rollId, region: nowhere }))).toBe("TRACK_NOT_FOUND");
});

test("a song that is not there, and a track that is not in it", async () => {
  const caller = overHttp(daemon);
  for (const method of ["roll/get", "roll/export", "roll/return", "roll/decline", "page/open"])
    expect(codeOf(await caller.call(method, { rollId: "../base" }))).toBe("ROLL_NOT_FOUND");
  expect((await download("none")).status).toBe(404);
  const { rollId } = await open("holmes-le-desir.mid");
  const changes = [{ trackId: "99", removed: [], added: [] }];
  expect(codeOf(await caller.call("roll/edit", { rollId, changes }))).toBe("TRACK_NOT_FOUND");
  for (const method of ["roll/return", "roll/decline"])
    expect(codeOf(await caller.call(method, { rollId }))).toBe("ROLL_HOSTLESS");
});

test("the instruments come from the settings' file, under a name of their own, or it is said what to install", async () => {
  const file = join(daemon.home, "my.sf2");
  writeFileSync(file, "sounds");
  const sounding = await startDaemon({ config: { sounds: file } });
  const get = (path: string, more: Record<string, string> = {}) =>
    fetch(`${sounding.url}${path}`, { headers: { authorization: `Bearer ${sounding.token()}`, ...more } });
  const found = await get("/sounds/general.sf3");
  expect([found.status, await found.text()]).toEqual([200, "sounds"]);
  expect(found.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  const path = new URL(found.url).pathname;
  expect(path).toMatch(/^\/sounds\/[a-z0-9-]+\.sf3$/);
  expect((await get(path, { "if-none-match": found.headers.get("etag") ?? "" })).status).toBe(304);
  writeFileSync(file, "other sounds");
  expect([(await get(path)).status, await (await get("/sounds/general.sf3")).text()]).toEqual([
    404,
    "other sounds",
  ]);
  const silent = await startDaemon({ config: { sounds: join(daemon.home, "none.sf2") } });
  const headers = { authorization: `Bearer ${silent.token()}` };
  const missing = await fetch(`${silent.url}/sounds/general.sf3`, { headers });
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ error: { code: "SOUNDS_MISSING" } });
});

const changed = ({ heard }: Listener): unknown[] =>
  heard.filter(({ method }) => method === "roll/changed").map(({ params }) => params);

/** A file of so many notes, one a tick. */
function crowded(count: number): Buffer {
  const one = Buffer.from([0, 0x90, 60, 80, 1, 0x90, 60, 0]);
  const end = Buffer.from([0, 0xff, 0x2f, 0]);
  const body = Buffer.concat([...Array.from({ length: count }, () => one), end]);
  const head = Buffer.from("4d546864000000060001000100604d54726b00000000", "hex");
  head.writeUInt32BE(body.length, head.length - 4);
  return Buffer.concat([head, body]);
}
