/**
 * The song that the page and the daemon use for a region is the one that the core uses.
 */
import { expect, test } from "vitest";
import type { FileRegion } from "../../../bridge/engine/file-region.ts";
import { readRegion } from "../../../bridge/engine/fill.ts";
import { readSong } from "../../../bridge/engine/song-file.ts";
import { mapsOf, tracksIn, tracksWith } from "../../../bridge/music/song-in-region.ts";

const MOST_NOTES = 1_000;

async function both(name: string, track: number, startTick: number, endTick: number) {
  const input = `test/odd-files/${name}`;
  const song = await readSong({ input, shownAs: name, mostNotes: MOST_NOTES });
  const region = { trackId: String(track), startTick, endTick };
  const request: FileRegion = {
    input,
    track: { number: track },
    region: { ticks: { startTick, endTick } },
  };
  const native = (await readRegion(request)).song;
  return { native, maps: mapsOf(song, region.trackId), tracks: tracksIn(song.tracks, region) };
}

test.each([
  [0, 1920],
  [13_440, 15_360],
  [13_440, 17_278],
  [13_440, 17_279],
  [15_360, 17_280],
])("the program of ticks %i to %i", async (startTick, endTick) => {
  const { native, tracks } = await both("program-changes-midway.mid", 1, startTick, endTick);
  expect(tracks.map(({ program }) => program)).toEqual(native.tracks.map(({ program }) => program));
});

test.each([1, 2])("pattern %i of a file of format 2 plays alone, by its own maps", async (track) => {
  const { native, maps, tracks } = await both("format-2.mid", track, 0, 2880);
  expect(maps).toEqual({ tempoMap: native.tempoMap, timeSignatures: native.timeSignatures });
  const heard = native.tracks.filter(({ notes }) => notes.length > 0);
  expect(tracks.map(({ id }) => id)).toEqual(heard.map(({ id }) => id));
  expect(tracks.length).toBe(1);
});

test("other songs play whole, and an unknown track has the maps of the song", () => {
  const track = { id: "a", program: 0 };
  expect(tracksWith([track, { ...track, id: "b" }], "a").length).toBe(2);
  const maps = { tempoMap: [{ tick: 0, qpm: 90 }], timeSignatures: [] };
  expect(mapsOf({ ...maps, tracks: [track] }, "x")).toEqual(maps);
});
