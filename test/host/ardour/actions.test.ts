/**
 * Ardour: what each action requests from the daemon and does with the answer, in a real session without a window.
 */
import { expect } from "vitest";
import { testArdour } from "./support/ardour.ts";
import { byTime, type FullNote, play, playOne, readBack } from "./support/headless.ts";
import { doneJob, orderOf, type PuppetNote, runningJob, startPuppet } from "./support/puppet.ts";
import { makeSession } from "./support/session.ts";
import { bass, melody } from "./support/songs.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";

const lead = (bars: number, position = 0) => ({
  name: "Lead",
  regions: [{ name: "Lead-1", position, length: bars * BAR, notes: melody(bars) }],
});
/** A candidate of one long note at a tick of the timeline. */
const one = (pitch: number, tick = 2 * BAR): PuppetNote[] => [[tick, QUARTER, pitch, 80]];
const full = (notes: SourceNote[]): FullNote[] =>
  notes.map(([start, duration, pitch, velocity, channel = 0, off = 64]) => [
    start,
    duration,
    pitch,
    velocity,
    channel,
    off,
  ]);
const outside = (notes: FullNote[], from: number, to: number) =>
  notes.filter(([start]) => start < from || start >= to);
const BARS_3_4: [number, number] = [2 * BAR, 4 * BAR];
const inBars34 = { range: BARS_3_4, tracks: ["Lead"], show: ["Lead-1"] };

testArdour(
  "the next candidate comes without the daemon while there are some, then by a new fill",
  async () => {
    const session = await makeSession({ tracks: [lead(8)] });
    const puppet = startPuppet(({ method }, count) => {
      if (method !== "fill/start") return undefined;
      return count === 1 ? doneJob([one(50), one(51)]) : doneJob([one(52)]);
    });
    const results = await play(session, puppet.home, [
      { action: "fill", ...inBars34 },
      { action: "fill_again", ...inBars34 },
      { action: "fill_again", ...inBars34 },
    ]);
    const rest = outside(full(melody(8)), ...BARS_3_4);
    const withNote = (pitch: number) => [...rest, [2 * BAR, QUARTER, pitch, 80, 0, 64]].sort(byTime);
    expect(results.map(({ notes }) => notes["Lead-1"]?.sort(byTime))).toEqual([
      withNote(50),
      withNote(51),
      withNote(52),
    ]);
    expect(puppet.requests()).toHaveLength(2);
    // The new fill starts from what stood there before the first.
    const sent = puppet
      .requests()
      .map(({ tracks }) => tracks[0]?.notes.map(({ startTick }) => startTick).sort((a, b) => a - b));
    expect(sent[1]).toEqual(sent[0]);
    expect(await readBack(session)).toEqual({ "Lead-1": withNote(52) });
  },
);

testArdour("modes, settings and kept notes are what the daemon is asked for", async () => {
  const session = await makeSession({ tracks: [lead(8)] });
  const removed = melody(8).flatMap(([start, duration, pitch, velocity]): PuppetNote[] =>
    start >= 3 * BAR && start < 4 * BAR ? [[start, duration, pitch, velocity]] : [],
  );
  const puppet = startPuppet(({ method }) =>
    method === "fill/start" ? doneJob([[]], "job-1", removed) : undefined,
  );
  const settings = {
    density: 7,
    lowest: 48,
    highest: 72,
    scale: "D dorian",
    rhythm: "keep",
    candidates: 3,
    amount: 0.25,
  };
  const results = await play(session, puppet.home, [
    { action: "continue", ...inBars34 },
    { action: "settings", settings },
    { action: "keep", range: [2 * BAR, 3 * BAR], tracks: ["Lead"] },
    { action: "vary", ...inBars34 },
  ]);
  const [first, second] = puppet.requests();
  expect(first).toMatchObject({
    mode: "continue",
    controls: {},
    sampling: { candidates: 4, temperature: 0.5 },
    lockedNotes: [],
  });
  expect(second).toMatchObject({
    mode: "vary",
    controls: { density: 7, pitchRange: [48, 72], scale: "D dorian", rhythm: "keep", amount: 0.25 },
    sampling: { candidates: 3 },
  });
  const kept = full(melody(8)).filter(([start]) => start >= 2 * BAR && start < 3 * BAR);
  expect(second?.lockedNotes?.map(({ startTick, pitch }) => [startTick, pitch])).toEqual(
    kept.map(([start, , pitch]) => [start, pitch]),
  );
  expect(results[2]?.messages).toEqual(["Later fills keep the 4 notes in bar 3."]);
  // The candidate has no notes, and those that make room are gone.
  expect(await readBack(session)).toEqual({
    "Lead-1": full(melody(8)).filter(([start]) => start < 3 * BAR || start >= 4 * BAR),
  });
});

