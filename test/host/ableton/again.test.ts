/**
 * Ableton: another candidate of the last fill, kept notes, and reports to the daemon about the musician's choice.
 */
import { expect, test } from "vitest";
import { daemonForAll, requests, toldOf } from "./support/daemon.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { arrangement, BASS, LEAD, LEAD_CLIP, session } from "./support/sets.ts";
import { storageWith } from "./support/settings.ts";

const daemon = daemonForAll();

function open(options: Partial<LiveOptions> = {}): FakeLive {
  return new FakeLive({
    set: arrangement(),
    env: daemon.env,
    storage: storageWith({ candidates: 3 }),
    ...options,
  });
}

const fill = (live: FakeLive) => live.select("Fill selected time", 16, 24, [LEAD]);
const again = (live: FakeLive) => live.select("Fill selected time again", 16, 24, [LEAD]);
const inRegion = (live: FakeLive) =>
  live.notes(LEAD_CLIP).filter(({ startTime }) => startTime >= 16 && startTime < 24);

test("the next candidates come without asking, each an undo step; then the daemon is asked again", async () => {
  const live = open();
  const before = structuredClone(live.set.state);
  const asked = (await requests(daemon)).length;
  const seen = [inRegion(live)];
  await fill(live);
  seen.push(inRegion(live));
  for (let candidate = 2; candidate <= 3; candidate++) {
    await again(live);
    seen.push(inRegion(live));
  }
  expect((await requests(daemon)).length).toBe(asked + 1);
  expect(live.progress).toHaveLength(1);
  await again(live);
  seen.push(inRegion(live));
  const [second, first] = await requests(daemon);
  expect((await requests(daemon)).length).toBe(asked + 2);
  expect(second?.sampling?.seed).not.toBe(first?.sampling?.seed);
  expect({ ...second, sampling: {} }).toEqual({ ...first, sampling: {} });
  expect(new Set(seen.map((notes) => JSON.stringify(notes))).size).toBe(5);
  const outside = live.notes(LEAD_CLIP).filter(({ startTime }) => startTime < 16 || startTime >= 24);
  expect(outside).toEqual(
    before.clips[LEAD_CLIP]?.notes.filter((note) => note.startTime < 16 || note.startTime >= 24),
  );
  for (const notes of [...seen].reverse().slice(1)) {
    live.set.undo();
    expect(inRegion(live)).toEqual(notes);
  }
  expect(live.set.state).toEqual(before);
  expect(live.dialogs).toEqual([]);
});

test("after an undo, the next candidate starts from the old notes, unasked", async () => {
  const live = open();
  await fill(live);
  const first = inRegion(live);
  live.set.undo();
  await again(live);
  expect(inRegion(live)).not.toEqual(first);
  expect(live.dialogs).toEqual([]);
  expect(live.set.undoSteps).toBe(1);
});

test("vary again varies the old notes, not the varied ones", async () => {
  const live = open({ storage: storageWith({ candidates: 1 }) });
  await live.select("Vary selected time", 16, 24, [LEAD]);
  await again(live);
  const [second, first] = await requests(daemon);
  expect(second?.mode).toBe("vary");
  expect(second?.tracks).toEqual(first?.tracks);
});

test("notes that were changed since are replaced only if the musician agrees", async () => {
  const answers = [null, {}];
  const live = open({ answer: () => answers.shift() });
  await fill(live);
  const filled = live.notes(LEAD_CLIP);
  const own = { pitch: 1, startTime: 17, duration: 0.25, velocity: 1 };
  live.set.setNotes(LEAD_CLIP, [...filled, own]);
  await again(live);
  expect(live.dialogs[0]?.text).toMatch(/were changed since the last fill/);
  expect(live.notes(LEAD_CLIP)).toEqual([...filled, own]);
  await again(live);
  expect(live.dialogs).toHaveLength(2);
  expect(live.notes(LEAD_CLIP)).not.toContainEqual(own);
  expect(inRegion(live)).not.toEqual(filled.filter(({ startTime }) => startTime >= 16 && startTime < 24));
});

