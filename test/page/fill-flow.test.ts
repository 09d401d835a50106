/**
 * A fill from the button to the song: what the editor shows meanwhile, and what the daemon is told.
 */
import { expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { editorState } from "../../page/editor/editor-state.ts";
import { fillCommands } from "../../page/fill/commands.ts";
import { fillOf } from "../../page/fill/fill.ts";
import {
  answerOf,
  BAR,
  candidate,
  ghostNotes,
  notesOf,
  openStore,
  plain,
  REGION,
  settle,
  songOf,
} from "./fill-support.ts";

const OLD = plain(2 * BAR, 60);
const [A, B] = [
  [plain(2 * BAR, 64), plain(3 * BAR, 65)],
  [plain(2 * BAR, 71), plain(3 * BAR, 72)],
] as const;

function never(): never {
  throw new Error("a roll is open");
}

function open() {
  const page = openStore(songOf([plain(0), OLD, plain(5 * BAR)]));
  const fill = fillOf(page.store);
  page.store.region.value = REGION;
  const last = () => {
    const asked = page.daemon.fills.at(-1);
    if (asked === undefined) throw new Error("nothing was asked for");
    return asked;
  };
  const run = (id: string) => {
    const command = fillCommands(page.store).find((one) => one.id === id);
    if (command?.isEnabled?.() ?? true) command?.run();
  };
  return { ...page, fill, last, run };
}

async function filled() {
  const page = open();
  page.run("fill.run");
  page.last().end(answerOf([OLD], [...A], [...B]));
  await settle();
  return page;
}

const progress = (notes: readonly ReturnType<typeof plain>[]) => ({
  jobId: "job 1",
  fraction: 0.5,
  noteCount: notes.length,
  notes: [...notes],
  finished: 0,
});

test("notes are shown as they come, candidates as they are complete, and then the best is offered", async () => {
  const { store, fill, last, run } = open();
  run("fill.run");
  expect(store.ghosts.value).toMatchObject({ notes: [], isGrowing: true });
  expect(store.ghosts.value?.hidden.size).toBe(1);
  last().options.onProgress?.(progress(A.slice(0, 1)));
  const [first] = store.ghosts.value?.notes ?? [];
  last().options.onProgress?.(progress(A));
  expect(store.ghosts.value?.notes[0]).toBe(first);
  expect(ghostNotes(store)).toEqual(A);
  last().options.onCandidate?.(candidate(A, 0), 0);
  last().options.onCandidate?.(candidate(B, 1), 1);
  run("fill.next");
  expect(ghostNotes(store)).toEqual(B);
  last().end({ ...answerOf([OLD]), candidates: [candidate(B, 1), candidate(A, 0)] });
  await settle();
  expect(store.ghosts.value?.isGrowing).toBe(false);
  expect([fill.candidates.picked.value, ghostNotes(store)]).toEqual([0, B]);
  expect(notesOf(store.song.value)).toEqual([plain(0), OLD, plain(5 * BAR)]);
});

test("accepted is one step of the history with its bars and letter, and the daemon hears of it once", async () => {
  const { store, daemon, run } = await filled();
  run("fill.next");
  run("fill.accept");
  expect(store.history.steps.value.map(({ label }) => label)).toEqual(["Fill bars 3-4 (B)"]);
  expect(notesOf(store.song.value)).toEqual([plain(0), ...B, plain(5 * BAR)]);
  expect(store.ghosts.value).toBeUndefined();
  store.history.undo();
  expect(notesOf(store.song.value)).toEqual([plain(0), OLD, plain(5 * BAR)]);
  expect(ghostNotes(store)).toEqual(B);
  run("fill.accept");
  expect(daemon.told()).toEqual([{ method: "fill/accept", params: { jobId: "job 1", candidate: 1 } }]);
});

test("what was taken and is then changed by hand is not offered again, until its card is pressed", async () => {
  const { store, fill, run } = await filled();
  run("fill.accept");
  const note = store.song.value.tracks[0]?.notes[1];
  if (note === undefined) throw new Error("the song has notes");
  store.history.do("Delete", [{ trackId: "own", removed: [note], added: [] }]);
  expect(store.ghosts.value).toBeUndefined();
  fill.choose(0);
  expect(ghostNotes(store)).toEqual(A.slice(0, 1));
});

test("a note that was taken alone stays where it is under another candidate", async () => {
  const { store, fill, run } = await filled();
  const note = store.ghosts.value?.notes[1];
  if (note === undefined) throw new Error("a note is offered");
  store.fill.acceptNote(note);
  expect(store.history.steps.value.at(-1)?.label).toBe("Fill one note (A)");
  expect(ghostNotes(store)).toEqual(A.slice(0, 1));
  fill.choose(1);
  run("fill.accept");
  expect(notesOf(store.song.value)).toEqual([plain(0), B[0], A[1], B[1], plain(5 * BAR)]);
});

test("cancelled, the song is as it was, and later answers are ignored", async () => {
  const { store, last, run } = open();
  run("fill.run");
  last().options.onProgress?.(progress(A));
  run("fill.cancel");
  expect(last().options.signal?.aborted).toBe(true);
  expect(store.ghosts.value).toBeUndefined();
  last().options.onProgress?.(progress(B));
  last().end(answerOf([OLD], [...A]));
  await settle();
  expect(store.ghosts.value).toBeUndefined();
  expect(notesOf(store.song.value)).toEqual([plain(0), OLD, plain(5 * BAR)]);
});

test("starting another fill ends the one before", async () => {
  const { daemon, store, run } = open();
  run("fill.run");
  run("fill.run");
  expect(daemon.fills.map(({ options }) => options.signal?.aborted)).toEqual([true, false]);
  daemon.fills[0]?.options.onProgress?.(progress(A));
  daemon.fills[0]?.end(answerOf([OLD], [...A]));
  await settle();
  expect(store.ghosts.value).toMatchObject({ notes: [], isGrowing: true });
  daemon.fills[1]?.end(answerOf([OLD], [...B]));
  await settle();
  expect(ghostNotes(store)).toEqual(B);
});

test("a lost connection is said, and the same is asked for again", async () => {
  const { fill, daemon, last, run, store } = open();
  run("fill.run");
  last().end(new BridgeError("CONNECTION_LOST", "lost", { retryable: true }));
  await settle();
  expect(fill.problem.value).toMatchObject({ canRetry: true });
  expect(store.ghosts.value).toBeUndefined();
  fill.retry();
  expect(fill.problem.value).toBeUndefined();
  expect(daemon.fills[1]?.request).toEqual(daemon.fills[0]?.request);
});

test("rejected, the ghosts go and the daemon is told; after an acceptance it is not", async () => {
  const rejected = await filled();
  rejected.run("fill.reject");
  expect(rejected.store.ghosts.value).toBeUndefined();
  expect(rejected.daemon.told()).toEqual([{ method: "fill/reject", params: { jobId: "job 1" } }]);
  const partly = await filled();
  partly.fill.candidates.acceptSpan({ startTick: 2 * BAR, endTick: 3 * BAR }, "Bar 3");
  partly.run("fill.reject");
  expect(partly.daemon.told().map(({ method }) => method)).toEqual(["fill/accept"]);
  expect(partly.store.history.steps.value.at(-1)?.label).toBe("Fill bar 3 (A)");
});

test("more like a candidate varies it in the request, with nothing written into the song", async () => {
  const { last, run, store } = await filled();
  run("fill.like");
  expect(last().request).toMatchObject({ mode: "vary", controls: { amount: 0.4 } });
  expect(last().request.tracks[0]?.notes).toEqual([plain(0), ...A, plain(5 * BAR)]);
  last().end(answerOf([A[1]], [plain(3 * BAR, 69)]));
  await settle();
  expect(ghostNotes(store)).toEqual([A[0], plain(3 * BAR, 69)]);
  run("fill.accept");
  expect(notesOf(store.song.value)).toEqual([plain(0), A[0], plain(3 * BAR, 69), plain(5 * BAR)]);
});

test("an earlier candidate comes back with its bars, and showing a song again withdraws the offer", async () => {
  const { fill, store, run } = await filled();
  run("fill.reject");
  store.region.value = undefined;
  const [earlier] = fill.past.all.value;
  if (earlier === undefined) throw new Error("a fill was done");
  fill.bringBack(earlier, 1);
  expect([store.region.value, ghostNotes(store)]).toEqual([REGION, B]);
  store.ghosts.value = undefined;
  expect(fill.candidates.isOffered.value).toBe(false);
});

test("a candidate that is looked at while other bars are marked marks its own again", async () => {
  const { fill, store, run } = await filled();
  const other = { ...REGION, startTick: 0, endTick: BAR };
  store.region.value = other;
  expect(ghostNotes(store)).toEqual(A);
  run("fill.next");
  expect([store.region.value, ghostNotes(store)]).toEqual([REGION, B]);
  store.region.value = other;
  const heardFrom: number[] = [];
  store.sound = { play: (tick) => void heardFrom.push(tick), stop: () => {}, preview: () => {} };
  fill.audition();
  expect([store.region.value, heardFrom]).toEqual([REGION, [BAR]]);
});

test("another song takes the fill and the candidates away", async () => {
  const { fill, store, last, run } = await filled();
  run("fill.run");
  store.roll.value = { ...(store.roll.value ?? never()), rollId: "other" };
  expect([last().options.signal?.aborted, fill.unfinished.value, store.ghosts.value]).toEqual([
    true,
    undefined,
    undefined,
  ]);
  expect([fill.candidates.record.value, fill.past.all.value]).toEqual([undefined, []]);
});

test("an edit of the bars is noticed while the offer stays", async () => {
  const { fill, store } = await filled();
  expect(fill.candidates.isStale.value).toBe(false);
  const added = [{ ...plain(2 * BAR + 150, 50), id: 9_999_999 }];
  store.history.do("Draw", [{ trackId: "own", removed: [], added }]);
  expect(fill.candidates.isStale.value).toBe(true);
  expect(ghostNotes(store)).toEqual(A);
});

test("keys do nothing where there is nothing to do", async () => {
  const { store, daemon, run } = open();
  store.region.value = undefined;
  for (const { id } of fillCommands(store)) run(id);
  expect([daemon.fills.length, store.history.steps.value.length]).toEqual([0, 0]);
});

test("an offer all of which is above or below the window is scrolled to; one that is seen in part is not", async () => {
  const { store, fill, last, run } = open();
  const state = editorState(store);
  state.area.value = { ...state.area.value, width: 900, height: 500 };
  // The rows of a window that ends above C4.
  store.view.value = { ...store.view.value, topPitch: 61, pixelsPerPitch: 18 };
  const seen = () => {
    const { topPitch, pixelsPerPitch } = store.view.value;
    return [topPitch - state.bodySize.value.height / pixelsPerPitch, topPitch] as const;
  };
  const start = seen();
  expect(start[0]).toBeGreaterThan(32);
  const [high, low, near] = [
    [plain(2 * BAR, 96), plain(3 * BAR, 99)],
    [plain(2 * BAR, 24), plain(3 * BAR, 28)],
    [plain(2 * BAR, 26), plain(3 * BAR, 99)],
  ];
  run("fill.run");
  expect(seen()).toEqual(start);
  // The first note is seen as it comes.
  last().options.onProgress?.(progress(high.slice(0, 1)));
  expect(seen()[0]).toBeLessThanOrEqual(96);
  expect(seen()[1]).toBeGreaterThan(96);
  last().end(answerOf([OLD], high, low, near));
  await settle();
  const [, top] = seen();
  expect(top).toBeGreaterThan(96);
  fill.choose(1);
  expect(seen()[0]).toBeLessThanOrEqual(24);
  expect(seen()[1]).toBeGreaterThan(28);
  const before = seen();
  fill.choose(2);
  expect(seen()).toEqual(before);
  run("fill.next");
  expect(seen()[1]).toBeGreaterThan(99);
});
