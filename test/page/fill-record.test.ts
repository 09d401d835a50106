/**
 * From an answer to the offered changes; and the fills of a session, which survive a reload.
 */
import { expect, test } from "vitest";
import { notesIn, plainNote } from "../../page/document/song.ts";
import { offerOf } from "../../page/fill/offer.ts";
import {
  fillTexts,
  MOST_FILLS,
  pastFrom,
  starredOnly,
  toggledStar,
  withRecord,
} from "../../page/fill/past.ts";
import { type Base, type FillRecord, recordOf } from "../../page/fill/record.ts";
import { answerOf, BAR, plain, REGION, songOf } from "./fill-support.ts";

const [OLD, KEPT] = [plain(2 * BAR, 60), plain(3 * BAR, 62)];
const SONG = songOf([plain(0), OLD, KEPT, plain(5 * BAR)]);

function record(at = 0, base?: Base, removed = [OLD], candidates = [[plain(2 * BAR, 67)]]): FillRecord {
  const asked = {
    song: SONG,
    region: REGION,
    base,
    jobId: `job ${at}`,
    title: "Bars 3-4",
    summary: "fill",
    at,
  };
  return recordOf(asked, answerOf(removed, ...candidates));
}

test("notes that a variation keeps are not among those that make room", () => {
  const { before, leaving, candidates } = record();
  expect(before).toEqual([OLD, KEPT]);
  expect(leaving).toEqual([OLD]);
  expect(candidates[0]?.notes.map(plainNote)).toEqual([plain(2 * BAR, 67)]);
});

test("more like a candidate: what is kept of it comes with the new notes, the song's notes go as with itself", () => {
  const [stays, goes] = [plain(2 * BAR, 67), plain(2 * BAR + 100, 69)];
  const old = notesIn(SONG, REGION).filter(({ pitch }) => pitch === OLD.pitch);
  const base: Base = { region: REGION, notes: [stays, goes].map((note, id) => ({ ...note, id })), old };
  const fresh = plain(3 * BAR + 100, 72);
  const like = record(1, base, [goes], [[fresh]]);
  expect(like.leaving).toEqual([OLD]);
  expect(like.candidates[0]?.notes.map(plainNote)).toEqual([stays, fresh]);
  const alsoSong = record(2, base, [goes, KEPT], [[fresh]]);
  expect(alsoSong.leaving).toEqual([OLD, KEPT]);
});

test("the latest come first, and hundreds are listed; a star keeps an older one", () => {
  let past: FillRecord[] = [];
  for (let at = 0; at < MOST_FILLS + 30; at += 1) {
    past = withRecord(past, at === 3 ? { ...record(at), starred: [1] } : record(at));
  }
  expect(past.map(({ at }) => at).slice(0, 2)).toEqual([MOST_FILLS + 29, MOST_FILLS + 28]);
  expect(past.map(({ at }) => at).slice(-2)).toEqual([30, 3]);
});

test("a star is put on and taken off, and those with one are found", () => {
  const two = record(1, undefined, [OLD], [[plain(2 * BAR, 67)], [plain(2 * BAR, 69)]]);
  const [, second] = two.candidates;
  if (second === undefined) throw new Error("two candidates");
  const starred = toggledStar(two, second.seed);
  expect(starredOnly([record(2), starred]).map(({ candidates }) => candidates)).toEqual([[second]]);
  expect(toggledStar(starred, second.seed).starred).toEqual([]);
});

test("stored and read again, a candidate offers the same", () => {
  const past = [record(2), record(1)];
  const again = pastFrom(fillTexts(past));
  expect(again.map(({ key, title, summary, seed }) => [key, title, summary, seed])).toEqual(
    past.map(({ key, title, summary, seed }) => [key, title, summary, seed]),
  );
  const none: ReadonlySet<number> = new Set();
  const standing = { song: SONG, locked: none, kept: none, taken: none };
  for (const [index, one] of again.entries()) {
    const [was, is] = [past[index] ?? one, one].map((each) => offerOf(each, 0, standing));
    expect(is?.old).toEqual(was?.old);
    expect(is?.notes.map(plainNote)).toEqual(was?.notes.map(plainNote));
  }
});

test("the title and the summary are stored as place and wish, the names that songs were kept with so far", () => {
  const [text = ""] = fillTexts([record()]).values();
  expect(JSON.parse(text)).toMatchObject({ v: 1, place: "Bars 3-4", wish: "fill" });
});

test("what is too long is left out but for its stars, and what is broken is nothing", () => {
  const long = Array.from({ length: 120_000 }, (_, index) => plain(2 * BAR + index, 60, 1));
  const short = [plain(2 * BAR, 72)];
  const large = record(2, undefined, [OLD], [short, long]);
  expect(pastFrom(fillTexts([record(3), large, record(1)])).map(({ at }) => at)).toEqual([3, 1]);
  const [first] = large.candidates;
  const again = pastFrom(fillTexts([record(3), { ...large, starred: [first?.seed ?? -1] }, record(1)]));
  expect(again.map(({ at, candidates }) => [at, candidates.length])).toEqual([
    [3, 1],
    [2, 1],
    [1, 1],
  ]);
  for (const text of ["", "{}", "[1]", '{"v":1}', '{"v":2,"candidates":[]}', "null"])
    expect(pastFrom(new Map([["fill.x", text]]))).toEqual([]);
  expect(pastFrom(new Map([["view", "{}"]]))).toEqual([]);
});

test("many fills are kept with the song", () => {
  const eight = Array.from({ length: 8 }, (_, at) =>
    Array.from({ length: 40 }, (_, k) => plain(2 * BAR + k, 50 + at, 1)),
  );
  const past = Array.from({ length: 200 }, (_, at) => record(200 - at, undefined, [OLD], eight));
  expect(pastFrom(fillTexts(past)).length).toBeGreaterThan(100);
});
