/**
 * Ableton: selected time and clips, sent from Live to the piano roll and back.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AnswerNote, FillResult, OneTrackRequest } from "../../../bridge/client/generated/protocol.ts";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { until } from "../../e2e/support/wait.ts";
import { startDesk } from "../support/musician.ts";
import { FakeLive, type LiveOptions } from "./support/live.ts";
import { Refusal, resultFor, SILENCE, scriptedDaemon } from "./support/scripted-daemon.ts";
import { arrangement, BASS, eighths, LEAD, LEAD_CLIP, session } from "./support/sets.ts";

const ADDRESS = "http://127.0.0.1:9/page#ticket";
const WAITING = "Waiting for the piano roll... (Cancel gives up)";
const SELECTED = "Fill selected time in the roll…";
const job = JSON.parse(readFileSync("test/contract/fill-start.json", "utf8")).result;
const cancelled = {
  ...job,
  state: "cancelled",
  error: { code: "CANCELLED", message: "it was cancelled", data: {}, retryable: false },
};

type Back = (sent: AnswerNote[], request: OneTrackRequest) => Partial<AnswerNote>[];

/** A daemon in whose piano roll the musician makes this of the notes, or gives them back, or never ends. */
async function open(back: Back | "given back" | "never", options: Partial<LiveOptions> = {}) {
  let request: OneTrackRequest | undefined;
  let asked = 0;
  const daemon = await scriptedDaemon({
    answer: (method, params) => {
      if (method === "fill/start" && params.request) return resultFor(params.request, [[{ pitch: 99 }]]);
      if (method === "roll/ask") {
        request = params.request;
        return { ...job, state: "running", url: ADDRESS };
      }
      if (method !== "fill/get" || request === undefined) return undefined;
      if (back === "never") return SILENCE;
      asked += 1;
      if (asked < 3) return { ...job, state: "running" };
      if (back === "given back") return cancelled;
      const { region } = request;
      const sent = (request.tracks.find(({ id }) => id === region.trackId)?.notes ?? [])
        .filter(({ startTick }) => startTick >= region.startTick && startTick < region.endTick)
        .map(({ channel = 0, ...note }) => ({ ...note, channel }));
      const result: FillResult = resultFor(request, [back(sent, request)]);
      return { ...job, state: "done", fraction: 1, result };
    },
  });
  const live = new FakeLive({ set: arrangement(), env: daemon.env, ...options });
  const ask = () => daemon.calls.find(({ method }) => method === "roll/ask")?.params;
  return { daemon, live, ask };
}

test("notes come back as one undo step; those that are the same keep all that Live knows of them", async () => {
  const added = { durationTicks: 120, pitch: 90, velocity: 33 };
  const { live, ask, daemon } = await open((sent, { region }) => [
    ...sent.slice(1),
    { ...added, startTick: region.startTick + 240 },
  ]);
  const before = structuredClone(live.set.state);
  await live.select(SELECTED, 16, 24, [LEAD]);
  expect(live.dialogs).toEqual([]);
  const old = before.clips[LEAD_CLIP]?.notes ?? [];
  const kept = old.filter(({ startTime }) => startTime !== 16);
  expect(live.notes(LEAD_CLIP)).toHaveLength(old.length);
  expect(live.notes(LEAD_CLIP)).toEqual(expect.arrayContaining(kept));
  expect(live.notes(LEAD_CLIP)).toContainEqual({
    pitch: 90,
    startTime: 16.25,
    duration: 0.125,
    velocity: 33,
  });
  expect(live.set.undoSteps).toBe(1);
  live.set.undo();
  expect(live.set.state).toEqual(before);
  const request = fillRequestSchema.parse(ask()?.request);
  expect([ask()?.title, request.mode, request.deadlineMs]).toEqual(["Lead", "fill", undefined]);
  expect(live.progress[0]?.texts).toEqual(["Opening the piano roll", `${WAITING}\nNo browser? ${ADDRESS}`]);
  expect(daemon.calls.some(({ method }) => method === "fill/accept")).toBe(false);
});

test("fill again then asks for a fill of what came back", async () => {
  const { live, daemon } = await open((sent, { region }) => [
    ...sent,
    { startTick: region.startTick + 480, pitch: 50 },
  ]);
  await live.select("Fill selected time", 16, 24, [LEAD]);
  await live.select(SELECTED, 16, 24, [LEAD]);
  await live.select("Fill selected time again", 16, 24, [LEAD]);
  const [, again] = daemon.fills();
  const track = again?.tracks.find(({ id }) => id === again.region.trackId);
  const inside = track?.notes.filter(
    ({ startTick }) =>
      startTick >= (again?.region.startTick ?? 0) && startTick < (again?.region.endTick ?? 0),
  );
  // What the fill before the roll had made, and what the roll added.
  expect(inside?.map(({ pitch }) => pitch)).toEqual([99, 50]);
  expect(live.dialogs).toEqual([]);
  const told = daemon.calls.map(({ method }) => method).filter((method) => /accept|reject/.test(method));
  expect(told).toEqual(["fill/accept"]);
});

