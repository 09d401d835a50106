/**
 * Channels and volumes of tracks, and the sounds that a song needs.
 */
import { expect, test } from "vitest";
import type { PageTrack } from "../../page/document/song.ts";
import { NO_CONTROLS, TrackControls } from "../../page/sound/controls.ts";
import { channelsOf, mixOf } from "../../page/sound/mix.ts";
import { Wanted } from "../../page/sound/wanted.ts";
import { PLAIN_TRACK } from "../../page/state.ts";
import { note, songOf } from "./sound-songs.ts";

function track(id: number, program: number, isDrums = false): PageTrack {
  return { id: `${id}`, name: "", program, isDrums, notes: [] };
}

test("drums are on channel 9, the others on those around it", () => {
  const tracks = [
    track(0, 0, true),
    ...Array.from({ length: 12 }, (_, at) => track(at + 1, at)),
    track(13, 5, true),
  ];
  const channels = channelsOf(tracks);
  expect([channels.get("0"), channels.get("13")]).toEqual([9, 9]);
  expect(tracks.slice(1, 13).map(({ id }) => channels.get(id))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12,
  ]);
});

test("an output with several ports has a channel for each of forty tracks, and for each kit", () => {
  const pitched = Array.from({ length: 40 }, (_, at) => track(at, 40));
  const kits = [track(40, 0, true), track(41, 25, true), track(42, 0, true)];
  const channels = channelsOf([...pitched, ...kits], 8);
  const own = pitched.map(({ id }) => channels.get(id) ?? -1);
  expect(new Set(own).size).toBe(40);
  expect(own.every((channel) => channel >= 0 && channel % 16 !== 9)).toBe(true);
  expect([own[14], own[15], own[24], own[30]]).toEqual([15, 16, 26, 32]);
  expect(kits.map(({ id }) => channels.get(id))).toEqual([9, 25, 9]);
  // Of two that are told different things each has its own.
  const loud = new TrackControls([0, 0xb0, 7, 127]);
  const told = channelsOf(kits, 8, (id) => (id === "42" ? loud : NO_CONTROLS));
  expect(kits.map(({ id }) => told.get(id))).toEqual([9, 25, 41]);
  expect(kits.map(({ id }) => channelsOf(kits).get(id))).toEqual([9, 9, 9]);
});

test("a file's volume is heard as it says at the usual volume, and goes with the slider", () => {
  const at = (volume: number) => mixOf([track(1, 0)], () => ({ ...PLAIN_TRACK, volume })).volumeOf(0, 90);
  expect([at(PLAIN_TRACK.volume), at(0.4), at(1), at(0)]).toEqual([90, 45, 113, 0]);
  expect(mixOf([track(1, 0)], () => ({ ...PLAIN_TRACK, volume: 1 })).volumeOf(0, 127)).toBe(127);
});

test("beyond fifteen, tracks share a channel with the same instrument, else with its family, else with the last", () => {
  const tracks = Array.from({ length: 15 }, (_, at) => track(at, at === 4 ? 26 : at * 8));
  const channels = channelsOf([...tracks, track(15, 24), track(16, 25), track(17, 127)]);
  expect(channels.get("14")).toBe(15);
  expect(channels.get("15")).toBe(3);
  expect(channels.get("16")).toBe(4);
  expect(channels.get("17")).toBe(15);
});

test("a channel's volume is that of its track; of several the loudest, and the others are struck softer", () => {
  const settings = new Map([
    ["1", { ...PLAIN_TRACK, volume: 1 }],
    ["2", { ...PLAIN_TRACK, volume: 0.5 }],
    ["3", { ...PLAIN_TRACK, volume: 0.5 }],
    ["4", { ...PLAIN_TRACK, isMuted: true }],
  ]);
  const tracks = [track(1, 0, true), track(2, 0, true), track(3, 40), track(4, 41)];
  const mix = mixOf(tracks, (id) => settings.get(id) ?? PLAIN_TRACK);
  expect(mix.states.get(9)).toEqual({ program: 0, volume: 127 });
  expect(mix.states.get(0)).toEqual({ program: 40, volume: 64 });
  expect(mix.states.get(1)).toEqual({ program: 41, volume: 0 });
  expect([mix.velocityOf("1", 100), mix.velocityOf("2", 100), mix.velocityOf("3", 100)]).toEqual([
    100, 50, 99,
  ]);
  expect(mix.isAudible("4")).toBe(false);
});

test("a track that changes its program wants the sounds of each", () => {
  const song = songOf([[note(0, 10, 60, 90), note(100, 10, 60, 90)]]);
  const controls = new Map([["1", new TrackControls([50, 0xc0, 40, 0])]]);
  expect(new Wanted().next(song, controls).map(({ program }) => program)).toEqual([0, 40]);
});

test("each sound is wanted once, and only new ones after an edit", () => {
  const wanted = new Wanted();
  const song = songOf([
    [note(0, 10, 60, 90), note(10, 10, 60, 95), note(20, 10, 62, 20)],
    [note(0, 10, 60, 90)],
  ]);
  expect(wanted.next(song).map(({ program, pitch }) => [program, pitch])).toEqual([
    [0, 60],
    [0, 62],
    [8, 60],
  ]);
  expect(wanted.next(song)).toEqual([]);
  const [first, second] = song.tracks;
  if (first === undefined || second === undefined) throw new Error("two tracks");
  const edited = { ...song, tracks: [{ ...first, notes: [...first.notes, note(30, 10, 63, 80)] }, second] };
  expect(wanted.next(edited).map(({ pitch }) => pitch)).toEqual([63]);
});
