/**
 * Ableton: what the request tells the daemon about the set: which notes, where, and in which meter and tempo.
 */
import { expect, test } from "vitest";
import type { FillRequest } from "../../../bridge/client/generated/protocol.ts";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { type DeviceState, newClip, type SetState } from "./support/live-set.ts";
import { resultFor, scriptedDaemon } from "./support/scripted-daemon.ts";
import {
  arrangement,
  BASS,
  BASS_CLIP,
  DRUMS,
  eighths,
  emptyScene,
  LEAD,
  LEAD_CLIP,
  newTrack,
  session,
} from "./support/sets.ts";
import { storageWith } from "./support/settings.ts";

/** What is sent when this is done in this set. */
async function sent(
  set: SetState,
  act: (live: FakeLive) => Promise<void>,
  options: Partial<LiveOptions> = {},
): Promise<FillRequest> {
  const daemon = await scriptedDaemon({
    answer: (method, { request }) =>
      method === "fill/start" && request ? resultFor(request, [[{}]]) : undefined,
  });
  const live = new FakeLive({ set, env: daemon.env, answer: () => ({}), ...options });
  await act(live);
  const [request, another] = daemon.fills();
  if (request === undefined || another !== undefined) throw new Error("not one fill was asked for");
  expect(fillRequestSchema.safeParse(request).error).toBeUndefined();
  return request;
}

const select = (start: number, end: number) => (live: FakeLive) =>
  live.select("Fill selected time", start, end, [LEAD]);
const clip = (live: FakeLive) => live.clickClip("Fill clip", LEAD_CLIP);

function track(request: FillRequest, number: number) {
  return request.tracks.find(({ id }) => id === `track-${number}`);
}

/** Onsets in quarters from the first tick. */
function onsets(request: FillRequest, number: number): number[] {
  return (track(request, number)?.notes ?? [])
    .map(({ startTick }) => startTick / request.ppq)
    .sort((a, b) => a - b);
}

const every = (from: number, to: number) =>
  Array.from({ length: (to - from) * 2 }, (_, index) => from + index / 2);

test("the MIDI tracks that sound, by their names, drums as such; not the audio", async () => {
  const request = await sent(arrangement(), select(16, 24));
  expect(request.tracks.map(({ id, name, isDrums }) => [id, name, isDrums])).toEqual([
    ["track-1", "Lead", undefined],
    ["track-2", "Bäss ♭ 低音", undefined],
    ["track-3", "Beats", true],
  ]);
  expect(request.region).toEqual({ trackId: "track-1", startTick: 16 * 960, endTick: 24 * 960 });
  expect(onsets(request, 2)).toEqual(every(0, 64));
  expect(request.lockedNotes).toEqual([]);
});

/** Whether a track with these devices is told as drums. */
async function isDrums(devices: DeviceState[], name = "Main"): Promise<boolean | undefined> {
  const set = arrangement();
  const tracks = set.tracks.map(([id, each]): SetState["tracks"][number] => [
    id,
    id === DRUMS ? { ...each, name, devices } : each,
  ]);
  return track(await sent({ ...set, tracks }, select(16, 24)), 3)?.isDrums;
}

test("drums are known by a drum rack, also in other racks; else the daemon goes by the track's name", async () => {
  const nested: DeviceState = { chains: [["device"], ["device", { chains: [["drums"]] }]] };
  expect(await isDrums(["device", nested])).toBe(true);
  // As Live is said to give some of them.
  expect(await isDrums([{ chains: [[], []], isOfPads: true }])).toBe(true);
  expect(await isDrums([{ chains: [["device"], [{ chains: [["device"]] }], []] }])).toBe(undefined);
  expect(await isDrums([], "Main Drums")).toBe(undefined);
});

