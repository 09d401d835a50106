/**
 * Songs of the piano roll: changed, stored on disk, removed, named.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Session } from "../../../bridge/daemon/messages/session.ts";
import { wholeSong } from "../../../bridge/daemon/rolls/host-song.ts";
import { fileName, midiBytes } from "../../../bridge/daemon/rolls/output.ts";
import { MOST_NOTES, Roll } from "../../../bridge/daemon/rolls/roll.ts";
import { Rolls, type RollsOptions } from "../../../bridge/daemon/rolls/rolls.ts";
import { contentDisposition } from "../../../bridge/daemon/rolls/routes.ts";
import { Shelf } from "../../../bridge/daemon/rolls/shelf.ts";
import { WriteProblems } from "../../../bridge/daemon/storage/write-problems.ts";
import { KEPT_LIMITS } from "../../../bridge/protocol/roll.ts";
import type { Note, Song } from "../../../bridge/protocol/song.ts";

function note(startTick: number, pitch: number, more: Partial<Note> = {}): Note {
  return { startTick, durationTicks: 100, pitch, velocity: 80, channel: 0, ...more };
}

function song(...notes: Note[]): Song {
  const track = { id: "a", name: "A", program: 0, isDrums: false, notes };
  return { ppq: 96, tempoMap: [], timeSignatures: [], tracks: [track, { ...track, id: "b", notes: [] }] };
}

function rollOf(given: Song, file: string | null = null, title = "Song"): Roll {
  return new Roll({ rollId: "r", title, openedAt: "", file }, wholeSong(given));
}

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? thrown.code : thrown;
  }
};

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-rolls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return join(folder, "rolls");
}

function newRolls(folder: string, options: RollsOptions = {}): Rolls {
  const rolls = new Rolls(new Shelf(folder), options);
  // Songs that go because there are too many are gone before the folder is.
  onTestFinished(() => rolls.close());
  return rolls;
}

test("a song without a file gets maps from tick 0 and its notes in order", () => {
  const sent = {
    ...song(note(96, 60), note(0, 64), note(0, 62, { channel: 3 })),
    tempoMap: [
      { tick: 960, qpm: 90 },
      { tick: 96, qpm: 80 },
      { tick: 960, qpm: 100 },
    ],
    timeSignatures: [{ tick: 0, numerator: 3, denominator: 4 }],
  };
  const { durationTicks, tempoMap, timeSignatures, tracks } = wholeSong(sent);
  expect(durationTicks).toBe(196);
  expect(tempoMap).toEqual([
    { tick: 0, qpm: 120 },
    { tick: 96, qpm: 80 },
    { tick: 960, qpm: 100 },
  ]);
  expect(timeSignatures).toEqual(sent.timeSignatures);
  expect(tracks.map(({ channel, notes }) => [channel, notes.map(({ pitch }) => pitch)])).toEqual([
    [0, [62, 64, 60]],
    [0, []],
  ]);
});

test("as many of equal notes go as are named, and only what was there is told", () => {
  const roll = rollOf(song(note(0, 60), note(0, 60), note(50, 62)));
  const changes = [
    { trackId: "a", removed: [note(0, 60), note(7, 7)], added: [] },
    { trackId: "a", removed: [], added: [note(20, 61)] },
  ];
  expect(roll.edit(changes)).toEqual([
    { trackId: "a", removed: [note(0, 60)], added: [] },
    { trackId: "a", removed: [], added: [note(20, 61)] },
  ]);
  expect(roll.track("a").notes).toEqual([note(0, 60), note(20, 61), note(50, 62)]);
  expect([roll.version, [...roll.changedTracks]]).toEqual([1, ["a"]]);
  // Two changes of one track in one edit see each other.
  roll.edit([
    { trackId: "a", removed: [], added: [note(5, 5)] },
    { trackId: "a", removed: [note(5, 5)], added: [note(6, 6)] },
  ]);
  expect(roll.track("a").notes[1]).toEqual(note(6, 6));
});

test("a note that another page moved meanwhile is not replaced: there is never a second version of it", () => {
  const roll = rollOf(song(note(0, 60)));
  const move = (from: number, to: number) =>
    roll.edit([{ trackId: "a", removed: [note(0, from)], added: [note(0, to)] }]);
  move(60, 61);
  move(61, 62);
  // The first page takes its step back before it hears of the second page's.
  expect(codeOf(() => move(61, 60))).toBe("ROLL_CHANGED");
  expect([roll.track("a").notes, roll.version]).toEqual([[note(0, 62)], 2]);
});

test("an edit is made whole or not at all", () => {
  const roll = rollOf(song(note(0, 60)));
  const good = { trackId: "a", removed: [note(0, 60)], added: [] };
  expect(codeOf(() => roll.edit([good, { ...good, trackId: "z" }]))).toBe("TRACK_NOT_FOUND");
  const added = Array.from({ length: MOST_NOTES }, (_, tick) => note(tick, 1));
  expect(codeOf(() => roll.edit([{ ...good, removed: [], added }]))).toBe("ROLL_TOO_LARGE");
  expect([roll.track("a").notes, roll.version]).toEqual([[note(0, 60)], 0]);
});

test("all notes of a file's track are of its channel, whatever a page says", () => {
  const roll = rollOf(song(note(0, 60, { channel: 4 })), "x.mid");
  const [changed] = roll.edit([{ trackId: "a", removed: [note(0, 60)], added: [note(9, 61)] }]);
  expect(changed).toMatchObject({ removed: [{ channel: 4 }], added: [{ channel: 4 }] });
  expect(roll.track("a").notes).toEqual([note(9, 61, { channel: 4 })]);
});

test("changes are there again for the next daemon; what is damaged or strange is left alone", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const [kept, broken] = [await rolls.openSong("Kept", song(note(0, 60))), await rolls.openSong("B", song())];
  await rolls.edit(kept.id, [{ trackId: "a", removed: [note(0, 60)], added: [note(3, 33)] }]);
  await rolls.close();
  writeFileSync(join(folder, broken.id, "song.json"), "{");
  mkdirSync(join(folder, "strange"));
  mkdirSync(join(folder, "other"));
  writeFileSync(join(folder, "other", "roll.json"), JSON.stringify({ ...kept.facts, rollId: "../x" }));

  const next = newRolls(folder);
  expect(next.entries.map(({ title }) => title)).toEqual(["B", "Kept"]);
  const again = await next.get(kept.id);
  expect([again.version, again.track("a").notes]).toEqual([1, [note(3, 33)]]);
  expect(await next.get(kept.id)).toBe(again);
  await expect(next.get(broken.id)).rejects.toMatchObject({ code: "ROLL_DAMAGED" });
  expect(readdirSync(folder)).toContain("strange");
  if (process.platform !== "win32") expect(statSync(join(folder, kept.id)).mode & 0o077).toBe(0);
});

test("changes that come together are all kept, in their order", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const roll = await rolls.openSong("Song", song());
  const edits = Array.from({ length: 50 }, (_, tick) =>
    rolls.edit(roll.id, [{ trackId: "b", removed: [], added: [note(tick, 1)] }]),
  );
  expect((await Promise.all(edits)).map(({ version }) => version)).toEqual(edits.map((_, at) => at + 1));
  await rolls.edit(roll.id, [{ trackId: "b", removed: [], added: [note(99, 2)] }]);
  await rolls.close();
  expect(readdirSync(join(folder, roll.id)).sort()).toEqual(["edits.log", "roll.json", "song.json"]);
  expect((await newRolls(folder).get(roll.id)).track("b").notes).toHaveLength(51);
});

test("the oldest go, but none that a host waits for", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const waited = await rolls.openSong("waited for", song());
  waited.host = { name: "host", region: { trackId: "a", startTick: 0, endTick: 1 } };
  for (let count = 0; count < 33; count += 1) await rolls.openSong(`${count}`, song());
  const titles = rolls.entries.map(({ title }) => title);
  expect([titles.length, titles.at(-1), titles.at(-2)]).toEqual([32, "waited for", "2"]);
  await expect.poll(() => readdirSync(folder).length).toBe(32);
});

/** A client that is connected, as a page is. */
function session(): Session {
  const wire = { send() {}, bufferedBytes: () => 0, close() {}, destroy() {}, pause() {}, resume() {} };
  return new Session("websocket", wire);
}