testArdour(
  "what a session remembers is there in another run of Ardour, and in no other session",
  async () => {
    const session = await makeSession({ tracks: [lead(8)] });
    const other = await makeSession({ tracks: [lead(8)] });
    const puppet = startPuppet(({ method }) => (method === "fill/start" ? doneJob([one(50)]) : undefined));
    await play(session, puppet.home, [
      { action: "settings", settings: { density: 9 } },
      { action: "keep", range: [2 * BAR, 3 * BAR], tracks: ["Lead"] },
    ]);
    await play(session, puppet.home, [
      { action: "fill", ...inBars34 },
      { action: "keep", range: [2 * BAR + QUARTER, 3 * BAR], tracks: ["Lead"] },
      { action: "fill", ...inBars34 },
    ]);
    await play(other, puppet.home, [{ action: "fill", ...inBars34 }]);
    const asked = puppet
      .requests()
      .map(({ controls, lockedNotes }) => [controls?.density, lockedNotes?.length]);
    expect(asked).toEqual([
      [9, 4],
      [9, 1],
      [undefined, 0],
    ]);
  },
);

testArdour("a region that changed meanwhile is only written if the musician agrees", async () => {
  const meanwhile = {
    region: "Lead-1",
    note: [2 * BAR + 100, 200, 99, 33] as [number, number, number, number],
  };
  const slow = () =>
    startPuppet(({ method }, count) => {
      if (method === "fill/start") return runningJob;
      if (method === "fill/get") return count % 20 !== 0 ? runningJob : doneJob([one(50)]);
      return undefined;
    });
  const session = await makeSession({ tracks: [lead(8)] });
  const [no, yes] = await play(session, slow().home, [
    { action: "fill", ...inBars34, meanwhile, answer: "no" },
    {
      action: "fill",
      ...inBars34,
      meanwhile: { ...meanwhile, note: [2 * BAR + 300, 200, 98, 33] },
      answer: "yes",
    },
  ]);
  const question = "The notes in bars 3-4 were changed meanwhile. Replace them by the new ones?";
  expect(no).toMatchObject({
    questions: [question],
    messages: [],
    hints: ["Continuo: Nothing was changed."],
  });
  expect(no?.notes["Lead-1"]?.sort(byTime)).toEqual(
    [...full(melody(8)), [2 * BAR + 100, 200, 99, 33, 0, 64]].sort(byTime),
  );
  expect(yes).toMatchObject({ questions: [question], messages: [], hints: [] });
  expect(await readBack(session)).toEqual({
    "Lead-1": [...outside(full(melody(8)), ...BARS_3_4), [2 * BAR, QUARTER, 50, 80, 0, 64]].sort(byTime),
  });
});

testArdour("who cancels keeps the old notes, and the daemon is told", async () => {
  const session = await makeSession({ tracks: [lead(8)] });
  const puppet = startPuppet(({ method }) => (method === "status" ? undefined : runningJob));
  const result = await playOne(session, puppet.home, { action: "fill", ...inBars34, cancelFrom: 0.25 });
  expect(result).toMatchObject({ messages: [], hints: ["Continuo: Cancelled. Nothing was changed."] });
  expect(puppet.asked.at(-1)).toMatchObject({ method: "fill/cancel", params: { jobId: "job-1" } });
  expect(await readBack(session)).toEqual({ "Lead-1": full(melody(8)) });
});

