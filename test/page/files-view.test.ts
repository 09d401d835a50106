/**
 * What is in sight when a song is opened, and what it is called as a file.
 */
import { expect, test } from "vitest";
import { Bars } from "../../bridge/music/bars.ts";
import { EMPTY_SONG, newNote, type PageSong } from "../../page/document/song.ts";
import { rollIdOf } from "../../page/files/address.ts";
import { downloadPath, fileNameOf, titleOf } from "../../page/files/file-name.ts";
import { type Area, fitView } from "../../page/files/fit-view.ts";
import type { View } from "../../page/state.ts";

const AREA: Area = { width: 800, height: 480 };
const BAR = 1920;

function songOf(...tracks: (readonly [startTick: number, pitch: number])[][]): PageSong {
  return {
    ...EMPTY_SONG,
    tracks: tracks.map((notes, index) => ({
      id: String(index + 1),
      name: "",
      program: 0,
      isDrums: false,
      notes: notes.map(([startTick, pitch]) =>
        newNote({ startTick, pitch, durationTicks: 480, velocity: 90, channel: 0 }),
      ),
    })),
  };
}

function view(song: PageSong, options: Parameters<typeof fitView>[3] = {}, area = AREA): View {
  return fitView(song, new Bars(song.timeSignatures, song.ppq), area, options);
}

const ticksShown = (shown: View, area = AREA) => shown.ticksPerPixel * area.width;
const lowestShown = (shown: View, area = AREA) => shown.topPitch - area.height / shown.pixelsPerPitch;

test("a long song shows its first 16 bars, a short one all of it, and none fewer than four", () => {
  const long = songOf([
    [0, 60],
    [100 * BAR, 60],
  ]);
  expect(view(long).startTick).toBe(0);
  expect(ticksShown(view(long))).toBeCloseTo(16 * BAR);
  const short = songOf([
    [0, 60],
    [7 * BAR, 60],
  ]);
  expect(ticksShown(view(short))).toBeCloseTo(8 * BAR);
  expect(ticksShown(view(songOf([[0, 60]])))).toBeCloseTo(4 * BAR);
  expect(ticksShown(view(songOf([])))).toBeCloseTo(4 * BAR);
});

test("a song that begins late is shown from where it begins", () => {
  const late = songOf([
    [10 * BAR + 700, 60],
    [40 * BAR, 60],
  ]);
  expect(view(late).startTick).toBe(10 * BAR);
});

test("every pitch that is used is in sight, with rows to spare", () => {
  const wide = songOf(
    [
      [0, 36],
      [BAR, 84],
    ],
    [[0, 60]],
  );
  const shown = view(wide);
  expect(shown.topPitch).toBeGreaterThan(86);
  expect(lowestShown(shown)).toBeLessThan(35);
});

test("where not all pitches have room, those of the active track do", () => {
  const huge = songOf(
    [
      [0, 0],
      [BAR, 127],
    ],
    [
      [0, 40],
      [BAR, 52],
    ],
  );
  const shown = view(huge, { activeTrackId: "2" });
  expect(shown.pixelsPerPitch).toBeGreaterThanOrEqual(7);
  expect(shown.topPitch).toBeGreaterThan(52);
  expect(lowestShown(shown)).toBeLessThan(40);
});

test("the view never leaves the keyboard", () => {
  for (const pitch of [0, 127]) {
    const shown = view(songOf([[0, pitch]]));
    expect(shown.topPitch).toBeLessThanOrEqual(128);
    expect(lowestShown(shown)).toBeGreaterThanOrEqual(-1e-9);
  }
});

test("the region that somebody waits for is in sight, with four bars before it", () => {
  const song = songOf([
    [0, 60],
    [60 * BAR, 60],
  ]);
  const region = { trackId: "1", startTick: 20 * BAR, endTick: 24 * BAR };
  const shown = view(song, { region });
  expect(shown.startTick).toBe(16 * BAR);
  expect(shown.startTick + ticksShown(shown)).toBeGreaterThan(region.endTick);
});

test("a song is called as its file, and its file as the song, on every system", () => {
  expect(titleOf("Für Elise.MID")).toBe("Für Elise");
  expect(titleOf("a.b.midi")).toBe("a.b");
  expect(titleOf(".mid")).toBe("Untitled");
  expect(fileNameOf("Für Elise")).toBe("Für Elise");
  expect(fileNameOf('AC/DC: "Back"?')).toBe("AC-DC- -Back");
  expect(fileNameOf("../../x")).toBe("x");
  expect(fileNameOf("...")).toBe("continuo");
  expect(downloadPath("a-1", "夢 #1")).toBe("/rolls/a-1/%E5%A4%A2%20%231.mid");
});

test("an address names a roll, or none", () => {
  expect(rollIdOf("#roll=m5-ab")).toBe("m5-ab");
  expect(rollIdOf("")).toBeUndefined();
  expect(rollIdOf("#other=1")).toBeUndefined();
});