test("what is open somewhere, or was ever changed, stays however many others are opened", async () => {
  const folder = newFolder();
  const gone: string[] = [];
  const onRemove: RollsOptions["onRemove"] = (removed) => gone.push(...removed.map(({ title }) => title));
  const rolls = newRolls(folder, { onRemove });
  const page = session();
  const edit = (roll: Roll) => rolls.edit(roll.id, [{ trackId: "a", removed: [], added: [note(9, 9)] }]);
  const open = await rolls.openSong("open", song());
  rolls.holders.hold(open.id, page);
  const changed = await rolls.openSong("changed", song());
  await edit(changed);
  const exported = await rolls.openSong("exported", song());
  await edit(exported);
  rolls.saved(exported.id, exported.version);
  const used = await rolls.openSong("used", song());
  for (let count = 0; count < 40; count += 1) {
    await rolls.openSong(`${count}`, song());
    await rolls.get(used.id);
  }
  const titles = () => rolls.entries.map(({ title }) => title);
  expect(titles()).toEqual(expect.arrayContaining(["open", "changed", "exported", "used", "39"]));
  expect(titles()).toHaveLength(32);
  // What was used longest ago went first, and all of it was told.
  expect(gone.slice(0, 2)).toEqual(["0", "1"]);
  expect(gone).toHaveLength(12);
  expect(new Set([...gone, ...titles()]).size).toBe(44);

  // Closed by the page.
  rolls.holders.release(open.id, page);
  for (let count = 40; count < 80; count += 1) await rolls.openSong(`${count}`, song());
  expect(titles()).toContain("changed");
  expect(titles()).not.toContain("open");

  // The next daemon knows it as well.
  await rolls.close();
  const next = newRolls(folder);
  for (let count = 80; count < 120; count += 1) await next.openSong(`${count}`, song());
  expect(next.entries.map(({ title }) => title)).toContain("changed");
  expect((await next.get(changed.id)).track("a").notes).toEqual([note(9, 9)]);
});

