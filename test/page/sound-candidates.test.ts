/**
 * A candidate selected during a loop starts with the next pass, complete, and no note plays twice.
 */
import { expect, test } from "vitest";
import { type Ghosts, songWith } from "../../page/ghosts.ts";
import { Candidates, isSameCandidate } from "../../page/sound/candidates.ts";
import { Schedule } from "../../page/sound/schedule.ts";
import { heard, note, songOf, spoken } from "./sound-songs.ts";

const region = { trackId: "1", startTick: 480, endTick: 1440 };
/** With a quarter before it. */
const loop = { startTick: 0, endTick: 1440, isRegion: true };
const song = songOf([[note(0, 480, 50), note(480, 480, 51)], [note(960, 480, 40)]]);
const hidden = new Set(song.tracks[0]?.notes.filter(({ pitch }) => pitch === 51).map(({ id }) => id));

function ghosts(...pitches: number[]): Ghosts {
  const notes = pitches.map((pitch, at) => note(480 + 240 * at, 240, pitch));
  return { region, notes, hidden, isGrowing: false };
}

const [a, b] = [ghosts(60, 61, 62, 63), ghosts(70, 71, 72, 73)];

/** Play, and choose what is offered at the seconds to which the song has been sent. */
function playing(first: Ghosts | undefined, changes: Record<number, Ghosts | undefined>, until: number) {
  const candidates = new Candidates();
  let offered = first;
  candidates.begin(offered);
  const schedule = new Schedule(
    (tick) => heard(songWith(song, candidates.heard(offered, tick, loop)), { loop }),
    0,
    0,
  );
  const events = [];
  for (let step = 1; step <= until * 20; step += 1) {
    const at = step / 20;
    events.push(...schedule.advance(at));
    if (at in changes) offered = changes[at];
  }
  return spoken(events).filter((text) => text.startsWith("on"));
}

const ons = (from: number, pitches: number[]) =>
  pitches.map((pitch, at) => `on ${pitch} at ${from + 0.25 * at}`);

test("the one that sounds goes on to the end of the loop, then the other one begins, whole", () => {
  expect(playing(a, { 0.8: b }, 2.9).filter((text) => !text.includes(" 40 "))).toEqual([
    "on 50 at 0",
    ...ons(0.5, [60, 61, 62, 63]),
    "on 50 at 1.5",
    ...ons(2, [70, 71, 72, 73]),
  ]);
});

test("of several that are chosen in one pass the last one is heard", () => {
  const heardOnes = playing(a, { 0.6: b, 0.7: ghosts(80), 0.9: ghosts(90, 91) }, 2.9);
  expect(heardOnes.filter((text) => / [6789]\d at [2]/.test(text))).toEqual(ons(2, [90, 91]));
});

test("before the region was reached it is heard at once", () => {
  expect(playing(a, { 0.3: b }, 1).filter((text) => / [67]\d /.test(text))).toEqual(ons(0.5, [70, 71]));
});

test("more notes of the same one, the first one and none are heard at once", () => {
  const growing = ghosts(60, 61);
  const grown = { ...growing, notes: [...growing.notes, note(960, 240, 62)] };
  expect(playing(growing, { 0.6: grown }, 1.2).filter((text) => text.includes(" 6"))).toEqual(
    ons(0.5, [60, 61, 62]),
  );
  expect(playing(undefined, { 0.6: a }, 1.4).filter((text) => text.includes(" 6"))).toEqual(
    ons(0.75, [61, 62, 63]),
  );
  expect(playing(a, { 0.6: undefined }, 1.4).filter((text) => text.includes(" 6"))).toEqual(ons(0.5, [60]));
});

test("without a loop of the region another one is heard at once", () => {
  const candidates = new Candidates();
  candidates.begin(a);
  expect(candidates.heard(b, 700, loop)).toBe(a);
  expect(candidates.heard(b, 700, { ...loop, isRegion: false })).toBe(b);
  candidates.begin(a);
  expect(candidates.heard(b, 700, undefined)).toBe(b);
});

test("a press of Play begins with what is offered", () => {
  const candidates = new Candidates();
  candidates.begin(a);
  candidates.heard(b, 700, loop);
  candidates.begin(b);
  expect(candidates.heard(b, 700, loop)).toBe(b);
});

test("what tells candidates apart is their notes", () => {
  expect(isSameCandidate(a, ghosts(60, 61, 62, 63))).toBe(true);
  expect(isSameCandidate(a, ghosts(60, 61))).toBe(true);
  expect(isSameCandidate(ghosts(), a)).toBe(true);
  expect(isSameCandidate(a, ghosts())).toBe(false);
  expect(isSameCandidate(a, ghosts(60, 61, 62, 64))).toBe(false);
});
