/**
 * The region that a file itself marks for filling.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMarked } from "../../bridge/engine/marked.ts";
import { temporaryFolder } from "../bridge/support/cli.ts";
import {
  chunk,
  header,
  plainFile,
  type RawEvent,
  textEvent,
  trackOf,
  withTexts,
} from "../bridge/support/smf.ts";

const FAURE = readFileSync("test/fixtures/faure-apres-un-reve.mid");
const BAR = 4 * 96;

/** Tracks of quarters at 96 a quarter, one chunk each after the first, in the bars named (from 0). */
function songOf(...tracks: number[][]): Buffer {
  const chunks = tracks.map((bars, index) => {
    const notes = bars.flatMap((bar) =>
      [0, 1, 2, 3].flatMap((beat): RawEvent[] => [
        { tick: bar * BAR + beat * 96, hex: `9${index}3c50` },
        { tick: bar * BAR + beat * 96 + 96, hex: `8${index}3c40` },
      ]),
    );
    const end = { tick: notes.at(-1)?.tick ?? 0, hex: "ff2f00" };
    return trackOf([textEvent(0, `Track ${index + 1}`, 0x03), ...notes, end]);
  });
  const conductor = trackOf([
    { tick: 0, hex: "ff580404021808" },
    { tick: 0, hex: "ff2f00" },
  ]);
  return Buffer.concat([header(1, chunks.length + 1, 96), conductor, ...chunks]);
}

const all = [0, 1, 2, 3, 4, 5, 6, 7];
const holed = [0, 1, 4, 5, 6, 7];

async function regionOf(bytes: Buffer, track?: number) {
  const input = join(temporaryFolder(), "song.mid");
  writeFileSync(input, bytes);
  const request = track === undefined ? { input } : { input, track: { number: track } };
  try {
    const found = await readMarked(request);
    return [found.track, found.firstBar, found.lastBar, found.isMarked];
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test("empty bars between notes, where they are the only ones", async () => {
  expect(await regionOf(songOf(all, holed))).toEqual([2, 3, 4, false]);
  expect(await regionOf(songOf(all, all))).toBe("GAP_MISSING");
  expect(await regionOf(songOf(holed, holed))).toBe("GAP_AMBIGUOUS");
  expect(await regionOf(songOf(holed, holed), 1)).toEqual([1, 3, 4, false]);
  // Rests at both ends of a track are none.
  expect(await regionOf(songOf(all, [2, 3, 4]))).toBe("GAP_MISSING");
});

test("marks go before empty bars, and may stand behind the last note", async () => {
  const song = songOf(all, holed);
  const marks = (start: number, end: number, text = "[fill") => [
    textEvent(start * BAR, text),
    textEvent(end * BAR, "fill]"),
  ];
  expect(await regionOf(withTexts(song, marks(5, 7, "[fill 1")))).toEqual([1, 6, 7, true]);
  expect(await regionOf(withTexts(song, marks(5, 7, "[FILL track 2")))).toEqual([2, 6, 7, true]);
  expect(await regionOf(withTexts(song, marks(5, 7), 2))).toEqual([2, 6, 7, true]);
  expect(await regionOf(withTexts(song, marks(8, 12, "[fill 1")))).toEqual([1, 9, 12, true]);
  expect(await regionOf(withTexts(song, marks(2, 4)))).toEqual([2, 3, 4, true]);
  expect(await regionOf(withTexts(song, marks(5, 7)))).toBe("MARK_TRACK_UNCLEAR");
  expect(await regionOf(withTexts(song, marks(5, 7)), 1)).toEqual([1, 6, 7, true]);
  expect(await regionOf(withTexts(song, marks(5, 7, "[fill 9")))).toBe("TRACK_NOT_FOUND");
  // Some programs write every marker into every track.
  const everywhere = [0, 1, 2].reduce((file, index) => withTexts(file, marks(2, 4), index), song);
  expect(await regionOf(everywhere)).toEqual([2, 3, 4, true]);
});

test("texts and cue points are marks too, lyrics and names are not", async () => {
  const song = songOf(all, holed);
  const marks = (kind: number) => [textEvent(5 * BAR, "[fill 1", kind), textEvent(7 * BAR, "fill]", kind)];
  for (const kind of [0x01, 0x06, 0x07]) {
    expect(await regionOf(withTexts(song, marks(kind)))).toEqual([1, 6, 7, true]);
  }
  for (const kind of [0x02, 0x04, 0x05]) {
    expect(await regionOf(withTexts(song, marks(kind)))).toEqual([2, 3, 4, false]);
  }
});

test("MARK_UNPAIRED: one alone, the wrong way round, two pairs, both in one", async () => {
  const song = songOf(all, holed);
  const at = (bar: number, text: string) => textEvent(bar * BAR, text);
  for (const marks of [
    [at(2, "[fill")],
    [at(2, "fill]")],
    [at(2, "fill]"), at(4, "[fill")],
    [at(2, "[fill"), at(4, "fill]"), at(5, "[fill"), at(6, "fill]")],
    [at(2, "[fill]")],
  ]) {
    expect(await regionOf(withTexts(song, marks))).toBe("MARK_UNPAIRED");
  }
});

// Looked at in pairs, these would be looked at for hours.
test("a hostile number of marks is counted no further than needed", async () => {
  const marks = Array.from({ length: 200_000 }, (_, tick) => textEvent(tick, "[fill"));
  const song = Buffer.concat([header(0, 1, 96), trackOf([...marks, { tick: 200_000, hex: "ff2f00" }])]);
  expect(await regionOf(song)).toBe("MARK_UNPAIRED");
});

test("a file without notes", async () => {
  expect(await regionOf(Buffer.concat([header(0, 1, 96), chunk("MTrk", Buffer.from([0, 255, 47, 0]))]))).toBe(
    "GAP_MISSING",
  );
  expect(await regionOf(plainFile(4))).toBe("GAP_MISSING");
});

test("real pieces: one rest, several, none", async () => {
  expect(await regionOf(FAURE)).toBe("GAP_AMBIGUOUS");
  expect(await regionOf(FAURE, 1)).toEqual([1, 16, 16, false]);
  expect(await regionOf(readFileSync("test/fixtures/drummer1-rock-115.mid"))).toBe("GAP_MISSING");
});