test("songs that must stay leave room for the latest others", async () => {
  const rolls = newRolls(newFolder());
  for (let count = 0; count < 40; count += 1) {
    const roll = await rolls.openSong(`changed ${count}`, song());
    await rolls.edit(roll.id, [{ trackId: "a", removed: [], added: [note(1, 1)] }]);
  }
  for (let count = 0; count < 10; count += 1) await rolls.openSong(`${count}`, song());
  const titles = rolls.entries.map(({ title }) => title);
  expect(titles.slice(0, 9)).toEqual(["9", "8", "7", "6", "5", "4", "3", "2", "changed 39"]);
  expect(titles).toHaveLength(48);
});

test("a page that is gone holds nothing, and one without a connection cannot hold", async () => {
  const { holders } = newRolls(newFolder());
  const [page, http] = [session(), new Session("http")];
  holders.hold("a", page);
  holders.hold("b", http);
  expect([holders.isHeld("a"), holders.isHeld("b")]).toEqual([true, false]);
  page.end();
  expect(holders.isHeld("a")).toBe(false);
  const many = session();
  for (let count = 0; count < 40; count += 1) holders.hold(`${count}`, many);
  expect([holders.isHeld("0"), holders.isHeld("39")]).toEqual([true, true]);
});

test("folders of an earlier program are opened with their changes, which then go into the log", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const roll = await rolls.openSong("Old", song(note(0, 60)));
  await rolls.close();
  const at = (name: string) => join(folder, roll.id, name);
  const edits = (trackId: string) => `{"version":7,"tracks":{${JSON.stringify(trackId)}:[[1,100,1,80,0]]}}`;
  writeFileSync(at("edits.json"), edits("a"));
  writeFileSync(at("kept.json"), '{"version":1,"texts":[["view","1"]]}');
  // It did not say whether they are saved.
  const next = newRolls(folder);
  expect(next.entries).toMatchObject([{ title: "Old", version: 1, isSaved: false }]);
  for (let count = 0; count < 40; count += 1) await next.openSong(`${count}`, song());
  const again = await next.get(roll.id);
  expect([again.version, again.track("a").notes]).toEqual([7, [note(1, 1)]]);
  await next.edit(roll.id, [{ trackId: "b", removed: [], added: [note(2, 2)] }]);
  await next.keep(roll.id, [["step", "2"]]);
  expect(readdirSync(join(folder, roll.id)).sort()).toEqual([
    "edits.log",
    "kept.log",
    "roll.json",
    "song.json",
  ]);
  const last = newRolls(folder);
  const { version, song: whole } = await last.get(roll.id);
  expect([version, whole.tracks.map(({ notes }) => notes)]).toEqual([8, [[note(1, 1)], [note(2, 2)]]]);
  expect((await last.keptOf(roll.id)).entries).toEqual([
    ["view", "1"],
    ["step", "2"],
  ]);
});

test("a song is removed by hand, but none that a host waits for", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const roll = await rolls.openSong("Song", song());
  await rolls.edit(roll.id, [{ trackId: "a", removed: [], added: [note(1, 1)] }]);
  roll.host = { name: "REAPER", region: { trackId: "a", startTick: 0, endTick: 1 } };
  await expect(rolls.remove(roll.id)).rejects.toMatchObject({ code: "ROLL_IN_USE" });
  roll.host = null;
  await rolls.remove(roll.id);
  await expect(rolls.remove(roll.id)).rejects.toMatchObject({ code: "ROLL_NOT_FOUND" });
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});