test("selecting a note is not a change", async () => {
  const live = open();
  await fill(live);
  live.set.setNotes(
    LEAD_CLIP,
    live.notes(LEAD_CLIP).map((note) => ({ ...note, selected: true })),
  );
  await again(live);
  expect(live.dialogs).toEqual([]);
});

test("other time than that of the last fill is filled as ever", async () => {
  const live = open();
  await fill(live);
  await live.select("Fill selected time again", 16, 28, [LEAD]);
  expect(live.progress).toHaveLength(2);
  expect((await requests(daemon))[0]?.region.endTick).toBe(28 * 960);
});

test("on the clip itself, again means the last fill in it", async () => {
  const live = open();
  await fill(live);
  await live.clickClip("Fill clip again", LEAD_CLIP);
  expect(live.progress).toHaveLength(1);
  expect(live.set.undoSteps).toBe(2);
});

test("a clip made for a fill takes the next candidate too", async () => {
  const live = open();
  await live.select("Fill selected time", 64, 72, [LEAD]);
  await live.select("Fill selected time again", 64, 72, [LEAD]);
  expect(live.progress).toHaveLength(1);
  expect(live.set.undoSteps).toBe(3);
});

test("kept notes stay in later fills and their candidates, until they are let go", async () => {
  const live = open();
  await live.select("Keep these notes", 16, 18, [LEAD]);
  expect(live.hints[0]).toMatch(/^Continuo: 4 notes of "Lead" will stay/);
  const kept = inRegion(live).slice(0, 4);
  await fill(live);
  expect(live.progress[0]?.title).toBe('Continuo fills "Lead", keeping 4 notes');
  expect(inRegion(live)).toEqual(expect.arrayContaining(kept));
  expect((await requests(daemon))[0]?.lockedNotes?.map(({ startTick }) => startTick / 960)).toEqual([
    16, 16.5, 17, 17.5,
  ]);
  await again(live);
  expect(inRegion(live)).toEqual(expect.arrayContaining(kept));
  live.set.undo();
  live.set.undo();
  await live.select("Keep these notes", 16, 18, [LEAD]);
  expect(live.hints[1]).toMatch(/^Continuo: 4 notes of "Lead" may be replaced again/);
  expect([live.dialogs, live.errors]).toEqual([[], []]);
  await fill(live);
  expect((await requests(daemon))[0]?.lockedNotes).toEqual([]);
});

test("selected notes are kept; a message says if there are none", async () => {
  const set = session();
  const lead = set.clips[LEAD_CLIP];
  if (lead !== undefined) {
    lead.notes = lead.notes.map((note, index) => (index === 5 ? { ...note, selected: true } : note));
  }
  const live = open({ set, answer: () => null });
  await live.clickClip("Keep the clip's notes", LEAD_CLIP);
  expect(live.hints[0]).toMatch(/^Continuo: 1 note of "melody" will stay/);
  await live.clickClip("Fill clip", LEAD_CLIP);
  expect((await requests(daemon))[0]?.lockedNotes?.map(({ startTick }) => startTick / 960)).toEqual([2.5]);
  expect(live.set.undoSteps).toBe(1);
  live.set.setNotes(LEAD_CLIP, []);
  await live.clickClip("Keep the clip's notes", LEAD_CLIP);
  expect(live.dialogs[0]?.text).toMatch(/no notes to keep/);
});

test("going on keeps the candidate in place; undoing it keeps none", async () => {
  const live = open();
  await fill(live);
  await again(live);
  const counts = { accept: (await entries("accept")).length, reject: (await entries("reject")).length };
  await live.select("Fill selected time", 32, 36, [BASS]);
  const accepted = await toldOf(daemon.home, "accept", counts.accept + 1);
  expect(accepted.at(-1)).toMatchObject({ candidate: 1 });
  live.set.undo();
  await live.select("Fill selected time", 40, 44, [LEAD]);
  await toldOf(daemon.home, "reject", counts.reject + 1);
  expect((await entries("accept")).length).toBe(counts.accept + 1);
});

const entries = (type: string) => toldOf(daemon.home, type, 0);