test("what is not heard is not told: muted tracks, soloed away, in muted groups, muted clips and notes", async () => {
  const set = arrangement();
  const notes = eighths(64, 36).map((note, index) => ({ ...note, muted: index % 2 === 0 }));
  const own = (name: string, clipId: number, change = {}) => newTrack(name, { clips: [clipId], ...change });
  const request = await sent(
    {
      ...set,
      tracks: [
        [LEAD, own("Lead", LEAD_CLIP, { mute: true })],
        [21, own("muted", 201, { mute: true })],
        [22, own("soloed away", 202, { mutedViaSolo: true })],
        [23, newTrack("group", { kind: "group", mute: true })],
        [24, newTrack("inner group", { kind: "group", group: 23 })],
        [25, own("in a muted group", 203, { group: 24 })],
        [26, own("muted clip", 204)],
        [27, own("muted notes", 205)],
      ],
      clips: {
        ...set.clips,
        ...Object.fromEntries(
          [201, 202, 203].map((id) => [id, newClip({ endTime: 64, notes: eighths(64, 50) })]),
        ),
        204: newClip({ endTime: 64, muted: true, notes: eighths(64, 50) }),
        205: newClip({ endTime: 64, notes }),
      },
    },
    select(16, 24),
  );
  expect(request.tracks.map(({ name }) => name)).toEqual(["Lead", "muted notes"]);
  expect(onsets(request, 8)).toEqual(every(0, 64).filter((_, index) => index % 2 === 1));
});

test("no more than 64 bars on either side", async () => {
  const long = { endTime: 2_000, notes: eighths(2_000, 60) };
  const request = await sent(arrangement({}, long), select(1_000, 1_008));
  expect(request.region).toMatchObject({ startTick: 256 * 960, endTick: 264 * 960 });
  expect(onsets(request, 1)).toEqual(every(0, 520));
});

test.each([
  ["7/8", 7, 8, 3.5],
  ["12/8", 12, 8, 6],
  ["3/4", 3, 4, 3],
])(
  "%s: of the first scene that has a meter; bars begin at the first tick",
  async (_, numerator, denominator, bar) => {
    const scenes = [
      emptyScene(),
      { ...emptyScene(), signatureNumerator: numerator, signatureDenominator: denominator },
    ];
    const long = { endTime: 2_000, notes: eighths(2_000, 60) };
    const request = await sent(arrangement({ scenes }, long), select(100 * bar, 102 * bar), {
      hasBigInts: true,
    });
    expect(request.timeSignatures).toEqual([{ tick: 0, numerator, denominator }]);
    expect(request.region.startTick).toBe(64 * bar * 960);
  },
);

test("a scene's own meter and tempo go before the song's; without one, those of the scene above", async () => {
  const scenes = [
    { tempo: 20, signatureNumerator: 12, signatureDenominator: 8 },
    { tempo: 400, signatureNumerator: 7, signatureDenominator: 8 },
  ];
  const first = await sent(session({ scenes }), clip);
  expect([first.timeSignatures, first.tempoMap]).toEqual([
    [{ tick: 0, numerator: 12, denominator: 8 }],
    [{ tick: 0, qpm: 20 }],
  ]);
  const tracks: SetState["tracks"] = [[LEAD, newTrack("Lead", { slots: [null, LEAD_CLIP] })]];
  const below = await sent(session({ scenes: [scenes[0] ?? emptyScene(), emptyScene()], tracks }), clip);
  expect(below.timeSignatures).toEqual([{ tick: 0, numerator: 12, denominator: 8 }]);
  expect(below.tempoMap).toEqual([{ tick: 0, qpm: 96 }]);
});

test("the second scene's meter is its own, whatever the first's", async () => {
  const meters = [3, 7].map((numerator) => ({
    tempo: -1,
    signatureNumerator: numerator,
    signatureDenominator: 8,
  }));
  const tracks: SetState["tracks"] = [[LEAD, newTrack("Lead", { slots: [null, LEAD_CLIP] })]];
  const request = await sent(session({ scenes: meters, tracks }), clip);
  expect(request.timeSignatures).toEqual([{ tick: 0, numerator: 7, denominator: 8 }]);
});

test.each([20, 400, 120.55])("the song's tempo, %d", async (tempo) => {
  const request = await sent(arrangement({ tempo }), select(16, 24));
  expect(request.tempoMap).toEqual([{ tick: 0, qpm: tempo }]);
});

test("the settings' meter goes before all", async () => {
  const storage = storageWith({ meter: "7 / 8" });
  const request = await sent(arrangement(), select(14, 21), { storage });
  expect(request.timeSignatures).toEqual([{ tick: 0, numerator: 7, denominator: 8 }]);
});