test("pages find again what they had kept, also after the daemon's end; it is bounded", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const roll = await rolls.openSong("Song", song());
  await rolls.keep(roll.id, [
    ["view", "1"],
    ["step.a", "2"],
  ]);
  await rolls.keep(roll.id, [
    ["view", "3"],
    ["step.a", null],
    ["step.b", "4"],
  ]);
  const large = "x".repeat(KEPT_LIMITS.characters);
  await expect(rolls.keep(roll.id, [["large", large]])).rejects.toMatchObject({ code: "ROLL_KEEP_FULL" });
  const many = Array.from({ length: KEPT_LIMITS.texts }, (_, at): [string, string] => [`t${at}`, ""]);
  await expect(rolls.keep(roll.id, many)).rejects.toMatchObject({ code: "ROLL_KEEP_FULL" });
  await rolls.close();
  const next = newRolls(folder);
  const kept = { view: "3", "step.b": "4" };
  expect(Object.fromEntries((await next.keptOf(roll.id)).entries)).toEqual(kept);
  await expect(next.keep("none", [])).rejects.toMatchObject({ code: "ROLL_NOT_FOUND" });
});

test("a file that was changed here before is known again, by its place, its name or its bytes", async () => {
  const rolls = newRolls(newFolder());
  const bytes = readFileSync("test/fixtures/holmes-le-desir.mid");
  const other = readFileSync("test/fixtures/faure-apres-un-reve.mid");
  const first = await rolls.openFile("song.mid", bytes, { path: "/music/song.mid" });
  expect(rolls.earlierOf(first)).toBe(null);
  const change = { trackId: "1", removed: [], added: [note(1, 1)] };
  await rolls.edit(first.id, [change]);
  expect(rolls.earlierOf(first)).toBe(null);
  const earlierTo = async (title: string, content: Uint8Array, path?: string) =>
    rolls.earlierOf(await rolls.openFile(title, content, { path }))?.rollId;
  expect(await earlierTo("song.mid", bytes, "/music/song.mid")).toBe(first.id);
  // The file has been rewritten since.
  expect(await earlierTo("song.mid", other, "/music/song.mid")).toBe(first.id);
  expect(await earlierTo("SONG.MID", other)).toBe(first.id);
  expect(await earlierTo("copy.mid", bytes, "/elsewhere/copy.mid")).toBe(first.id);
  expect(await earlierTo("song.mid", other, "/elsewhere/song.mid")).toBe(undefined);
  expect(await earlierTo("other.mid", other)).toBe(undefined);
  const two = Buffer.concat([bytes, other]);
  const second = await rolls.openFile("two.mid", two, { path: "/music/two.mid", songNumber: 2 });
  await rolls.edit(second.id, [change]);
  expect(await earlierTo("two.mid", two, "/music/two.mid")).toBe(undefined);
  expect(rolls.earlierOf(await rolls.openSong("song.mid", song()))).toBe(null);
});

test("a track is added, filled, kept and written; an empty one can be removed", async () => {
  const folder = newFolder();
  const rolls = newRolls(folder);
  const bytes = readFileSync("test/fixtures/holmes-le-desir.mid");
  const roll = await rolls.openFile("song.mid", bytes);
  const taken = new Set(roll.song.tracks.map(({ channel }) => channel));
  const add = async (track: Parameters<Rolls["addTrack"]>[1]) => (await rolls.addTrack(roll.id, track)).track;
  const strings = await add({ name: "Strings", program: 48, isDrums: false });
  const drums = await add({ name: "Kit", program: 0, isDrums: true });
  expect([strings, drums.id, roll.version]).toEqual([
    { id: "added-1", name: "Strings", program: 48, isDrums: false },
    "added-2",
    2,
  ]);
  await rolls.edit(roll.id, [{ trackId: "added-1", removed: [], added: [note(96, 60)] }]);
  for (const [id, code] of Object.entries({
    "added-1": "TRACK_IN_USE",
    1: "TRACK_IN_USE",
    z: "TRACK_NOT_FOUND",
  }))
    await expect(rolls.removeTrack(roll.id, id)).rejects.toMatchObject({ code });
  await rolls.removeTrack(roll.id, "added-2");
  // Undone and done again, it has the name that its notes know; twice is once.
  const named = { id: "added-k3", name: "Bass", program: 33, isDrums: false };
  expect([await add(named), await add({ ...named, name: "Other" })]).toEqual([named, named]);
  expect(roll.song.tracks.filter(({ id }) => id === "added-k3")).toHaveLength(1);
  await rolls.removeTrack(roll.id, "added-k3");
  await rolls.close();

  const next = newRolls(folder);
  const again = await next.get(roll.id);
  const { channel } = again.track("added-1");
  expect([taken.has(channel), channel === 9]).toEqual([false, false]);
  expect(again.track("added-1").notes).toEqual([note(96, 60, { channel })]);
  const written = await midiBytes(again, next.shelf);
  const read = await next.openFile("written.mid", written);
  const tracks = read.song.tracks.map(({ name, program, notes }) => [name, program, notes.length]);
  expect(tracks.slice(0, -1)).toEqual(
    roll.song.tracks.slice(0, -1).map(({ name, program, notes }) => [name, program, notes.length]),
  );
  expect(tracks.at(-1)).toEqual(["Strings", 48, 1]);
});

