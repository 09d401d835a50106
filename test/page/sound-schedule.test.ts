/**
 * What sounds when: starts, ends, loops, tempo, meter, mute, edits; independent of the spans in which it is queried.
 */
import { expect, test } from "vitest";
import type { PageSong } from "../../page/document/song.ts";
import { type Heard, Schedule } from "../../page/sound/schedule.ts";
import { heard, note, randomFrom, randomSong, songOf, spoken } from "./sound-songs.ts";

/** 120 quarters a minute: a quarter is half a second, 480 ticks. */
function play(song: PageSong, from: number, until: number, more: Parameters<typeof heard>[1] = {}) {
  const now = heard(song, more);
  return spoken(new Schedule(() => now, from, 0).advance(until));
}

test("notes begin and end at their seconds, ends before starts", () => {
  const song = songOf([[note(0, 480, 60), note(480, 240, 60), note(480, 480, 64)]]);
  expect(play(song, 0, 2)).toEqual([
    "on 60 at 0",
    "off 60 at 0.5",
    "on 60 at 0.5",
    "on 64 at 0.5",
    "off 60 at 0.75",
    "off 64 at 1",
  ]);
});

test("a note that began before the start is not heard", () => {
  expect(play(songOf([[note(0, 960, 60), note(480, 480, 62)]]), 480, 2)).toEqual([
    "on 62 at 0",
    "off 62 at 0.5",
  ]);
});

test("a tempo change in the middle of a note moves its end", () => {
  const tempoMap = [
    { tick: 0, qpm: 120 },
    { tick: 480, qpm: 60 },
  ];
  expect(play(songOf([[note(0, 960)]], { tempoMap }), 0, 3)).toEqual(["on 60 at 0", "off 60 at 1.5"]);
  // From the middle of the slower part.
  expect(play(songOf([[note(720, 240)]], { tempoMap }), 480, 3)).toEqual(["on 60 at 0.5", "off 60 at 1"]);
});

test("notes across the end of a loop are cut there, and the loop begins without a gap", () => {
  const song = songOf([[note(0, 2000, 60), note(480, 2000, 62)]]);
  const loop = { startTick: 480, endTick: 960, isRegion: true };
  expect(play(song, 0, 1.6, { loop })).toEqual([
    "on 60 at 0",
    "on 62 at 0.5",
    "off 60 at 1",
    "off 62 at 1",
    "on 62 at 1",
    "off 62 at 1.5",
    "on 62 at 1.5",
  ]);
});

test("from behind the loop the song plays to its end, and is over there", () => {
  const now = heard(songOf([[note(960, 480)]]), {
    loop: { startTick: 0, endTick: 480, isRegion: true },
    endTick: 1920,
  });
  const schedule = new Schedule(() => now, 960, 0);
  expect(spoken(schedule.advance(0.9))).toEqual(["on 60 at 0", "off 60 at 0.5"]);
  expect(schedule.isOver).toBe(false);
  expect(schedule.advance(5)).toEqual([]);
  expect(schedule.isOver).toBe(true);
  expect(schedule.passes.tickAt(0.5, now.tempo)).toBe(1440);
  expect(schedule.passes.tickAt(1, now.tempo)).toBeUndefined();
});

test("the place that is heard follows the loop", () => {
  const now = heard(songOf([[]]), { loop: { startTick: 480, endTick: 960, isRegion: true } });
  const schedule = new Schedule(() => now, 0, 10);
  schedule.advance(13);
  const ticks = [9, 10, 10.75, 11, 11.25, 11.5, 12.75].map((at) => schedule.passes.tickAt(at, now.tempo));
  expect(ticks).toEqual([0, 0, 720, 480, 720, 480, 720]);
});

test("clicks fall on the beats of 7/8, the first of each bar accented", () => {
  const timeSignatures = [
    { tick: 0, numerator: 7, denominator: 8 },
    { tick: 1680, numerator: 2, denominator: 4 },
  ];
  const clicks = play(songOf([[]], { timeSignatures }), 0, 2.5, { hasClicks: true });
  expect(clicks).toEqual([
    "CLICK at 0",
    ...[0.25, 0.5, 0.75, 1, 1.25, 1.5].map((at) => `click at ${at}`),
    "CLICK at 1.75",
    "click at 2.25",
  ]);
});

