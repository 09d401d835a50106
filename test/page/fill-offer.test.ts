/**
 * Candidates accepted whole, bar by bar and note by note: locked notes stay, nothing outside the region changes.
 */
import { expect, test } from "vitest";
import { applyChanges, type Change, inverseOf } from "../../page/document/change.ts";
import { notesIn, type PageSong, type PlainNote, plainNote } from "../../page/document/song.ts";
import {
  acceptOne,
  acceptSpan,
  hasChanged,
  isEmpty,
  isOpen,
  type Offer,
  offerOf,
} from "../../page/fill/offer.ts";
import { type FillRecord, recordOf } from "../../page/fill/record.ts";
import {
  answerOf,
  BAR,
  dice,
  idsOf,
  overlap,
  PPQ,
  plain,
  REGION,
  randomNotes,
  songOf,
} from "./fill-support.ts";

const FIRST = { startTick: REGION.startTick, endTick: 3 * BAR };
const SECOND = { startTick: 3 * BAR, endTick: REGION.endTick };
const NOTHING: ReadonlySet<number> = new Set();

function recordFor(song: PageSong, removed: readonly PlainNote[], ...candidates: PlainNote[][]): FillRecord {
  const asked = { song, region: REGION, base: undefined, jobId: "1", title: "", summary: "", at: 0 };
  return recordOf(asked, answerOf(removed, ...candidates));
}

function offered(record: FillRecord, song: PageSong, index = 0, locked = NOTHING): Offer {
  return offerOf(record, index, { song, locked, kept: NOTHING, taken: NOTHING });
}

function after(song: PageSong, changes: readonly Change[]): PageSong {
  return applyChanges(song, changes);
}

const sorted = (notes: readonly PlainNote[]) => notes.map((note) => JSON.stringify(plainNote(note))).sort();
const inside = (song: PageSong) => sorted(notesIn(song, REGION));

/** A song with locked notes, and a fill of it as the core answers: without overlap with what stays. */
function randomCase(seed: number) {
  const random = dice(seed);
  const song = songOf(
    randomNotes(random, { startTick: 0, endTick: 6 * BAR }, 60),
    randomNotes(random, { startTick: 0, endTick: 6 * BAR }, 20),
  );
  const own = song.tracks[0]?.notes ?? [];
  const old = notesIn(song, REGION);
  const locked = idsOf(old.filter(() => random(4) === 0));
  const free = old.filter(({ id }) => !locked.has(id));
  const stays = own.filter((note) => !free.includes(note));
  const candidates = [0, 1, 2].map(() => randomNotes(random, REGION, 30, stays));
  return { random, song, locked, free, candidates, record: recordFor(song, free, ...candidates) };
}

test("whatever is taken in whatever order: outside nothing changes, locked notes stay, no pitch sounds twice", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { random, song, locked, record } = randomCase(seed);
    let now = song;
    for (let turn = 0; turn < 12; turn += 1) {
      const offer = offered(record, now, random(3), locked);
      const note = offer.notes[random(Math.max(1, offer.notes.length))];
      const what = random(4);
      const change =
        what > 1 && note !== undefined
          ? acceptOne(offer, note, now)
          : acceptSpan(offer, what === 1 ? REGION : random(2) === 0 ? FIRST : SECOND, now);
      now = after(now, change);
    }
    const [own, other] = now.tracks;
    expect(other).toBe(song.tracks[1]);
    const isOutside = ({ startTick }: PlainNote) =>
      startTick < REGION.startTick || startTick >= REGION.endTick;
    expect(own?.notes.filter(isOutside)).toEqual(song.tracks[0]?.notes.filter(isOutside));
    for (const id of locked) expect(own?.notes.some((note) => note.id === id)).toBe(true);
    for (const [index, note] of (own?.notes ?? []).entries()) {
      expect(own?.notes.slice(index + 1).some((later) => overlap(note, later))).toBe(false);
    }
  }
});

test("taken whole, the region has the candidate and the locked notes; bar by bar gives the same", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { song, locked, record, candidates } = randomCase(seed);
    const whole = after(song, acceptSpan(offered(record, song, 1, locked), REGION, song));
    const kept = notesIn(song, REGION).filter(({ id }) => locked.has(id));
    expect(inside(whole)).toEqual(sorted([...kept, ...(candidates[1] ?? [])]));
    expect(isEmpty(offered(record, whole, 1, locked))).toBe(true);
    let parts = song;
    for (const span of [SECOND, FIRST]) {
      parts = after(parts, acceptSpan(offered(record, parts, 1, locked), span, parts));
    }
    expect(inside(parts)).toEqual(inside(whole));
  }
});

