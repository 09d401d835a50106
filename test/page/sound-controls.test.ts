/**
 * Controllers, programs, bends and pressure: sent at their ticks, and brought to the state at the start of playback
 * and of each loop.
 */
import { expect, test } from "vitest";
import { ChannelState, plainSettings } from "../../page/sound/channel-state.ts";
import { TrackControls } from "../../page/sound/controls.ts";
import type { Message } from "../../page/sound/messages.ts";
import { Schedule } from "../../page/sound/schedule.ts";
import { heard, note, randomFrom, songOf, spoken } from "./sound-songs.ts";

const [CC, PC, PRESSURE, BEND] = [0xb0, 0xc0, 0xd0, 0xe0];

/** Rows as a file has them: tick, kind, two data bytes. */
function controls(...rows: [tick: number, kind: number, first: number, second: number][]): TrackControls {
  return new TrackControls(rows.flat());
}

const chased = (track: TrackControls, tick: number) => track.chase(tick, 5, 100);

test("each message is sent at its tick, before the notes of that tick and after those that end there", () => {
  const track = controls(
    [0, PC, 40, 0],
    [0, CC, 1, 10],
    [480, CC, 7, 90],
    [480, CC, 10, 20],
    [480, CC, 11, 80],
    [480, CC, 64, 127],
    [480, BEND, 5, 70],
    [480, PRESSURE, 30, 0],
    [960, PC, 41, 0],
  );
  const song = songOf([[note(0, 480, 60), note(480, 480, 62), note(960, 480, 64)]]);
  const now = heard(song, { controls: new Map([["1", track]]) });
  const events = spoken(new Schedule(() => now, 0, 0).advance(1.2));
  expect(events.slice(events.indexOf("off 60 at 0.5"))).toEqual([
    "off 60 at 0.5",
    "176 7 90 on 0 at 0.5",
    "176 10 20 on 0 at 0.5",
    "176 11 80 on 0 at 0.5",
    "176 64 127 on 0 at 0.5",
    "224 5 70 on 0 at 0.5",
    "208 30 0 on 0 at 0.5",
    "on 62 at 0.5",
    "off 62 at 1",
    "192 41 0 on 0 at 1",
    "on 64 at 1",
  ]);
  expect(events.indexOf("192 40 0 on 0 at 0")).toBeLessThan(events.indexOf("on 60 at 0"));
});

test("where it begins in the middle, what was set before is sent first", () => {
  const track = controls(
    [0, PC, 40, 0],
    [0, CC, 7, 90],
    [240, CC, 64, 127],
    [300, BEND, 0, 80],
    [960, CC, 7, 30],
  );
  const song = songOf([[note(480, 240, 60)]]);
  const now = heard(song, { controls: new Map([["1", track]]) });
  const events = spoken(new Schedule(() => now, 480, 3).advance(3.2));
  expect(events).toEqual([
    "192 40 0 on 0 at 2.99",
    "176 7 90 on 0 at 2.99",
    "176 64 127 on 0 at 2.99",
    "224 0 80 on 0 at 2.99",
    "on 60 at 3",
  ]);
});

test("at a loop everything is as at its start again, and no pedal holds what was before", () => {
  const track = controls([0, CC, 11, 100], [480, CC, 64, 127], [720, CC, 11, 20], [720, PC, 41, 0]);
  const song = songOf([[note(0, 480, 60), note(480, 480, 62)]]);
  const loop = { startTick: 0, endTick: 960, isRegion: true };
  const now = heard(song, { controls: new Map([["1", track]]), loop });
  const events = spoken(new Schedule(() => now, 0, 0).advance(1.1));
  expect(events.slice(events.indexOf("off 62 at 1"))).toEqual([
    "off 62 at 1",
    "176 64 0 on 0 at 1",
    // The program of the track, and the expression as it is where nothing was sent; then what the tick itself sets.
    "192 0 0 on 0 at 1",
    "176 11 127 on 0 at 1",
    "176 64 0 on 0 at 1",
    "176 11 100 on 0 at 1",
    "on 60 at 1",
  ]);
});

test("controls that come while it plays, or other channels, are sent from there on", () => {
  const song = songOf([[note(0, 1920, 60)]]);
  const track = controls([0, CC, 7, 90], [960, CC, 7, 80]);
  let now = heard(song);
  const schedule = new Schedule(() => now, 0, 0);
  expect(spoken(schedule.advance(0.5))).toEqual(["on 60 at 0"]);
  now = { ...now, controls: new Map([["1", track]]) };
  expect(spoken(schedule.advance(0.75))).toEqual(["176 7 90 on 0 at 0.5"]);
  expect(spoken(schedule.advance(1.25))).toEqual(["176 7 80 on 0 at 1"]);
});