test("a shorter loop on another track is told as often as it is heard", async () => {
  const set = arrangement();
  const bass = newClip({ endTime: 64, looping: true, startMarker: 2, loopEnd: 4, notes: eighths(4, 36) });
  const request = await sent({ ...set, clips: { ...set.clips, [BASS_CLIP]: bass } }, select(16, 24));
  expect(onsets(request, 2)).toEqual(every(0, 64));
  const [first] = track(request, 2)?.notes ?? [];
  expect(first?.pitch).toBe(36 + 11);
});

test("notes end where their clip does, and begin where it does", async () => {
  const set = arrangement();
  const held = [
    { pitch: 40, startTime: 0, duration: 8 },
    { pitch: 41, startTime: 5, duration: 100 },
  ];
  const bass = newClip({ startTime: 16, endTime: 20, startMarker: 4, notes: held });
  const request = await sent({ ...set, clips: { ...set.clips, [BASS_CLIP]: bass } }, select(16, 24));
  expect(track(request, 2)?.notes).toEqual([
    { startTick: 17 * 960, durationTicks: 3 * 960, pitch: 41, velocity: 100 },
  ]);
});

test("in a slot: the scene's other clips as they are heard with it, and no other scene's", async () => {
  const lead = { loopStart: 8, loopEnd: 16, startMarker: 12, notes: eighths(16, 60) };
  const request = await sent(session({}, lead), clip);
  // The loop restarts four quarters after the start, in the middle of the bass note of eight quarters.
  expect(request.region).toMatchObject({ startTick: 0, endTick: 8 * 960 });
  expect(request.tracks.map(({ name }) => name)).toEqual(["Lead", "Bass"]);
  const bass = track(request, 2)?.notes ?? [];
  expect(bass.find(({ startTick }) => startTick === 0)?.pitch).toBe(36);
  const moved = await sent(session({ tracks: session().tracks }, { ...lead, startMarker: 13 }), clip);
  const first = track(moved, 2)?.notes.find(({ startTick }) => startTick === 0);
  // Three quarters after the start.
  expect(first?.pitch).toBe(36 + 4);
});

test("settings are sent, each in its place", async () => {
  const storage = storageWith({
    density: 7,
    polyphony: 2,
    lowest: 72,
    highest: 48,
    scale: "live",
    rhythm: "keepOnsets",
    temperature: 1.35,
    candidates: 9,
    model: "infill-s",
    unknown: 1,
  });
  const request = await sent(arrangement(), select(16, 24), { storage, hasBigInts: true });
  expect(request).toMatchObject({ model: "infill-s", mode: "fill" });
  expect(request.controls).toEqual({
    density: 7,
    polyphony: 2,
    pitchRange: [48, 72],
    scale: "D dorian",
    rhythm: "keepOnsets",
  });
  expect(request.sampling).toEqual({ temperature: 1.35, candidates: 9 });
});

test("unknown or damaged settings become the defaults", async () => {
  const storage = storageWith({ density: "x", rhythm: "waltz", temperature: null, candidates: 1e9 });
  const request = await sent(arrangement(), select(16, 24), { storage });
  expect(request.controls).toEqual({});
  expect(request.sampling).toEqual({ temperature: 0.5, candidates: 16 });
});

test("a held note from long before is told with what is left of it", async () => {
  const held = { pitch: 30, startTime: 0, duration: 1_900, velocity: 99.6 };
  const set = arrangement({}, { endTime: 2_000 });
  const bass = newClip({ endTime: 2_000, notes: [held] });
  const request = await sent({ ...set, clips: { ...set.clips, [BASS_CLIP]: bass } }, select(1_000, 1_008));
  expect(track(request, 2)?.notes).toEqual([
    { startTick: 0, durationTicks: 1_156 * 960, pitch: 30, velocity: 100 },
  ]);
});

test("clips elsewhere in the arrangement are not sent", async () => {
  const set = arrangement();
  const far = newClip({ startTime: 1_000, endTime: 1_064, notes: eighths(64, 36) });
  const request = await sent({ ...set, clips: { ...set.clips, [BASS_CLIP]: far } }, select(16, 24));
  expect(request.tracks.map(({ id }) => id)).toEqual(["track-1", "track-3"]);
  expect(set.tracks.find(([id]) => id === BASS)).toBeDefined();
});
