/**
 * Ableton: selections that cannot be filled give one message and change nothing. For content that sounds in several
 * places, the extension asks.
 */
import { expect, test } from "vitest";
import { daemonForAll, requests } from "./support/daemon.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { newClip } from "./support/live-set.ts";
import { AUDIO, arrangement, eighths, LEAD, LEAD_CLIP, newTrack, session } from "./support/sets.ts";

const daemon = daemonForAll();
const looped = { looping: true, loopStart: 0, loopEnd: 8, notes: eighths(8, 60) };

function open(options: Partial<LiveOptions> = {}): FakeLive {
  return new FakeLive({ set: arrangement(), env: daemon.env, answer: () => null, ...options });
}

test.each<[what: string, start: number, end: number, lanes: number[], message: RegExp]>([
  ["no time", 16, 16, [LEAD], /Select the time to fill first/],
  ["no MIDI track", 16, 24, [AUDIO], /None of the selected tracks is a MIDI track/],
  ["more than the clip", 60, 68, [LEAD], /"Lead".*is not within one clip/],
])("selected: %s", async (_, start, end, lanes, message) => {
  const live = open();
  const before = structuredClone(live.set.state);
  await live.select("Fill selected time", start, end, lanes);
  expect(live.dialogs.map(({ text }) => text)).toEqual([expect.stringMatching(message)]);
  expect(live.set.state).toEqual(before);
  expect(live.progress).toEqual([]);
});

test("two clips are not filled as if they were one", async () => {
  const set = arrangement();
  const clips = { ...set.clips, 150: newClip({ startTime: 64, endTime: 80 }) };
  const tracks = [[LEAD, newTrack("Lead", { clips: [LEAD_CLIP, 150] })] as const, ...set.tracks.slice(1)];
  const live = open({ set: { ...set, clips, tracks: tracks.map(([id, track]) => [id, track]) } });
  await live.select("Fill selected time", 60, 68, [LEAD]);
  expect(live.dialogs[0]?.text).toMatch(/not within one clip/);
});

test("of several lanes, those that can be filled are, and the others are told in one message", async () => {
  const set = arrangement();
  const live = open({ set: { ...set, clips: { ...set.clips, [LEAD_CLIP]: newClip({ endTime: 20 }) } } });
  await live.select("Fill selected time", 16, 24, [LEAD, 12]);
  expect(live.dialogs.map(({ text }) => text)).toEqual([
    expect.stringMatching(/"Lead".*not within one clip/),
  ]);
  expect(live.set.undoSteps).toBe(1);
});

test("a part that the loop repeats is filled after asking, and its other passes are not surroundings", async () => {
  const answers = [null, {}];
  const live = open({ set: arrangement({}, looped), answer: () => answers.shift() });
  const before = structuredClone(live.set.state);
  // The third turn's second bar is the loop's second bar.
  await live.select("Fill selected time", 20, 24, [LEAD]);
  expect(live.dialogs[0]?.text).toMatch(/plays this part more than once/);
  expect(live.set.state).toEqual(before);
  expect(live.progress).toEqual([]);
  await live.select("Fill selected time", 20, 24, [LEAD]);
  const changed = live.notes(LEAD_CLIP).filter(({ startTime }) => startTime >= 4);
  expect(changed.length).toBeGreaterThan(0);
  expect(live.notes(LEAD_CLIP).filter(({ startTime }) => startTime < 4)).toEqual(eighths(4, 60));
  expect(changed).not.toEqual(eighths(8, 60).slice(8));
  const [request] = await requests(daemon);
  const heard = request?.tracks[0]?.notes.map(({ startTick }) => startTick / 960) ?? [];
  expect(request?.region).toMatchObject({ startTick: 20 * 960, endTick: 24 * 960 });
  const expected = Array.from({ length: 128 }, (_, index) => index / 2);
  expect(heard.sort((a, b) => a - b)).toEqual(expected.filter((at) => at % 8 < 4 || (at >= 20 && at < 24)));
});

test("time in which the loop restarts is refused", async () => {
  const live = open({ set: arrangement({}, looped) });
  await live.select("Fill selected time", 22, 26, [LEAD]);
  expect(live.dialogs[0]?.text).toMatch(/loop restarts/);
  expect(live.set.undoSteps).toBe(0);
});

test("a loop whose start marker lies in its midst is mapped from there", async () => {
  const live = open({ set: arrangement({}, { ...looped, startMarker: 6, endTime: 10 }), answer: () => ({}) });
  // Heard: 6-8 at 0, then the loop from 0 at 2.
  await live.select("Fill selected time", 3, 5, [LEAD]);
  const old = eighths(8, 60);
  const now = live.notes(LEAD_CLIP);
  expect(live.dialogs).toEqual([]);
  expect(now.filter(({ startTime }) => startTime < 1 || startTime >= 3)).toEqual(
    old.filter(({ startTime }) => startTime < 1 || startTime >= 3),
  );
  expect(now).not.toEqual(old);
});

test.each([["a clip that is full", "Continue clip", session(), /"melody" has no room behind its last note/]])(
  "%s",
  async (_, title, set, message) => {
    const live = open({ set });
    await live.clickClip(title, LEAD_CLIP);
    expect(live.dialogs.map(({ text }) => text)).toEqual([expect.stringMatching(message)]);
    expect(live.set.undoSteps).toBe(0);
  },
);

test("a slot that holds audio", async () => {
  const set = session();
  const lead = set.clips[LEAD_CLIP];
  if (lead !== undefined) lead.kind = "audio";
  const live = open({ set });
  await live.clickSlot("Fill slot", LEAD, 0);
  expect(live.dialogs[0]?.text).toMatch(/no MIDI clip/);
});
