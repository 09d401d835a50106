/**
 * The request of a fill: the notes nearby, the locked notes, the settings.
 */
import { expect, test } from "vitest";
import { fillRequestSchema } from "../../bridge/protocol/fill.ts";
import { notesIn, plainNote } from "../../page/document/song.ts";
import { levelAround, type RequestParts, requestOf } from "../../page/fill/request.ts";
import { changedCount, PLAIN_SETTINGS, settingsFrom, summaryOf } from "../../page/fill/settings.ts";
import { BAR, idsOf, plain, REGION, songOf } from "./fill-support.ts";

const SONG = songOf([plain(0), plain(2 * BAR, 62), plain(3 * BAR, 64), plain(5 * BAR)], [plain(2 * BAR, 40)]);

function request(parts: Partial<RequestParts> = {}) {
  const plainParts = { song: SONG, region: REGION, locked: new Set<number>(), pitchRange: undefined };
  return requestOf({ ...plainParts, settings: PLAIN_SETTINGS, ...parts });
}

test("plain settings ask for four candidates and nothing else, in a shape that the daemon takes", () => {
  const asked = request();
  expect(fillRequestSchema.parse(asked)).toMatchObject({
    mode: "fill",
    controls: {},
    sampling: { candidates: 4 },
  });
  expect(asked.sampling).toEqual({ candidates: 4 });
  expect(asked.tracks.map(({ notes }) => notes.length)).toEqual([4, 1]);
  expect(asked.region).toEqual(REGION);
});

test("every request is one that the daemon takes", () => {
  const settings = {
    ...PLAIN_SETTINGS,
    mode: "vary" as const,
    amount: 0.25,
    density: -4,
    polyphony: 2,
    scale: "chosen" as const,
    tonic: "Eb" as const,
    scaleMode: "dorian" as const,
    rhythm: "keepOnsets" as const,
    novelty: 0.5,
    temperature: 1.2,
    pinnedSeed: 9,
    modelId: "mine",
  };
  const asked = request({ settings, pitchRange: [48, 72] });
  expect(fillRequestSchema.safeParse(asked).error).toBeUndefined();
  expect(asked).toMatchObject({
    mode: "vary",
    model: "mine",
    controls: {
      amount: 0.25,
      density: 1,
      polyphony: 2,
      pitchRange: [48, 72],
      scale: "Eb dorian",
      rhythm: "keepOnsets",
      novelty: 0.5,
    },
    sampling: { seed: 9, temperature: 1.2 },
  });
  expect(summaryOf(asked)).toBe(
    "vary 25 %, density 1, 2 at once, within a range, Eb dorian, rhythm kept, 50 % different, wilder",
  );
  expect(request({ settings: { ...settings, scale: "around" } }).controls?.scale).toBe("auto");
});

test("only what is near is sent, of a song however long", () => {
  const far = Array.from({ length: 5_000 }, (_, bar) => plain(bar * BAR, 50, 1));
  const asked = request({ song: songOf([plain(2 * BAR)], far) });
  expect(asked.tracks[1]?.notes).toHaveLength(4 + 64);
});

test("locked notes are sent as such, those outside the region are not", () => {
  const own = SONG.tracks[0]?.notes ?? [];
  const locked = idsOf(own.slice(0, 2));
  expect(request({ locked }).lockedNotes).toEqual([plain(2 * BAR, 62)]);
});

test("more like a candidate: it stands in place of the notes that it would replace", () => {
  const [old] = notesIn(SONG, REGION);
  if (old === undefined) throw new Error("the region has notes");
  const offered = { ...plain(2 * BAR + 50, 71), id: -1 };
  const asked = request({ base: { region: REGION, notes: [offered], old: [old] } });
  expect(asked.tracks[0]?.notes).toEqual([plain(0), plainNote(offered), plain(3 * BAR, 64), plain(5 * BAR)]);
});

test("density is that of the music around, a side that is silent does not count", () => {
  const eighths = (from: number, to: number) =>
    Array.from({ length: (to - from) / 50 }, (_, index) => plain(from + index * 50, 60, 50));
  const end = 20 * BAR;
  const region = { trackId: "own", startTick: end, endTick: end + BAR };
  expect(levelAround(songOf(eighths(0, end)), region)).toBe(6);
  expect(levelAround(songOf(eighths(0, end), eighths(0, 40 * BAR)), region)).toBe(6);
  expect(levelAround(songOf([]), region)).toBe(5);
  const asked = requestOf({
    song: songOf(eighths(0, end)),
    region,
    locked: new Set(),
    settings: { ...PLAIN_SETTINGS, density: 2 },
    pitchRange: undefined,
  });
  expect(asked.controls?.density).toBe(8);
});

test("notes that are only played otherwise are asked for nothing else, whatever is set for new ones", () => {
  const settings = {
    ...PLAIN_SETTINGS,
    mode: "humanize" as const,
    amount: 0.8,
    density: 2,
    polyphony: 2,
    scale: "around" as const,
    rhythm: "keep" as const,
    novelty: 0.5,
    temperature: 1.2,
  };
  const asked = request({ settings, pitchRange: [48, 72], chords: new Map([[0, "Am"]]) });
  expect(fillRequestSchema.safeParse(asked).error).toBeUndefined();
  expect(asked).toMatchObject({ mode: "humanize", sampling: { candidates: 4 } });
  expect(asked.controls).toEqual({ amount: 0.8 });
  expect(asked.sampling).toEqual({ candidates: 4 });
  expect(summaryOf(asked)).toBe("humanize 80 %");
});

test("settings come back as they were stored, and unknown ones become defaults", () => {
  const settings = {
    ...PLAIN_SETTINGS,
    mode: "vary" as const,
    novelty: 0.3,
    pinnedSeed: 12,
    playsAtOnce: true,
  };
  expect(settingsFrom(JSON.stringify(settings))).toEqual(settings);
  expect(settingsFrom(null)).toEqual(PLAIN_SETTINGS);
  for (const text of [
    "",
    "[]",
    "null",
    "{",
    '"x"',
    '{"mode":"x","candidates":99,"tonic":3,"pinnedSeed":-1}',
  ]) {
    expect(settingsFrom(text)).toEqual(PLAIN_SETTINGS);
  }
  expect(changedCount(PLAIN_SETTINGS)).toBe(0);
  expect(changedCount(settings)).toBe(2);
});
