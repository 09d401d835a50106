/**
 * Bitwig: bars that are sent to the piano roll and come back.
 */
import { expect, test } from "vitest";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { until } from "../../e2e/support/wait.ts";
import { startDesk } from "../support/musician.ts";
import { Bitwig, onEachEngine } from "./support/bitwig.ts";
import { eighths, inPlace, present, setBars, shape, within } from "./support/music.ts";
import { pretend } from "./support/pretended.ts";
import { Project } from "./support/project.ts";

const ROLL = "Fill in the roll...";
const ADDRESS = "http://127.0.0.1:9/page#ticket";
/** A muted note, and one that sounds into the bars: both stay what they are. */
const NOTES = [
  ...eighths(0, 32).filter(({ start }) => start !== 15.5),
  { start: 15.5, duration: 0.51, pitch: 60, velocity: 0.5 },
  { start: 17.25, duration: 0.25, pitch: 84, velocity: 0.5, isMuted: true },
];

interface Answer {
  startTick: number;
  durationTicks: number;
  pitch: number;
  velocity: number;
  channel: number;
}

/** Bar 5 of a clip, in whose piano roll the musician is at work until `end` or `give`. */
async function open() {
  const project = new Project();
  const clip = project.addLauncherClip({ length: 32, notes: NOTES });
  const job = (state: string, notes: Answer[] = []) => ({
    jobId: "a",
    state,
    error: state === "cancelled" ? { code: "CANCELLED", message: "it was cancelled" } : null,
    result:
      state === "done" ? { seed: 1, removed: [], candidates: [{ seed: 1, notes }], warnings: [] } : null,
  });
  let now: object = job("running");
  const port = await pretend((method, id) => [
    { id, result: method === "roll/ask" ? { ...job("running"), url: ADDRESS } : now },
  ]);
  const preferences = { "TCP port": port, "Token (continuo token)": "x" };
  const change = (script: string) => script.replace("var ASK_SECONDS = 15;", "var ASK_SECONDS = 1;");
  const bitwig = new Bitwig({ project, preferences, change });
  inPlace(bitwig);
  setBars(bitwig, 5, 5);
  await bitwig.seen();
  bitwig.press(ROLL);
  await bitwig.said(/Waiting for the piano roll/);
  const [ask] = bitwig.requests("roll/ask");
  const request = fillRequestSchema.parse(ask?.request);
  return {
    bitwig,
    clip,
    title: ask?.title,
    request,
    /** What the roll has of the bar. */
    sent: (request.tracks[0]?.notes ?? []).filter(({ startTick }) => startTick >= 768 && startTick < 960),
    give: (notes: Answer[]) => {
      now = job("done", notes);
    },
    end: () => {
      now = job("cancelled");
    },
  };
}

onEachEngine(() => {
  test("notes come back; those that are the same are not touched, nor what is not shown", async () => {
    const { bitwig, clip, title, request, sent, give } = await open();
    expect(bitwig.popups.at(-1)).toBe(
      `Continuo: Waiting for the piano roll... (Cancel gives up) No browser? ${ADDRESS}`,
    );
    expect([title, request.mode, request.lockedNotes]).toEqual(["Lead, bar 5", "fill", []]);
    expect(sent).toHaveLength(8);
    const before = structuredClone(clip.notes);
    const added = { startTick: 800, durationTicks: 20, pitch: 90, velocity: 33, channel: 2 };
    // One note went, one came, and one lies over the muted note.
    give([
      ...sent.slice(0, -1),
      added,
      { ...added, startTick: 17 * 48, pitch: 84, durationTicks: 48, channel: 0 },
    ]);
    const said = await bitwig.said(/Written from the piano roll/);
    expect(said).toBe("Continuo: Written from the piano roll: bar 5.");
    const gone = present(within(before, 16, 20).find(({ start }) => start === 19.5));
    expect(shape(clip.notes)).toEqual(
      [...shape(before.filter((note) => note !== gone)), "800 90 2 20 33"].sort(
        (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
      ),
    );
    expect(clip.notes.filter(({ chance }) => chance === 0.25)).toHaveLength(
      before.filter(({ chance }) => chance === 0.25).length - 1,
    );
    expect(clip.history).toHaveLength(2);
    expect(bitwig.errors).toEqual([]);
  });

  test("then another fill starts from what came back, and nothing is told of candidates", async () => {
    const { bitwig, sent, give } = await open();
    give(sent.slice(0, 3));
    await bitwig.said(/Written from the piano roll/);
    await bitwig.finish("Fill again", /Filled bar 5/);
    const [start] = bitwig.requests("fill/start");
    const again = fillRequestSchema.parse(start?.request);
    expect(again.mode).toBe("fill");
    const heard = again.tracks[0]?.notes.filter(
      ({ startTick, pitch }) => startTick >= 768 && startTick < 960 && pitch !== 84,
    );
    expect(heard).toEqual(sent.slice(0, 3));
    expect([...bitwig.requests("fill/accept"), ...bitwig.requests("fill/reject")]).toEqual([]);
  });

  test("all notes of the bars may go", async () => {
    const { bitwig, clip, give } = await open();
    give([]);
    await bitwig.said(/Written from the piano roll/);
    expect(within(clip.notes, 16, 20).map(({ isMuted }) => isMuted)).toEqual([true]);
  });

  test("given back as they were, or cancelled here, nothing is written", async () => {
    const back = await open();
    back.end();
    expect(await back.bitwig.said(/returned the bars unchanged/)).toMatch(/Nothing was changed/);
    expect(back.clip.history).toEqual([]);

    const cancelled = await open();
    await cancelled.bitwig.finish("Cancel", /Cancelled/);
    await until("the daemon's hearing of it", () => cancelled.bitwig.requests("fill/cancel")[0]);
    expect(cancelled.clip.history).toEqual([]);
  });

  test("from the real daemon", async () => {
    const desk = await startDesk();
    const project = new Project();
    const clip = project.addLauncherClip({ length: 32, notes: NOTES });
    const bitwig = new Bitwig({ project, home: desk.daemon.home });
    inPlace(bitwig);
    setBars(bitwig, 5, 5);
    await bitwig.seen();
    bitwig.press(ROLL);
    const asked = await desk.asked();
    expect([asked.title, asked.host, asked.notes.length]).toEqual(["Lead, bar 5", "bitwig", 8]);
    const note = { startTick: 800, durationTicks: 20, pitch: 90, velocity: 33, channel: 2 };
    await asked.change(asked.notes.slice(1), [note]);
    await asked.sendBack();
    await bitwig.said(/Written from the piano roll: bar 5\./);
    expect(shape(within(clip.notes, 16, 20).filter(({ isMuted }) => !isMuted))).toEqual([
      "768 60 0 24 70",
      "800 90 2 20 33",
    ]);
    expect([bitwig.errors, desk.opened().length]).toEqual([[], 1]);
  });
});
