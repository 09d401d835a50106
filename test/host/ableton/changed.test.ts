/**
 * Ableton: the musician or another extension edits the set during a fill: nothing is overwritten without asking.
 */
import { expect, test } from "vitest";
import { daemonForAll } from "./support/daemon.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { arrangement, LEAD, LEAD_CLIP } from "./support/sets.ts";

const daemon = daemonForAll();
const own = { pitch: 3, startTime: 20, duration: 1, velocity: 12, probability: 0.5 };

/** A set in which something happens as soon as the fill has begun. */
function busy(happen: (live: FakeLive) => void, options: Partial<LiveOptions> = {}): FakeLive {
  let hasHappened = false;
  const live: FakeLive = new FakeLive({
    set: arrangement(),
    env: daemon.env,
    onProgress: () => {
      if (hasHappened) return;
      hasHappened = true;
      happen(live);
    },
    ...options,
  });
  return live;
}

const fill = (live: FakeLive) => live.select("Fill selected time", 16, 24, [LEAD]);

test("a change in the region is asked about: no leaves all as it is", async () => {
  const live = busy(({ set }) => set.setNotes(LEAD_CLIP, [...set.clip(LEAD_CLIP).notes, own]), {
    answer: () => null,
  });
  const before = live.notes(LEAD_CLIP);
  await fill(live);
  expect(live.dialogs.map(({ text }) => text)).toEqual([expect.stringMatching(/were changed meanwhile/)]);
  expect(live.notes(LEAD_CLIP)).toEqual([...before, own]);
  expect(live.set.undoSteps).toBe(1);
});

test("a change in the region is asked about: yes replaces it, in one undo step", async () => {
  const live = busy(({ set }) => set.setNotes(LEAD_CLIP, [...set.clip(LEAD_CLIP).notes, own]), {
    answer: () => ({}),
  });
  await fill(live);
  expect(live.notes(LEAD_CLIP)).not.toContainEqual(own);
  live.set.undo();
  expect(live.notes(LEAD_CLIP)).toContainEqual(own);
});

test("only a note's velocity is another: that is a change too", async () => {
  const change = ({ set }: FakeLive) =>
    set.setNotes(
      LEAD_CLIP,
      set.clip(LEAD_CLIP).notes.map((note) => (note.startTime === 18 ? { ...note, velocity: 1 } : note)),
    );
  const live = busy(change, { answer: () => null });
  await fill(live);
  expect(live.dialogs).toHaveLength(1);
});

test("a change elsewhere in the clip is kept, and nobody is asked", async () => {
  const elsewhere = { ...own, startTime: 40 };
  const live = busy(({ set }) => set.setNotes(LEAD_CLIP, [...set.clip(LEAD_CLIP).notes, elsewhere]));
  await fill(live);
  expect(live.notes(LEAD_CLIP)).toContainEqual(elsewhere);
  expect(live.set.undoSteps).toBe(2);
});

test("a clip that is gone", async () => {
  const remove = ({ set }: FakeLive) =>
    set.transaction(() => {
      set.track(LEAD).clips = [];
      delete set.state.clips[LEAD_CLIP];
    });
  const live = busy(remove, { answer: () => null });
  await fill(live);
  expect(live.dialogs.map(({ text }) => text)).toEqual(["The clip is gone. Nothing was changed."]);
  expect(live.set.undoSteps).toBe(1);
});

test("a clip that was created meanwhile", async () => {
  const live = busy(
    ({ set }) => set.makeClip({ startTime: 66, endTime: 70 }, (id) => set.track(LEAD).clips.push(id)),
    { answer: () => null },
  );
  await live.select("Fill selected time", 64, 72, [LEAD]);
  expect(live.dialogs[0]?.text).toMatch(/There is a clip in the selected time/);
  expect(live.set.undoSteps).toBe(1);
});
