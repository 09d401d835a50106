/**
 * What an answer means for the song, and the fills of a session, which survive that the page is loaded anew.
 */
import { expect, test } from "vitest";
import { notesIn, plainNote } from "../../page/document/song.ts";
import { offerOf } from "../../page/fill/offer.ts";
import { MOST_CANDIDATES_KEPT, pastFrom, storedPast, withRecord } from "../../page/fill/past.ts";
import { type Base, type FillRecord, recordOf } from "../../page/fill/record.ts";
import { answerOf, BAR, plain, REGION, songOf } from "./fill-support.ts";

const [OLD, KEPT] = [plain(2 * BAR, 60), plain(3 * BAR, 62)];
const SONG = songOf([plain(0), OLD, KEPT, plain(5 * BAR)]);

function record(at = 0, base?: Base, removed = [OLD], candidates = [[plain(2 * BAR, 67)]]): FillRecord {
  const asked = { song: SONG, region: REGION, base, jobId: `job ${at}`, place: "Bars 3-4", wish: "fill", at };
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

test("the latest come first, and as many are kept as there is room for", () => {
  const ten = Array.from({ length: 10 }, (_, index) => [plain(2 * BAR, 50 + index)]);
  let past: FillRecord[] = [];
  for (let at = 0; at < 30; at += 1) past = withRecord(past, record(at, undefined, [OLD], ten));
  expect(past.map(({ at }) => at).slice(0, 2)).toEqual([29, 28]);
  expect(past.flatMap(({ candidates }) => candidates)).toHaveLength(MOST_CANDIDATES_KEPT);
});

test("stored and read again, a candidate offers the same", () => {
  const past = [record(2), record(1)];
  const again = pastFrom(storedPast(past));
  expect(again.map(({ key, place, wish, seed }) => [key, place, wish, seed])).toEqual(
    past.map(({ key, place, wish, seed }) => [key, place, wish, seed]),
  );
  const none: ReadonlySet<number> = new Set();
  const standing = { song: SONG, locked: none, kept: none, taken: none };
  for (const [index, one] of again.entries()) {
    const [was, is] = [past[index] ?? one, one].map((each) => offerOf(each, 0, standing));
    expect(is?.old).toEqual(was?.old);
    expect(is?.notes.map(plainNote)).toEqual(was?.notes.map(plainNote));
  }
});

test("what is too long is stored without the oldest, and what is broken is nothing", () => {
  const long = Array.from({ length: 60_000 }, (_, index) => plain(2 * BAR + index, 60, 1));
  const texts = storedPast([record(3), record(2, undefined, [OLD], [long]), record(1)]);
  expect(pastFrom(texts).map(({ at }) => at)).toEqual([3]);
  for (const text of [null, "", "{}", "[1]", "[{}]"]) expect(pastFrom(text)).toEqual([]);
});