test("muted tracks and those beside a solo are not sent", () => {
  const song = songOf([[note(0, 480, 60)], [note(0, 480, 62)], [note(0, 480, 64)]]);
  const pitches = (settings: Record<string, object>) =>
    play(song, 0, 0.2, { settings }).map((text) => text.split(" ")[1]);
  expect(pitches({})).toEqual(["60", "62", "64"]);
  expect(pitches({ 2: { isMuted: true } })).toEqual(["60", "64"]);
  expect(pitches({ 2: { isSolo: true } })).toEqual(["62"]);
  expect(pitches({ 2: { isSolo: true, isMuted: true }, 3: { isSolo: true } })).toEqual(["64"]);
  expect(pitches({ 1: { volume: 0 } })).toEqual(["62", "64"]);
});

test("one key that two notes hold is let go before it is pressed again, and once where they begin together", () => {
  const over = songOf([[note(0, 960, 60), note(480, 960, 60)]]);
  expect(play(over, 0, 2)).toEqual(["on 60 at 0", "off 60 at 0.5", "on 60 at 0.5", "off 60 at 1.5"]);
  const together = songOf([[note(0, 480, 60, 30), note(0, 960, 60, 80)]]);
  expect(play(together, 0, 2)).toEqual(["on 60 at 0", "off 60 at 1"]);
  const [first] = new Schedule(() => heard(together), 0, 0).advance(0.1);
  expect(first).toMatchObject({ velocity: 80 });
});

test("an edit is heard: what was taken away ends, what was made longer lasts, what is new begins", () => {
  const [gone, longer] = [note(0, 960, 60), note(0, 480, 62)];
  let now = heard(songOf([[gone, longer]]));
  const schedule = new Schedule(() => now, 0, 0);
  expect(spoken(schedule.advance(0.25))).toEqual(["on 60 at 0", "on 62 at 0"]);
  now = heard(songOf([[{ ...longer, durationTicks: 720 }, note(100, 480, 65), note(480, 240, 67)]]));
  expect(spoken(schedule.advance(2))).toEqual([
    "off 60 at 0.25",
    "on 67 at 0.5",
    "off 62 at 0.75",
    "off 67 at 0.75",
  ]);
});

test("a track that is muted in a note ends it, and its next notes are not sent", () => {
  const song = songOf([[note(0, 960, 60), note(480, 480, 62)], [note(0, 960, 50)]]);
  let now = heard(song);
  const schedule = new Schedule(() => now, 0, 0);
  schedule.advance(0.25);
  now = heard(song, { settings: { 1: { isMuted: true } } });
  expect(spoken(schedule.advance(2))).toEqual(["off 60 at 0.25", "off 50 at 1"]);
});

test("a cut ends everything that sounds, once", () => {
  const schedule = new Schedule(() => heard(songOf([[note(0, 4000, 60), note(0, 4000, 64)]])), 0, 0);
  schedule.advance(1);
  expect(spoken(schedule.cut(1))).toEqual(["off 60 at 1", "off 64 at 1"]);
  expect(schedule.cut(1)).toEqual([]);
});

test.each([1, 2, 3, 4, 5])(
  "many short spans are one long one, and every note that begins ends (%i)",
  (seed) => {
    const song = randomSong(seed);
    const random = randomFrom(seed);
    const now: Heard = heard(song, {
      loop: { startTick: 1440, endTick: 5000 + random(1000), isRegion: true },
      endTick: 9600,
      hasClicks: true,
    });
    const until = 24;
    const whole = new Schedule(() => now, 333, 1.25).advance(until);
    const short = new Schedule(() => now, 333, 1.25);
    const pieces = [];
    for (let at = 1; at < until; at += (1 + random(150)) / 1000) pieces.push(...short.advance(at));
    pieces.push(...short.advance(until));
    expect(pieces).toEqual(whole);
    expect(whole.length).toBeGreaterThan(500);

    const held = new Set<string>();
    let last = 0;
    for (const event of whole) {
      expect(event.seconds).toBeGreaterThanOrEqual(last);
      last = event.seconds;
      if (event.kind === "click" || event.kind === "control") continue;
      const key = `${event.channel} ${event.pitch}`;
      expect(held.has(key)).toBe(event.kind === "off");
      if (event.kind === "on") held.add(key);
      else held.delete(key);
    }
    expect(new Set(short.cut(until).map(({ channel, pitch }) => `${channel} ${pitch}`))).toEqual(held);
  },
);