test("what was taken and undone is offered again", () => {
  const { song, record, locked } = randomCase(3);
  const offer = offered(record, song, 0, locked);
  const change = acceptSpan(offer, FIRST, song);
  expect(change).toHaveLength(1);
  const back = applyChanges(after(song, change), inverseOf(change));
  expect(offered(record, back, 0, locked)).toEqual(offer);
});

test("a candidate takes the title of what another one brought, and a bar that was taken is closed", () => {
  const song = songOf([plain(0), plain(2 * BAR, 70)]);
  const record = recordFor(song, [plain(2 * BAR, 70)], [plain(2 * BAR, 60)], [plain(2 * BAR, 64)]);
  const first = after(song, acceptSpan(offered(record, song, 0), REGION, song));
  expect(inside(first)).toEqual(sorted([plain(2 * BAR, 60)]));
  expect(isOpen(offered(record, first, 0), FIRST)).toBe(false);
  const offer = offered(record, first, 1);
  expect(sorted(offer.old)).toEqual(sorted([plain(2 * BAR, 60)]));
  expect(inside(after(first, acceptSpan(offer, REGION, first)))).toEqual(sorted([plain(2 * BAR, 64)]));
});

test("one note takes only what it would sound together with, on its pitch", () => {
  const old = [plain(2 * BAR, 60, 2 * PPQ), plain(2 * BAR, 64), plain(3 * BAR, 60)];
  const song = songOf(old);
  const record = recordFor(song, old, [plain(2 * BAR + 100, 60), plain(3 * BAR, 67)]);
  const offer = offered(record, song);
  const [note] = offer.notes;
  if (note === undefined) throw new Error("a note is offered");
  const now = after(song, acceptOne(offer, note, song));
  expect(inside(now)).toEqual(sorted([plain(2 * BAR + 100, 60), plain(2 * BAR, 64), plain(3 * BAR, 60)]));
  const rest = offered(record, now);
  expect(sorted(rest.notes)).toEqual(sorted([plain(3 * BAR, 67)]));
  expect(acceptOne(rest, note, now)).toEqual([]);
});

test("a note that was locked since is not sounded over", () => {
  const old = [plain(2 * BAR, 60, BAR)];
  const song = songOf(old);
  const record = recordFor(song, old, [plain(2 * BAR + 50, 60), plain(3 * BAR, 62)]);
  const offer = offered(record, song, 0, idsOf(notesIn(song, REGION)));
  expect(sorted(offer.notes)).toEqual(sorted([plain(3 * BAR, 62)]));
  expect(offer.old).toEqual([]);
});

test("a note from before the region that was drawn out into it since is not sounded over", () => {
  const song = songOf([plain(BAR, 60, 2 * BAR)]);
  const record = recordFor(songOf([]), [], [plain(2 * BAR, 60), plain(2 * BAR, 62), plain(3 * BAR, 60)]);
  expect(sorted(offered(record, song).notes)).toEqual(sorted([plain(2 * BAR, 62), plain(3 * BAR, 60)]));
});

test("a note is known again on the channel of its track", () => {
  const song = songOf([plain(2 * BAR, 60)]);
  const record = recordFor(song, [], [{ ...plain(2 * BAR, 60), channel: 5 }]);
  expect(isEmpty(offered(record, song))).toBe(true);
});

test("an edit under the candidates is noticed, accepting them does not count as one", () => {
  const old = [plain(2 * BAR, 60), plain(3 * BAR, 62)];
  const song = songOf(old);
  const record = recordFor(song, old, [plain(2 * BAR, 65), plain(3 * BAR, 67)]);
  expect(hasChanged(record, song)).toBe(false);
  const taken = after(song, acceptSpan(offered(record, song), FIRST, song));
  expect(hasChanged(record, taken)).toBe(false);
  expect(hasChanged(record, songOf([...old, plain(2 * BAR + 50, 71)]))).toBe(true);
  expect(hasChanged(record, songOf(old.slice(1)))).toBe(true);
  expect(hasChanged(record, songOf([...old, plain(5 * BAR, 71)]))).toBe(false);
});
