/**
 * Ardour: bars that are sent to the piano roll and come back, in a real session without a window.
 */
import { expect } from "vitest";
import { startDesk } from "../support/musician.ts";
import { testArdour } from "./support/ardour.ts";
import { byTime, type FullNote, play, playOne, readBack } from "./support/headless.ts";
import { doneJob, openedRoll, type PuppetNote, runningJob, startPuppet } from "./support/puppet.ts";
import { makeSession } from "./support/session.ts";
import { melody } from "./support/songs.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";

const BARS = { range: [2 * BAR, 4 * BAR] as [number, number], tracks: ["Lead"], show: ["Lead-1"] };
const isInside = ([start]: readonly [number, ...unknown[]]) => start >= 2 * BAR && start < 4 * BAR;
/** Notes with release velocities of their own: those that did not change must keep them. */
const OLD = melody(8).map(
  (note, index): SourceNote => [note[0], note[1], note[2], note[3], 0, 20 + (index % 9)],
);
const full = (notes: SourceNote[]): FullNote[] =>
  notes.map(([start, duration, pitch, velocity, channel = 0, off = 64]) => [
    start,
    duration,
    pitch,
    velocity,
    channel,
    off,
  ]);
const session = () =>
  makeSession({
    tracks: [{ name: "Lead", regions: [{ name: "Lead-1", position: 0, length: 8 * BAR, notes: OLD }] }],
  });
/** What the musician makes of the bars: one note goes, one comes. */
const [gone, ...stayed] = OLD.filter(isInside).map(
  ([start, duration, pitch, velocity]): PuppetNote => [start, duration, pitch, velocity],
);
const NEW: PuppetNote = [2 * BAR + QUARTER / 3, QUARTER / 2, 99, 45];

testArdour("notes come back as one step; those that are the same are not touched", async () => {
  const puppet = startPuppet(({ method }, count) => {
    if (method === "roll/ask") return openedRoll;
    if (method === "fill/get") return count < 3 ? runningJob : doneJob([[...stayed, NEW]]);
    return undefined;
  });
  const made = await session();
  const result = await playOne(made, puppet.home, { action: "roll", ...BARS });
  expect(result.messages).toEqual([]);
  const expected = full(OLD)
    .filter(([start, , pitch]) => start !== gone?.[0] || pitch !== gone[2])
    .concat([[...NEW, 0, 64]])
    .sort(byTime);
  expect(result.notes["Lead-1"]?.sort(byTime)).toEqual(expected);
  expect(await readBack(made)).toEqual({ "Lead-1": expected });
  const [asked] = puppet.asked.filter(({ method }) => method === "roll/ask");
  expect(asked?.params.title).toBe("Lead, bars 3-4");
  expect(asked?.params.request?.tracks[0]?.notes).toHaveLength(OLD.length);
  expect(puppet.asked.filter(({ method }) => method === "fill/get")).toHaveLength(3);
  expect(result.texts).toContain(
    "Waiting for the piano roll... (Cancel gives up)\nNo browser? http://127.0.0.1:9/page#ticket",
  );
});

testArdour("the musician may give the bars back, or give up in Ardour", async () => {
  const cancelled = "job job-1 cancelled\nprogress 0.000 0 0 0\nerror CANCELLED it was cancelled\nEND\n";
  const puppet = startPuppet(({ method }, count) => {
    if (method === "roll/ask") return openedRoll;
    if (method === "fill/cancel") return cancelled;
    if (method === "fill/get") return count === 1 ? cancelled : runningJob;
    return undefined;
  });
  const made = await session();
  const [back, cancel, again] = await play(made, puppet.home, [
    { action: "roll", ...BARS },
    { action: "roll", ...BARS, cancel: 30 },
    { action: "roll", ...BARS, second: 30, answer: "yes" },
  ]);
  const given = "Continuo: The piano roll returned the bars unchanged. Nothing was changed.";
  expect(back).toMatchObject({ messages: [], hints: [given] });
  expect(cancel).toMatchObject({ messages: [], hints: ["Continuo: Cancelled. Nothing was changed."] });
  // The window may be closed; then another key asks.
  expect(again).toMatchObject({
    questions: ["The piano roll in your browser still has a region. Give it up?"],
    hints: ["Continuo: Cancelled. Nothing was changed."],
  });
  expect(puppet.asked.at(-1)).toMatchObject({ method: "fill/cancel", params: { jobId: "job-1" } });
  expect(await readBack(made)).toEqual({ "Lead-1": full(OLD) });
});

testArdour("with the real daemon, the browser opens and the musician's notes come back", async () => {
  const desk = await startDesk();
  const made = await session();
  const playing = playOne(made, desk.daemon.home, { action: "roll", ...BARS });
  const asked = await desk.asked();
  expect(asked.title).toBe("Lead, bars 3-4");
  expect(asked.host).toBe("ardour");
  expect(asked.notes).toEqual(
    OLD.filter(isInside).map(([startTick, durationTicks, pitch, velocity]) => ({
      ...{ startTick, durationTicks, pitch, velocity, channel: 0 },
    })),
  );
  const [startTick, durationTicks, pitch, velocity] = NEW;
  await asked.change(asked.notes.slice(0, 1), [{ startTick, durationTicks, pitch, velocity, channel: 0 }]);
  await asked.sendBack();
  const { messages } = await playing;
  expect(messages).toEqual([]);
  expect(await readBack(made)).toEqual({
    "Lead-1": full(OLD)
      .filter(([start, , of]) => start !== gone?.[0] || of !== gone[2])
      .concat([[...NEW, 0, 64]])
      .sort(byTime),
  });
  expect(desk.opened()).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//)]);

  const again = playOne(made, desk.daemon.home, { action: "roll", ...BARS });
  await (await desk.asked()).giveBack();
  expect((await again).hints).toEqual([
    "Continuo: The piano roll returned the bars unchanged. Nothing was changed.",
  ]);
});
