/**
 * The player with a simulated clock: how far it schedules ahead, how it recovers when late, where it starts and
 * loops; and the output to a MIDI port.
 */
import { expect, test } from "vitest";
import { Bars } from "../../bridge/music/bars.ts";
import { TempoMap } from "../../bridge/music/tempo.ts";
import { ClockLink } from "../../page/sound/clock-link.ts";
import { countIn } from "../../page/sound/count-in.ts";
import { barBefore, loopRange, songEndTick, startingTick } from "../../page/sound/loop.ts";
import { MidiOutput } from "../../page/sound/midi-output.ts";
import type { SoundEvent } from "../../page/sound/output.ts";
import { Player } from "../../page/sound/player.ts";
import { Schedule } from "../../page/sound/schedule.ts";
import { heard, note, PPQ, randomFrom, randomSong, songOf, spoken } from "./sound-songs.ts";

function playerOf(
  song = songOf([Array.from({ length: 32 }, (_, at) => note(240 * at, 120, 60 + (at % 12)))]),
) {
  const sent: SoundEvent[] = [];
  const clock = { seconds: 0 };
  const player = new Player({
    now: () => clock.seconds,
    source: () => heard(song, { endTick: 9600 }),
    send: (events) => void sent.push(...events),
  });
  return { sent, clock, player };
}

test("it sends a little ahead, and further where the page is in the background", () => {
  const { sent, clock, player } = playerOf();
  player.start(0, 0.03, false);
  expect(spoken(sent)).toEqual(["on 60 at 0.03"]);
  clock.seconds = 0.2;
  player.pump(false);
  expect(sent.at(-1)?.seconds).toBeLessThan(0.35);
  player.pump(true);
  expect(sent.at(-1)?.seconds).toBeGreaterThan(2.5);
});

test("what a timer of any pace sends is the song", () => {
  const song = randomSong(7);
  const { sent, clock, player } = playerOf(song);
  player.start(0, 0, false);
  for (let at = 0; at < 400; at += 1) {
    clock.seconds = 0.025 * at + 0.02 * Math.sin(at);
    player.pump(false);
  }
  clock.seconds = 10;
  player.pump(false);
  const whole = new Schedule(() => heard(song, { endTick: 9600 }), 0, 0).advance(10.15);
  expect(sent).toEqual(whole);
});

test("after a sleep it goes on where the music is, and every note that began has ended", () => {
  const { sent, clock, player } = playerOf(
    songOf([Array.from({ length: 32 }, (_, at) => note(240 * at, 200, 60 + at))]),
  );
  player.start(0, 0, false);
  clock.seconds = 3.12;
  player.pump(false);
  const begun = sent.filter(({ kind }) => kind === "on").map(({ seconds }) => seconds);
  expect(begun).toEqual([0, 3.25]);
  clock.seconds = 3.2;
  player.stop();
  const ended = new Set(sent.flatMap((event) => (event.kind === "off" ? [event.pitch] : [])));
  expect(sent.every((event) => event.kind !== "on" || ended.has(event.pitch))).toBe(true);
});

test("a stop ends what sounds, and nothing more is sent", () => {
  const { sent, clock, player } = playerOf(songOf([[note(0, 4000, 60), note(240, 100, 62)]]));
  player.start(0, 0, false);
  clock.seconds = 0.05;
  player.stop();
  expect(spoken(sent)).toEqual(["on 60 at 0", "off 60 at 0.05"]);
  clock.seconds = 1;
  player.pump(false);
  expect(sent.length).toBe(2);
  expect(player.tickAt(1, new TempoMap([], PPQ))).toBeUndefined();
});

const bars = new Bars(
  [
    { tick: 0, numerator: 4, denominator: 4 },
    { tick: 3840, numerator: 7, denominator: 8 },
  ],
  PPQ,
);
const tempo = new TempoMap([{ tick: 0, qpm: 120 }], PPQ);