testArdour(
  "several regions are several fills in the order of a band, a linked copy is not filled separately",
  async () => {
    const copy = { name: "Lead-copy", position: 8 * BAR, length: 4 * BAR, notes: [], linkedTo: "Lead-1" };
    const session = await makeSession({
      tracks: [
        { name: "Lead", regions: [...lead(4).regions, copy] },
        { name: "Bass", regions: [{ name: "Bass-1", position: 0, length: 4 * BAR, notes: bass(4) }] },
      ],
    });
    const puppet = startPuppet((asked, count) => {
      const { method, params } = asked;
      if (method === "fill/order") return orderOf(asked, ["Bass", "Lead"]);
      if (method === "fill/start") return doneJob([one(40 + count, params.request?.region.startTick)]);
      return method === "fill/accept" ? "json {}\nEND\n" : undefined;
    });
    const result = await playOne(session, puppet.home, {
      action: "fill",
      regions: ["Lead-1", "Lead-copy", "Bass-1"],
    });
    expect(result.messages).toEqual([]);
    expect(puppet.requests()).toHaveLength(2);
    const note = (pitch: number) => [[0, QUARTER, pitch, 80, 0, 64]];
    expect(await readBack(session)).toEqual({
      "Lead-1": note(42),
      "Lead-copy": note(42),
      "Bass-1": note(41),
    });
  },
);

testArdour(
  "several regions are written when all have their notes, each made to suit those before it",
  async () => {
    const session = await makeSession({
      tracks: [
        lead(4),
        { name: "Bass", regions: [{ name: "Bass-1", position: 0, length: 4 * BAR, notes: [] }] },
      ],
    });
    const puppet = startPuppet(({ method }, count) => {
      if (method === "fill/start") return count % 2 === 1 ? doneJob([one(40 + count, BAR)]) : runningJob;
      if (method === "fill/get") return count < 100 ? runningJob : doneJob([one(50, 2 * BAR)]);
      return undefined;
    });
    const both = { action: "fill" as const, regions: ["Lead-1", "Bass-1"], show: ["Lead-1", "Bass-1"] };
    const [given, filled] = await play(session, puppet.home, [{ ...both, cancel: 20 }, both]);
    expect(given?.hints).toEqual(["Continuo: Cancelled. Nothing was changed."]);
    expect(given?.notes).toEqual({ "Lead-1": full(melody(4)), "Bass-1": [] });
    expect(filled?.notes).toEqual({
      "Lead-1": [[BAR, QUARTER, 43, 80, 0, 64]],
      "Bass-1": [[2 * BAR, QUARTER, 50, 80, 0, 64]],
    });
    const second = puppet.requests()[3];
    expect(second?.tracks.find(({ name }) => name === "Lead")?.notes).toMatchObject([
      { startTick: BAR, pitch: 43 },
    ]);
  },
);

testArdour("what the daemon remarks goes into the log, and opens nothing", async () => {
  const session = await makeSession({ tracks: [lead(8)] });
  const remark = "candidates like those that you kept before come first";
  const puppet = startPuppet(({ method }) =>
    method === "fill/start"
      ? doneJob([one(50)]).replace("END", `warning RERANKED ${remark}\nwarning RERANKED ${remark}\nEND`)
      : undefined,
  );
  const result = await playOne(session, puppet.home, { action: "fill", ...inBars34 });
  expect(result).toMatchObject({ messages: [], questions: [], hints: [`Continuo: ${remark}`] });
});

testArdour("notes of a fill are taken where the session rejects notes that overlap others", async () => {
  const session = await makeSession({ tracks: [lead(8)], overlaps: "InsertMergeReject" });
  const puppet = startPuppet(({ method }) =>
    method === "fill/start"
      ? doneJob([
          melody(8)
            .slice(8, 16)
            .map(([start, , pitch]) => [start, QUARTER, pitch, 9]),
        ])
      : undefined,
  );
  await playOne(session, puppet.home, { action: "fill", ...inBars34 });
  const after = (await readBack(session))["Lead-1"]?.filter(([start]) => start >= 2 * BAR && start < 4 * BAR);
  expect(after).toEqual(
    melody(8)
      .slice(8, 16)
      .map(([start, , pitch]) => [start, QUARTER, pitch, 9, 0, 64]),
  );
});

testArdour("nothing selected is said, not done", async () => {
  const session = await makeSession({ tracks: [lead(2)] });
  const puppet = startPuppet(() => undefined);
  const results = await play(session, puppet.home, [
    { action: "fill" },
    { action: "fill", range: [10 * BAR, 12 * BAR], tracks: ["Lead"] },
  ]);
  expect(results.flatMap(({ messages }) => messages)).toEqual([
    "Nothing is selected: select MIDI regions, or a range on tracks that have some.",
    "There is no MIDI region in the selected range of the selected tracks.",
  ]);
  expect(puppet.asked).toEqual([]);
});