test("of tracks that share a channel the first is the one whose file is heard", () => {
  const song = songOf([[note(0, 480)], [note(0, 480)]]);
  const all = new Map([
    ["1", controls([0, CC, 7, 1])],
    ["2", controls([0, CC, 7, 2])],
  ]);
  const now = heard(song, { controls: all });
  const shared = {
    ...now,
    mix: {
      ...now.mix,
      channels: new Map([
        ["1", 0],
        ["2", 0],
      ]),
    },
  };
  const events = spoken(new Schedule(() => shared, 0, 0).advance(0.1));
  expect(events.filter((text) => text.startsWith("176 7"))).toEqual([
    "176 7 100 on 0 at -0.01",
    "176 7 1 on 0 at 0",
  ]);
});

test("how often it is asked for changes nothing", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = randomFrom(seed);
    const rows = Array.from({ length: 200 }, (): [number, number, number, number] => [
      random(3800),
      [CC, CC, PC, BEND][random(4)] ?? CC,
      random(100),
      random(128),
    ]).sort((a, b) => a[0] - b[0]);
    const song = songOf([
      Array.from({ length: 40 }, () => note(random(3800), 1 + random(400), 60 + random(5))),
    ]);
    const loop = { startTick: 480, endTick: 2400, isRegion: true };
    const now = heard(song, { controls: new Map([["1", controls(...rows)]]), loop });
    const [whole, pieces] = [new Schedule(() => now, 240, 1), new Schedule(() => now, 240, 1)];
    const events: unknown[] = [];
    for (let until = 1; until < 9; until += (1 + random(300)) / 1000) events.push(...pieces.advance(until));
    events.push(...pieces.advance(9));
    expect(events).toEqual(whole.advance(9));
  }
});

test("a parameter such as the bend range is set whole, with what is added to it", () => {
  const track = controls(
    [0, CC, 101, 0],
    [0, CC, 100, 0],
    [0, CC, 6, 12],
    [10, CC, 38, 50],
    [20, CC, 96, 0],
    [30, CC, 6, 24],
  );
  const set = (...data: number[][]) => [[CC, 101, 0], [CC, 100, 0], ...data, [CC, 101, 127], [CC, 100, 127]];
  // Before it was set, it is as it is everywhere.
  expect(chased(track, 0)).toEqual(set([CC, 6, 2], [CC, 38, 0]));
  expect(chased(track, 15)).toEqual(set([CC, 6, 12], [CC, 38, 50]));
  expect(chased(track, 25)).toEqual(set([CC, 6, 12], [CC, 38, 50], [CC, 96, 0]));
  expect(chased(track, 35)).toEqual(set([CC, 6, 24], [CC, 38, 50]));
});

test("a bank goes before its program, and a reset leaves volume, pan and programs", () => {
  const track = controls(
    [0, CC, 7, 80],
    [0, CC, 64, 127],
    [0, CC, 32, 3],
    [0, CC, 0, 2],
    [0, PC, 7, 0],
    [0, BEND, 0, 0],
    [50, CC, 121, 0],
    [60, CC, 123, 0],
  );
  expect(chased(track, 1)).toEqual([
    [CC, 0, 2],
    [CC, 32, 3],
    [PC, 7, 0],
    [CC, 7, 80],
    [CC, 64, 127],
    [BEND, 0, 0],
  ]);
  expect(chased(track, 100)).toEqual([
    [CC, 0, 2],
    [CC, 32, 3],
    [PC, 7, 0],
    [CC, 7, 80],
    [CC, 64, 0],
    [BEND, 0, 64],
  ]);
});

test("a channel that was chased is in the state of one that was played up to there", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = randomFrom(seed);
    const numbers = [1, 6, 7, 10, 11, 38, 64, 100, 101, 121];
    const rows = Array.from({ length: 80 }, (_, at): [number, number, number, number] => {
      const kind = [CC, CC, CC, CC, PC, BEND, PRESSURE][random(7)] ?? CC;
      const first = kind === CC ? (numbers[random(numbers.length)] ?? 1) : random(128);
      // Three parameters, so that they are set more than once.
      const value = first === 101 ? 0 : first === 100 ? random(3) : random(128);
      return [at * 10, kind, first, kind === CC ? value : random(128)];
    });
    const track = controls(...rows);
    const messages = rows.map(([, ...message]) => message as Message);
    const at = random(800);
    const played = new ChannelState(plainSettings(messages));
    for (const [index, message] of messages.entries()) if (index * 10 < at) played.apply(message);
    // The channel comes from anywhere: it was sent all of the song before.
    const jumped = new ChannelState(plainSettings(messages));
    for (const message of messages) jumped.apply(message);
    for (const message of track.chase(at, 5, 100)) jumped.apply(message);
    const state = (channel: ChannelState) => channel.messages([PC, 5, 0], [CC, 7, 100]);
    expect(state(jumped).map(String).sort(), `seed ${seed}`).toEqual(state(played).map(String).sort());
  }
});

test("the pedal is down from where it goes down to where it comes up, or to a reset", () => {
  const track = controls([10, CC, 64, 64], [20, CC, 64, 63], [30, CC, 64, 127], [40, CC, 121, 0]);
  expect([5, 10, 15, 25, 35, 45].map((tick) => track.isPedalDown(tick))).toEqual([
    false,
    false,
    true,
    false,
    true,
    false,
  ]);
});