test("songs beyond what memory should hold wait on the disk, with their changes", async () => {
  const rolls = newRolls(newFolder());
  const many = Array.from({ length: MOST_NOTES - 1 }, (_, tick) => note(tick, 1));
  const full = {
    ...song(),
    tracks: song().tracks.map((track, at) => ({ ...track, notes: at === 0 ? many : [] })),
  };
  const first = await rolls.openSong("first", full);
  await rolls.edit(first.id, [{ trackId: "b", removed: [], added: [note(5, 5)] }]);
  for (let count = 0; count < 4; count += 1) await rolls.openSong(`${count}`, full);
  const again = await rolls.get(first.id);
  // Compared here: nobody wants to see so many notes.
  expect(again === first).toBe(false);
  expect([again.noteCount, again.track("b").notes]).toEqual([MOST_NOTES, [note(5, 5)]]);
});

test.skipIf(process.platform === "win32")(
  "a change that cannot be written is refused, shown and not seen",
  async () => {
    const folder = newFolder();
    const problems = new WriteProblems();
    const rolls = newRolls(folder, { problems });
    const roll = await rolls.openSong("Song", song());
    rmSync(join(folder, roll.id), { recursive: true });
    const edited = rolls.edit(roll.id, [{ trackId: "a", removed: [], added: [note(1, 1)] }]);
    await expect.poll(() => problems.entries).toMatchObject([{ file: `rolls/${roll.id}/edits.log` }]);
    await expect(edited).rejects.toMatchObject({ code: "CHANGE_NOT_WRITTEN", retryable: true });
    expect([roll.version, roll.track("a").notes]).toEqual([0, []]);
    await rolls.close();
    const nowhere = newRolls(join(folder, roll.id));
    writeFileSync(join(folder, roll.id), "a file where the folder should be");
    await expect(nowhere.openSong("Song", song())).rejects.toMatchObject({ code: "HOME_NOT_WRITABLE" });
  },
);

test.each([
  ["Étude (n° 3).mid", "Étude (n° 3).mid"],
  ["a/b\\c: d?.MIDI", "a b c d.mid"],
  ["../../etc/passwd", "etc passwd.mid"],
  ["con", "_con.mid"],
  ["nul.x", "_nul.x.mid"],
  [" .. ", "song.mid"],
  ["", "song.mid"],
  ["line\nend\u202egnp.mid", "line end gnp.mid"],
  ["a\ud800b", "ab.mid"],
  [`${"x".repeat(99)}🎶`, `${"x".repeat(99)}.mid`],
  ["x".repeat(300), `${"x".repeat(100)}.mid`],
])("%j is written as %j", (title, name) => {
  expect(fileName(rollOf(song(), null, title))).toBe(name);
});

test("a download has its name in UTF-8, and a plain one for who cannot read that", () => {
  expect(contentDisposition('Träum "er".mid')).toBe(
    `attachment; filename="Tr_um _er_.mid"; filename*=UTF-8''Tr%C3%A4um%20%22er%22.mid`,
  );
  expect(contentDisposition("it's (a) b*.mid")).toContain("UTF-8''it%27s%20%28a%29%20b%2A.mid");
});

test("a song of the shelf is JSON that can be looked at", async () => {
  const folder = newFolder();
  const roll = await newRolls(folder).openSong("Song", song(note(0, 60)));
  const facts = JSON.parse(readFileSync(join(folder, roll.id, "roll.json"), "utf8"));
  expect(facts).toMatchObject({ title: "Song", file: null });
});
