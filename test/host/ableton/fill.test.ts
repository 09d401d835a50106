/**
 * Ableton: fills by the built extension with the real daemon: what changes in the set, and what stays.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";
import { expect, test } from "vitest";
import { daemonForAll, requests } from "./support/daemon.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { newClip } from "./support/live-set.ts";
import {
  arrangement,
  BASS,
  BASS_CLIP,
  DRUMS,
  eighths,
  LEAD,
  LEAD_CLIP,
  newTrack,
  session,
} from "./support/sets.ts";
import { storageWith } from "./support/settings.ts";

const daemon = daemonForAll();

function open(options: Partial<LiveOptions> = {}): FakeLive {
  return new FakeLive({ set: arrangement(), env: daemon.env, ...options });
}

function inside(notes: readonly NoteDescription[], start: number, end: number): NoteDescription[] {
  return notes.filter(({ startTime }) => startTime >= start && startTime < end);
}

function outside(notes: readonly NoteDescription[], start: number, end: number): NoteDescription[] {
  return notes.filter(({ startTime }) => startTime < start || startTime >= end);
}

/** The clip's part was filled, in `steps` undo steps, and nothing else in the set is another than before. */
function expectFilled(
  live: FakeLive,
  before: FakeLive["set"]["state"],
  clipId: number,
  start: number,
  end: number,
) {
  const [now, old] = [live.notes(clipId), before.clips[clipId]?.notes ?? []];
  expect(outside(now, start, end)).toEqual(outside(old, start, end));
  const added = inside(now, start, end);
  expect(added.length).toBeGreaterThan(0);
  expect(added).not.toEqual(inside(old, start, end));
  for (const note of added) expect(note.startTime + note.duration).toBeLessThanOrEqual(end);
  const restored = structuredClone(live.set.state);
  const clip = restored.clips[clipId];
  if (clip !== undefined) clip.notes = old;
  expect(restored).toEqual(before);
}

function expectUndone(live: FakeLive, before: FakeLive["set"]["state"], steps: number) {
  expect(live.set.undoSteps).toBe(steps);
  for (let step = 0; step < steps; step++) live.set.undo();
  expect(live.set.state).toEqual(before);
  expect(live.errors).toEqual([]);
}

test.each([
  ["in its midst", 16, 24],
  ["at its very start", 0, 4],
  ["at its very end", 60, 64],
  ["off the grid", 16 + 1 / 3, 21.0317],
  ["all of it", 0, 64],
])("selected time inside a clip is filled in one undo step: %s", async (_, start, end) => {
  const live = open();
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", start, end, [LEAD]);
  expectFilled(live, before, LEAD_CLIP, start, end);
  expect(live.dialogs).toEqual([]);
  expectUndone(live, before, 1);
});

test("numbers that come as BigInt are numbers all the same", async () => {
  const live = open({ hasBigInts: true });
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", 16, 24, [LEAD]);
  expectFilled(live, before, LEAD_CLIP, 16, 24);
  expectUndone(live, before, 1);
});

test("several lanes are filled one after another, each its own undo step, and hear what was filled before", async () => {
  const live = open();
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", 32, 40, [LEAD, 14, BASS]);
  // The bass first, as a band is written, whatever the order of the lanes.
  const [lead, bass] = await requests(daemon);
  expect([lead?.region.trackId, bass?.region.trackId]).toEqual(["track-1", "track-2"]);
  const heard = lead?.tracks.find(({ id }) => id === "track-2")?.notes ?? [];
  const filled = inside(live.notes(BASS_CLIP), 32, 40);
  expect(heard.filter(({ startTick }) => startTick >= 32 * 960 && startTick < 40 * 960)).toHaveLength(
    filled.length,
  );
  expect(live.set.undoSteps).toBe(2);
  live.set.undo();
  expectFilled(live, before, BASS_CLIP, 32, 40);
  expectUndone(live, before, 1);
});

test("the names of empty tracks say what they play, and which comes first", async () => {
  const [melody, kit] = [21, 22];
  const set = arrangement();
  const tracks: typeof set.tracks = [
    ...set.tracks,
    [melody, newTrack("Solo voice")],
    [kit, newTrack("Percussion")],
  ];
  const live = open({ set: { ...set, tracks } });
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", 16, 24, [melody, kit]);
  const [second, first] = await requests(daemon);
  const nameOf = (request: typeof first) =>
    request?.tracks.find(({ id }) => id === request.region.trackId)?.name;
  expect([nameOf(first), nameOf(second)]).toEqual(["Percussion", "Solo voice"]);
  for (const id of [melody, kit])
    expect(live.notes(live.set.track(id).clips[0] ?? 0).length).toBeGreaterThan(0);
  expectUndone(live, before, 4);
});