test("of several lanes the first is opened, and said", async () => {
  const { live, daemon } = await open((sent) => sent);
  await live.select(SELECTED, 16, 24, [LEAD, BASS]);
  expect(live.progress).toHaveLength(1);
  expect(live.progress[0]?.texts.at(-1)).toContain("Waiting for the piano roll (first of 2)...");
  expect(daemon.calls.filter(({ method }) => method === "roll/ask")).toHaveLength(1);
  expect([live.set.undoSteps, live.dialogs]).toEqual([0, []]);
});

test("an empty slot gets a clip when notes come back, and none before", async () => {
  const { live } = await open((_, { region }) => [{ startTick: region.startTick, pitch: 64 }], {
    set: session(),
  });
  const clips = Object.keys(live.set.state.clips).length;
  await live.clickSlot("Fill slot in the roll…", LEAD, 1);
  const [made] = Object.entries(live.set.state.clips).slice(clips);
  expect(made?.[1].notes.map(({ pitch, startTime }) => [pitch, startTime])).toEqual([[64, 0]]);
});

test("given back as they were, or cancelled here, nothing is written", async () => {
  const back = await open("given back");
  await back.live.clickClip("Fill clip in the roll…", LEAD_CLIP);
  expect([back.live.dialogs, back.live.hints]).toEqual([
    [],
    ["Continuo: The piano roll returned the notes unchanged. Nothing was changed."],
  ]);
  expect(back.live.set.undoSteps).toBe(0);

  const cancelled = await open("never", { onProgress: ({ texts, cancel }) => texts.length > 1 && cancel() });
  await cancelled.live.select(SELECTED, 16, 24, [LEAD]);
  expect([cancelled.live.dialogs, cancelled.live.set.undoSteps]).toEqual([[], 0]);
  await until("the daemon's hearing of it", () =>
    cancelled.daemon.calls.some(({ method }) => method === "fill/cancel"),
  );
});

test.each([true, false])("notes that changed meanwhile are replaced only if asked: %s", async (agrees) => {
  const own = { pitch: 1, startTime: 17, duration: 0.25, velocity: 1 };
  const { live } = await open((sent) => sent.slice(1), {
    answer: () => (agrees ? {} : null),
    onProgress: ({ texts }) => {
      if (texts.length === 2) live.set.setNotes(LEAD_CLIP, [...eighths(64, 60), own]);
    },
  });
  await live.select(SELECTED, 16, 24, [LEAD]);
  expect(live.dialogs[0]?.text).toMatch(/were changed meanwhile/);
  expect(live.notes(LEAD_CLIP).some(({ pitch }) => pitch === 1)).toBe(!agrees);
  expect(live.notes(LEAD_CLIP).some(({ startTime }) => startTime === 16)).toBe(!agrees);
});

test("what the daemon refuses is told in its words", async () => {
  const daemon = await scriptedDaemon({
    answer: (method) => (method === "roll/ask" ? new Refusal("ROLL_TOO_LARGE", "too many notes") : undefined),
  });
  const live = new FakeLive({ set: arrangement(), env: daemon.env, answer: () => null });
  await live.select(SELECTED, 16, 24, [LEAD]);
  expect(live.dialogs[0]?.text).toBe("Too many notes. [ROLL_TOO_LARGE] Nothing was changed.");
});

test("from the real daemon, and given up there when Live's dialog is cancelled", async () => {
  const desk = await startDesk();
  const env = { ...process.env, CONTINUO_HOME: desk.daemon.home };
  const live = new FakeLive({ set: arrangement(), env });
  const pressed = live.select(SELECTED, 16, 24, [LEAD]);
  const asked = await desk.asked();
  expect([asked.title, asked.host, asked.notes.length]).toEqual(["Lead", "ableton", 16]);
  await asked.change(asked.notes.slice(0, 1), []);
  await asked.sendBack();
  await pressed;
  expect(live.notes(LEAD_CLIP)).toHaveLength(127);
  expect(live.notes(LEAD_CLIP).some(({ startTime }) => startTime === 16)).toBe(false);
  expect([live.dialogs, live.set.undoSteps]).toEqual([[], 1]);

  let cancel = () => {};
  const next = new FakeLive({
    set: arrangement(),
    env,
    onProgress: (progress) => {
      cancel = () => progress.cancel();
    },
  });
  const again = next.select(SELECTED, 16, 24, [LEAD]);
  await desk.asked();
  cancel();
  await again;
  await until("nobody who waits", async () => (await desk.waiting()) === 0);
  expect(next.set.undoSteps).toBe(0);
});
