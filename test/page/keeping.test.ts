/**
 * What the daemon keeps with a song for the page: after a reload, undo and the view continue as before.
 */
import { expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { Bars } from "../../bridge/music/bars.ts";
import { Snap } from "../../bridge/music/snap.ts";
import { applyChanges } from "../../page/document/change.ts";
import { History } from "../../page/document/history.ts";
import { newNote, type PageSong, plainNote } from "../../page/document/song.ts";
import { moveNotes, quantizeNotes, removeNotes, resizeNotes } from "../../page/editor/edits.ts";
import { historyTexts, restoredHistory, StoredNames } from "../../page/keeping/history-texts.ts";
import { KeptQueue } from "../../page/keeping/kept-queue.ts";
import { lookTexts, restoredLook } from "../../page/keeping/song-texts.ts";
import { PLAIN_TRACK } from "../../page/state.ts";
import { randomFrom, randomSong } from "./sound-songs.ts";

const plain = (song: PageSong) => song.tracks.map(({ notes }) => notes.map(plainNote));

/** A page with a history of its own. */
class Page {
  song: PageSong;
  readonly history: History;

  constructor(song: PageSong) {
    this.song = song;
    this.history = new History({
      apply: (changes) => {
        this.song = applyChanges(this.song, changes);
      },
      song: () => this.song,
    });
  }

  get steps() {
    return { done: this.history.steps.value, undone: this.history.undoneSteps.value };
  }
}

/** The same song with other names, as the daemon tells it. */
function told(song: PageSong): PageSong {
  return { ...song, tracks: song.tracks.map((track) => ({ ...track, notes: track.notes.map(newNote) })) };
}

/** Do something at random. */
function act({ song, history }: Page, random: (below: number) => number): void {
  const all = song.tracks.flatMap(({ notes }) => notes);
  const ids = new Set(Array.from({ length: 1 + random(8) }, () => all[random(all.length)]?.id ?? 0));
  const snap = new Snap(new Bars(song.timeSignatures, song.ppq), song.ppq, "1/16");
  const edits = [
    () => moveNotes(song, ids, 120 * random(9) - 480, random(5) - 2),
    () => resizeNotes(song, ids, random(2) === 0 ? "start" : "end", 60 * random(9) - 240),
    () => quantizeNotes(song, ids, snap),
    () => removeNotes(song, ids),
  ];
  const choice = random(7);
  const edit = edits[choice]?.();
  if (edit !== undefined) history.do(edit.label, edit.changes);
  else if (choice === 4) history.redo();
  else history.undo();
}

/** The song after each press of undo, and of redo. */
function walk(page: Page): unknown[] {
  const seen: unknown[] = [];
  for (let step = page.history.redo(); step !== undefined; step = page.history.redo())
    seen.push(["redo", step.label, plain(page.song)]);
  for (let step = page.history.undo(); step !== undefined; step = page.history.undo())
    seen.push(["undo", step.label, plain(page.song)]);
  return seen;
}

test("undo and redo after a reload are those of before, whatever was done", () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = randomFrom(seed);
    let page = new Page(randomSong(seed));
    let [names, texts] = [new StoredNames(), new Map<string, string>()];
    for (let reload = 0; reload < 3; reload += 1) {
      for (let step = 0; step < 12; step += 1) act(page, random);
      texts = historyTexts(page.steps, names, texts);
      const next = new Page(told(page.song));
      names = new StoredNames();
      next.history.restore(restoredHistory(texts, next.song, names));
      page = next;
      expect(page.steps.done.length + page.steps.undone.length).toBe(texts.size - 1);
    }
    // Once more from the same texts, beside the page that goes on.
    const beside = new Page(told(page.song));
    beside.history.restore(restoredHistory(texts, beside.song, new StoredNames()));
    expect(walk(beside), `seed ${seed}`).toEqual(walk(page));
  }
});

test("a step of a note that another page changed meanwhile is not restored", () => {
  const page = new Page(randomSong(3));
  const [first, second] = page.song.tracks[0]?.notes ?? [];
  if (first === undefined || second === undefined) throw new Error("two notes");
  page.history.do("A", [{ trackId: "1", removed: [first], added: [{ ...first, pitch: 20 }] }]);
  page.history.do("B", [{ trackId: "1", removed: [second], added: [{ ...second, pitch: 21 }] }]);
  const texts = historyTexts(page.steps, new StoredNames(), new Map());
  const song = told(page.song);
  const elsewhere: PageSong = {
    ...song,
    tracks: song.tracks.map((track) => ({
      ...track,
      notes: track.notes.map((one) => (one.pitch === 20 ? { ...one, pitch: 22 } : one)),
    })),
  };
  const { done } = restoredHistory(texts, elsewhere, new StoredNames());
  expect(done.map(({ label }) => label)).toEqual(["B"]);
});