test("a clip in a slot: what its loop plays is filled", async () => {
  const notes = [...eighths(16, 60), { pitch: 50, startTime: 18, duration: 1, velocity: 33 }];
  const live = open({ set: session({}, { notes, loopStart: 4, loopEnd: 12 }) });
  const before = structuredClone(live.set.state);
  await live.clickClip("Fill clip", LEAD_CLIP);
  expectFilled(live, before, LEAD_CLIP, 4, 12);
  expectUndone(live, before, 1);
});

test("an arrangement's clip that shows a part of its content: that part is filled", async () => {
  const live = open({ set: arrangement({}, { startTime: 8, endTime: 24, startMarker: 20, loopEnd: 99 }) });
  const before = structuredClone(live.set.state);
  await live.clickClip("Fill clip", LEAD_CLIP);
  expectFilled(live, before, LEAD_CLIP, 20, 36);
  expectUndone(live, before, 1);
});

test("selected time without a clip gets one: two undo steps", async () => {
  const live = open();
  const before = structuredClone(live.set.state);
  await live.select("Continue into selected time", 64, 72, [LEAD]);
  const id = live.set.track(LEAD).clips[1] ?? 0;
  expect(live.set.clip(id)).toMatchObject({ startTime: 64, endTime: 72 });
  expect(inside(live.notes(id), 0, 8)).toEqual(live.notes(id));
  expect(live.notes(id).length).toBeGreaterThan(0);
  const [request] = await requests(daemon);
  expect(request?.mode).toBe("continue");
  // What stands before is in another clip, and heard all the same.
  expect(request?.tracks[0]?.notes.at(-1)?.startTick).toBe(63.5 * 960);
  expectUndone(live, before, 2);
});

test("an empty slot gets a clip as long as the longest of its scene", async () => {
  const live = open({ set: session() });
  const before = structuredClone(live.set.state);
  await live.clickSlot("Fill slot", DRUMS, 0);
  const id = live.set.track(DRUMS).slots[0] ?? 0;
  expect(live.set.clip(id)).toMatchObject({ loopEnd: 16, looping: true });
  expect(live.notes(id).length).toBeGreaterThan(0);
  expect((await requests(daemon))[0]?.tracks.map(({ id: track }) => track)).toEqual([
    "track-1",
    "track-2",
    "track-3",
  ]);
  expectUndone(live, before, 2);
});

test("a take lane's clip is filled, and the main lane is not", async () => {
  const set = arrangement();
  const lane = { name: "Take 2", track: LEAD, clips: [150] };
  const live = open({
    set: {
      ...set,
      takeLanes: { 77: lane },
      tracks: [[LEAD, newTrack("Lead", { clips: [LEAD_CLIP], takeLanes: [77] })], ...set.tracks.slice(1)],
      clips: { ...set.clips, 150: newClip({ endTime: 32, notes: eighths(32, 72) }) },
    },
  });
  // The SDK hands out lanes with their tracks.
  expect(live.live.trackObject(LEAD).takeLanes).toHaveLength(1);
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", 8, 16, [77]);
  expectFilled(live, before, 150, 8, 16);
  await live.clickClip("Vary clip", 150);
  expectUndone(live, before, 2);
});

test("vary keeps a part of the old notes, with all that they carry, and says how much was asked", async () => {
  const live = open({ storage: storageWith({ amount: 0.3 }) });
  const before = structuredClone(live.set.state);
  await live.select("Vary selected time", 16, 32, [LEAD]);
  expectFilled(live, before, LEAD_CLIP, 16, 32);
  const old = inside(before.clips[LEAD_CLIP]?.notes ?? [], 16, 32);
  const kept = inside(live.notes(LEAD_CLIP), 16, 32).filter((note) =>
    old.some((each) => JSON.stringify(each) === JSON.stringify(note)),
  );
  expect(kept.length).toBeGreaterThan(old.length / 3);
  expect((await requests(daemon))[0]).toMatchObject({ mode: "vary", controls: { amount: 0.3 } });
  expectUndone(live, before, 1);
});