test("a loop is the region, with the bar before it where that is wanted, or the song", () => {
  const song = { bars, tempo, endTick: 9000 };
  const region = { trackId: "1", startTick: 3840, endTick: 5520 };
  const range = (hasLeadIn: boolean, of = region) => loopRange({ isLooping: true, hasLeadIn }, of, song);
  expect(range(false)).toEqual({ startTick: 3840, endTick: 5520, isRegion: true });
  expect(range(true)).toEqual({ startTick: 1920, endTick: 5520, isRegion: true });
  expect(range(true, { ...region, startTick: 0 })?.startTick).toBe(0);
  expect(range(false, { ...region, endTick: 3841 })).toBeUndefined();
  expect(loopRange({ isLooping: true, hasLeadIn: true }, undefined, song)).toEqual({
    startTick: 0,
    endTick: 9000,
    isRegion: false,
  });
  expect(loopRange({ isLooping: false, hasLeadIn: true }, region, song)).toBeUndefined();
  expect(barBefore(bars, 4000)).toBe(3840);
});

test("the song ends with the bar of its last note, and has one where it has no note", () => {
  expect([0, 1, 1920, 1921, 3840, 3841].map((last) => songEndTick(bars, last))).toEqual([
    1920, 1920, 1920, 3840, 3840, 5520,
  ]);
});

test("playing begins with the loop where its region was chosen last or the cursor is at it, else at the cursor", () => {
  const region = { trackId: "1", startTick: 3840, endTick: 5520 };
  const loop = { startTick: 1920, endTick: 5520, isRegion: true };
  expect(startingTick(0, region, loop, true)).toBe(1920);
  expect(startingTick(3840, region, loop, false)).toBe(1920);
  expect(startingTick(4000, region, loop, false)).toBe(4000);
  expect(startingTick(480, region, { ...loop, isRegion: false }, true)).toBe(480);
  expect(startingTick(3840, region, undefined, true)).toBe(3840);
});

test("a count-in is a bar in the meter and tempo of the place", () => {
  const { clicks, endSeconds } = countIn(bars, tempo, 4000, 1);
  expect(spoken(clicks)).toEqual([
    "CLICK at 1",
    ...[1.25, 1.5, 1.75, 2, 2.25, 2.5].map((at) => `click at ${at}`),
  ]);
  expect(endSeconds).toBe(2.75);
});

test("the audio clock is followed through what the browser says of it, and at once after it stood still", () => {
  const link = new ClockLink();
  const random = randomFrom(3);
  let last = 0;
  for (let at = 0; at < 200; at += 1) {
    link.meet(0.025 * at, 5000 + 25 * at + random(41) - 20);
    const zeroMs = link.millisecondsAt(0);
    if (at > 0) expect(Math.abs(zeroMs - last)).toBeLessThan(1);
    last = zeroMs;
  }
  // The first one that it was told may have been the worst.
  expect(Math.abs(last - 5000)).toBeLessThan(5);
  expect(link.secondsAt(link.millisecondsAt(1.5))).toBeCloseTo(1.5, 9);
  link.meet(5, 20_000);
  expect(link.millisecondsAt(6)).toBe(21_000);
  link.reset();
  link.meet(5, 20_001);
  expect(link.millisecondsAt(5)).toBe(20_001);
});

test("a MIDI port gets notes with their times, and silence now and after the last of them", () => {
  const sent: { data: readonly number[]; at: number | undefined }[] = [];
  const port = { send: (data: readonly number[], at?: number) => void sent.push({ data, at }) };
  const output = new MidiOutput(port, { now: () => 2, millisecondsAt: (seconds) => 1000 * seconds + 7 });
  output.setChannel(3, { program: 40, volume: 101 });
  output.send([
    { kind: "on", seconds: 2.1, channel: 3, pitch: 60, velocity: 90 },
    { kind: "off", seconds: 2.5, channel: 3, pitch: 60, velocity: 0 },
  ]);
  expect(sent).toEqual([
    { data: [0xc3, 40], at: undefined },
    { data: [0xb3, 7, 101], at: undefined },
    { data: [0x93, 60, 90], at: 2107 },
    { data: [0x83, 60, 0], at: 2507 },
  ]);
  sent.length = 0;
  expect(output.silence()).toBeGreaterThan(2.5);
  expect(sent.length).toBe(64);
  expect(sent[0]).toEqual({ data: [0xb0, 123, 0], at: undefined });
  expect(sent.at(-1)?.data).toEqual([0xbf, 120, 0]);
  expect(sent.at(-1)?.at).toBeGreaterThan(2507);
});