test("what is damaged, of another version or too much is left out, and nothing else", () => {
  const page = new Page(randomSong(5));
  const notes = page.song.tracks[0]?.notes ?? [];
  for (let step = 0; step < 4; step += 1) {
    const [first] = page.song.tracks[0]?.notes ?? [];
    if (first !== undefined) page.history.do(`${step}`, [{ trackId: "1", removed: [first], added: [] }]);
  }
  const texts = historyTexts(page.steps, new StoredNames(), new Map());
  const restored = (changed: [string, string | undefined][]) => {
    const other = new Map(texts);
    for (const [name, text] of changed) {
      if (text === undefined) other.delete(name);
      else other.set(name, text);
    }
    return restoredHistory(other, told(page.song), new StoredNames()).done.map(({ label }) => label);
  };
  expect(restored([])).toEqual(["0", "1", "2", "3"]);
  const second = `step.${page.steps.done[1]?.key}`;
  expect(restored([[second, undefined]])).toEqual(["2", "3"]);
  expect(restored([[second, "{"]])).toEqual([]);
  expect(restored([["history", '{"v":2,"done":[],"undone":[]}']])).toEqual([]);

  const many = Array.from({ length: 20_000 }, (_, at) => newNote({ ...(notes[0] ?? fail()), startTick: at }));
  for (let step = 0; step < 4; step += 1)
    page.history.do("many", [{ trackId: "1", removed: many.slice(step), added: many.slice(step) }]);
  const bounded = historyTexts(page.steps, new StoredNames(), new Map());
  const characters = [...bounded.values()].reduce((sum, text) => sum + text.length, 0);
  expect(characters).toBeLessThan(2_100_000);
  expect(bounded.size).toBeGreaterThan(1);
});

function fail(): never {
  throw new Error("no note");
}

test("locks, mutes, window and bars come back, as far as the song has them", () => {
  const song = randomSong(7);
  const [a, b] = song.tracks[1]?.notes ?? [];
  if (a === undefined || b === undefined) throw new Error("two notes");
  const look = {
    locked: new Set([a.id, b.id, -1]),
    trackSettings: new Map([
      ["1", { ...PLAIN_TRACK, isMuted: true, volume: 0.3 }],
      ["gone", PLAIN_TRACK],
    ]),
    view: { startTick: 960, ticksPerPixel: 2.5, topPitch: 90.5, pixelsPerPitch: 12 },
    region: { trackId: "2", startTick: 1440, endTick: 2880 },
    activeTrackId: "2",
    cursorTick: 1440,
    pitchRange: [48, 72] as const,
    chords: new Map([
      [2, "Am7"],
      [3, "C G"],
    ]),
  };
  const again = told(song);
  const restored = restoredLook(lookTexts(look, song), again);
  const lockedNotes = again.tracks[1]?.notes.filter(({ id }) => restored.locked?.has(id)).map(plainNote);
  expect(lockedNotes).toEqual([a, b].map(plainNote));
  expect(restored).toMatchObject({ ...look, locked: expect.any(Set), trackSettings: expect.any(Map) });
  expect([...(restored.trackSettings ?? [])]).toEqual([
    ["1", { ...PLAIN_TRACK, isMuted: true, volume: 0.3 }],
  ]);
  expect([...(restored.chords ?? [])]).toEqual([...look.chords]);
  const strange = new Map([
    ["chords", '{"v":1,"bars":[[-1,"C"],["2","D"],[4,5]]}'],
    ["view", '{"v":1,"view":{"startTick":null}}'],
    ["locks", "["],
    ["place", '{"v":9,"cursorTick":4}'],
  ]);
  expect(restoredLook(strange, again)).toMatchObject({ view: undefined, locked: new Set() });
});

test("only what is new is sent, the latest of each name, and again after the daemon was away", async () => {
  const calls: { name: string; text: string | null }[][] = [];
  let isAway = false;
  const call = async (_: string, params: { texts: { name: string; text: string | null }[] }) => {
    if (isAway) throw new BridgeError("CONNECTION_LOST", "gone", { retryable: true });
    calls.push(params.texts);
    return { kept: true };
  };
  const queue = new KeptQueue({ call: call as never });
  const isOwn = () => true;
  queue.keep(
    "r",
    new Map([
      ["a", "1"],
      ["b", "1"],
    ]),
    isOwn,
  );
  await expect.poll(() => calls.length).toBe(1);
  queue.keep(
    "r",
    new Map([
      ["a", "1"],
      ["c", "1"],
    ]),
    isOwn,
  );
  await expect.poll(() => calls.length).toBe(2);
  expect(calls[1]).toEqual([
    { name: "b", text: null },
    { name: "c", text: "1" },
  ]);
  isAway = true;
  queue.keep(
    "r",
    new Map([
      ["a", "2"],
      ["c", "1"],
    ]),
    isOwn,
  );
  await Promise.resolve();
  queue.keep(
    "r",
    new Map([
      ["a", "3"],
      ["c", "1"],
    ]),
    isOwn,
  );
  isAway = false;
  await queue.send();
  await expect.poll(() => calls.length).toBe(3);
  expect(calls[2]).toEqual([{ name: "a", text: "3" }]);
});