test("humanize keeps the pitches and their number, and is one undo step", async () => {
  const live = open({ storage: storageWith({ amount: 1 }) });
  const before = structuredClone(live.set.state);
  await live.select("Humanize selected time", 16, 32, [LEAD]);
  const old = inside(before.clips[LEAD_CLIP]?.notes ?? [], 16, 32);
  const now = inside(live.notes(LEAD_CLIP), 16, 32);
  const pitches = (notes: readonly { pitch: number }[]) => notes.map(({ pitch }) => pitch).sort();
  expect(pitches(now)).toEqual(pitches(old));
  expect(now).not.toEqual(old);
  expect((await requests(daemon))[0]).toMatchObject({ mode: "humanize", controls: { amount: 1 } });
  expectUndone(live, before, 1);
});

test("continue fills a clip from behind its last note", async () => {
  const notes = [...eighths(8, 60), { pitch: 90, startTime: 30, duration: 1 }];
  const live = open({ set: session({}, { notes }) });
  const before = structuredClone(live.set.state);
  await live.clickClip("Continue clip", LEAD_CLIP);
  expectFilled(live, before, LEAD_CLIP, 8, 16);
  expect((await requests(daemon))[0]?.mode).toBe("continue");
  expectUndone(live, before, 1);
});

test("a region of 10,000 notes is sent whole and replaced whole", async () => {
  const notes = Array.from({ length: 10_000 }, (_, index) => ({
    pitch: 30 + (index % 60),
    startTime: Math.floor(index / 60) / 4,
    duration: 0.25,
    velocity: 90,
  }));
  const live = open({ set: arrangement({}, { notes }) });
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", 0, 64, [LEAD]);
  expectFilled(live, before, LEAD_CLIP, 0, 64);
  expect((await requests(daemon))[0]?.tracks[0]?.notes).toHaveLength(10_000);
  expect(live.notes(LEAD_CLIP).length).toBeLessThan(10_000);
  expectUndone(live, before, 1);
});

test("muted notes are not told, and stay where no new note needs their place", async () => {
  const parked = Array.from({ length: 16 }, (_, index) => ({
    pitch: 5,
    startTime: 16 + index / 2,
    duration: 0.5,
    muted: true,
  }));
  const live = open({
    set: arrangement({}, { notes: [...eighths(64, 60), ...parked] }),
    storage: storageWith({ lowest: 40 }),
  });
  await live.select("Fill selected time", 16, 24, [LEAD]);
  expect(live.notes(LEAD_CLIP).filter(({ muted }) => muted)).toEqual(parked);
  expect((await requests(daemon))[0]?.tracks[0]?.notes).toHaveLength(128);
});

test("a note that sounds into the region stays, and no new one of its pitch meets it", async () => {
  const held = Array.from({ length: 48 }, (_, index) => ({
    pitch: 40 + index,
    startTime: 14.5,
    duration: 4.5,
  }));
  const live = open({
    set: arrangement({}, { notes: held }),
    storage: storageWith({ lowest: 40, highest: 87 }),
  });
  await live.select("Fill selected time", 16, 24, [LEAD]);
  expect(live.notes(LEAD_CLIP).slice(0, 48)).toEqual(held);
  const added = live.notes(LEAD_CLIP).slice(48);
  expect(added.length).toBeGreaterThan(0);
  expect(added.every(({ startTime }) => startTime >= 19)).toBe(true);
});

test.each([
  ["from before the clip's start", {}],
  ["muted", { muted: true }],
])(
  "a note that is not heard (%s) but reaches into the region stays whole all the same",
  async (_, change) => {
    const hidden = Array.from({ length: 48 }, (_, index) => ({
      pitch: 40 + index,
      startTime: 14.5,
      duration: 4.5,
      ...change,
    }));
    const lead = { endTime: 48, startMarker: 16, notes: hidden };
    const storage = storageWith({ lowest: 40, highest: 87 });
    const live = open({ set: arrangement({}, lead), storage });
    await live.select("Fill selected time", 0, 8, [LEAD]);
    expect(live.notes(LEAD_CLIP).slice(0, 48)).toEqual(hidden);
    expect(live.notes(LEAD_CLIP).length).toBeGreaterThan(48);
    expect(live.errors).toEqual([]);
  },
);
