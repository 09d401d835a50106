/**
 * Jobs from start to end, with a simulated model.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { BridgeError } from "../../../bridge/bridge-error.ts";
import type { Job } from "../../../bridge/daemon/jobs/job.ts";
import { Jobs, type JobsOptions } from "../../../bridge/daemon/jobs/jobs.ts";
import { Session } from "../../../bridge/daemon/messages/session.ts";
import type { FillProgress, SeededRequest } from "../../../bridge/engine/fill.ts";
import type { FillResult } from "../../../bridge/protocol/fill.ts";

function request(seed: number, more: Partial<SeededRequest> = {}): SeededRequest {
  return {
    ppq: 24,
    tempoMap: [],
    timeSignatures: [],
    tracks: [{ id: "a", name: "", program: 0, isDrums: false, notes: [] }],
    region: { trackId: "a", startTick: 0, endTick: 96 },
    mode: "fill",
    controls: {},
    sampling: { seed },
    lockedNotes: [],
    ...more,
  };
}

function result(seed: number): FillResult {
  return {
    model: { id: "m", sha256: "0" },
    device: "cpu",
    seed,
    region: { trackId: "a", startTick: 0, endTick: 96 },
    removed: [],
    candidates: [{ seed, notes: [], logProbPerNote: 0, copied: 0, outOfScale: 0 }],
    warnings: [],
    timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs: 0 },
  };
}

const cancelled = () => new BridgeError("CANCELLED", "cancelled");

/** A model that answers when told, and obeys cancelling. */
function controlled() {
  const open = new Map<number, { finish: () => void; report: (progress: FillProgress) => void }>();
  const run: JobsOptions["run"] = ({ sampling: { seed } }, signal, report) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(cancelled()));
      open.set(seed, { finish: () => resolve(result(seed)), report });
    });
  return { run, open };
}

function jobsWith(options: Partial<JobsOptions>): Jobs {
  const jobs = new Jobs({ workers: 1, keepMs: 60_000, keepBytes: 1e6, run: controlled().run, ...options });
  onTestFinished(() => jobs.close(100));
  return jobs;
}

/** A session that writes down what it is told. */
function listener() {
  const told: { method: string; params: { jobId: string } }[] = [];
  const wire = {
    send: (text: string) => told.push(JSON.parse(text)),
    bufferedBytes: () => 0,
    close: () => {},
    destroy: () => {},
    pause: () => {},
    resume: () => {},
  };
  return { session: new Session("websocket", wire), told };
}

/** Until all promises that can be kept are kept. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Time that goes on when the test says so. */
function timeByHand(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("as many run as there are workers, and the next begins when one ends", async () => {
  const { run, open } = controlled();
  const jobs = jobsWith({ workers: 2, run });
  const { session } = listener();
  const [a, b, c] = [1, 2, 3].map((seed) => jobs.start(request(seed), { session, detached: false }));
  expect([a, b, c].map((job) => job?.state)).toEqual(["running", "running", "queued"]);
  open.get(1)?.finish();
  await turn();
  expect([a, b, c].map((job) => job?.state)).toEqual(["done", "running", "running"]);
  expect(jobs.counts).toEqual({ queued: 0, running: 2, kept: 1 });
});

test("the client hears progress, each candidate once, and the end; nothing after it", async () => {
  const { run, open } = controlled();
  const jobs = jobsWith({ run });
  const { session, told } = listener();
  jobs.start(request(7), { session, detached: false });
  const [candidate] = result(7).candidates;
  const progress = { fraction: 0.5, noteCount: 1, notes: [], finished: candidate ? [candidate] : [] };
  open.get(7)?.report(progress);
  open.get(7)?.finish();
  await turn();
  open.get(7)?.report(progress);
  expect(told.map(({ method }) => method)).toEqual(["fill/candidate", "fill/progress", "fill/end"]);
});

test("a client that goes takes its job with it, waiting or running, unless it is detached", async () => {
  const { run, open } = controlled();
  const jobs = jobsWith({ run });
  const { session } = listener();
  const running = jobs.start(request(1), { session, detached: false });
  const waiting = jobs.start(request(2), { session, detached: false });
  const detached = jobs.start(request(3), { session, detached: true });
  session.end();
  await turn();
  expect([running.state, waiting.state, detached.state]).toEqual(["cancelled", "cancelled", "running"]);
  open.get(3)?.finish();
  await turn();
  expect(jobs.get(detached.id).result?.seed).toBe(3);
});

test("waiting ends with the job, with the time, or with the client", async () => {
  timeByHand();
  const { run, open } = controlled();
  const jobs = jobsWith({ run });
  const { session } = listener();
  const job = jobs.start(request(1), { session, detached: false });
  const never = new AbortController();
  const late = job.wait(10, never.signal);
  vi.advanceTimersByTime(10);
  await late;
  expect(job.hasEnded).toBe(false);
  const gone = new AbortController();
  const left = job.wait(60_000, gone.signal);
  gone.abort();
  await left;
  const ended = job.wait(60_000, never.signal);
  open.get(1)?.finish();
  await ended;
  expect(job.state).toBe("done");
});

test("time in the queue counts towards the deadline", async () => {
  timeByHand();
  const { run, open } = controlled();
  const given: (number | undefined)[] = [];
  const jobs = jobsWith({
    run: (asked, ...rest) => {
      given.push(asked.deadlineMs);
      return run(asked, ...rest);
    },
  });
  const { session } = listener();
  jobs.start(request(1), { session, detached: false });
  const late = jobs.start(request(2, { deadlineMs: 10 }), { session, detached: false });
  const early = jobs.start(request(3, { deadlineMs: 5_000 }), { session, detached: false });
  vi.advanceTimersByTime(30.4);
  open.get(1)?.finish();
  await turn();
  expect(late.error?.code).toBe("DEADLINE_EXCEEDED");
  expect(early.state).toBe("running");
  // In whole milliseconds, and none is lost to no wait at all.
  expect(given[1]).toBe(4_970);
});

test("results are kept by size, the oldest go first", async () => {
  const ended: Job[] = [];
  const jobs = jobsWith({
    run: async ({ sampling }) => result(sampling.seed),
    keepBytes: 1,
    onEnd: (job) => ended.push(job),
  });
  const { session } = listener();
  const job = jobs.start(request(1), { session, detached: false });
  await turn();
  expect(ended).toEqual([job]);
  expect(jobs.get(job.id)).toBe(job);
  jobs.sweep(performance.now());
  expect(() => jobs.get(job.id)).toThrowError(expect.objectContaining({ code: "JOB_NOT_FOUND" }));
});

test("a client that only asks and asks no more is given up", async () => {
  const { run } = controlled();
  const jobs = jobsWith({ run });
  const job = jobs.start(request(1), { session: new Session("http"), detached: false });
  jobs.sweep(performance.now() + 30_000);
  expect(job.controller.signal.aborted).toBe(false);
  jobs.sweep(performance.now() + 120_000);
  await turn();
  expect(job.state).toBe("cancelled");
});

test("a failure is the job's, and the next one runs", async () => {
  const jobs = jobsWith({
    run: async ({ sampling: { seed } }) => {
      if (seed === 1) throw new Error("broken");
      return result(seed);
    },
  });
  const { session } = listener();
  const [bad, good] = [1, 2].map((seed) => jobs.start(request(seed), { session, detached: false }));
  await turn();
  expect(bad?.error?.code).toBe("INTERNAL_ERROR");
  expect(good?.state).toBe("done");
});

test("closing cancels everything and takes nothing new", async () => {
  const { run } = controlled();
  const jobs = jobsWith({ run });
  const { session } = listener();
  const [one, two] = [1, 2].map((seed) => jobs.start(request(seed), { session, detached: true }));
  await jobs.close(1_000);
  expect([one?.state, two?.state]).toEqual(["cancelled", "cancelled"]);
  expect(() => jobs.start(request(3), { session, detached: false })).toThrowError(
    expect.objectContaining({ code: "SHUTTING_DOWN" }),
  );
});

test("a fill that is held takes no worker, and ends by its answer", async () => {
  const { run, open } = controlled();
  const ended: string[] = [];
  const jobs = jobsWith({ run, onEnd: ({ id, state }) => ended.push(`${id} ${state}`) });
  const session = new Session("websocket", undefined, "a");
  const held = jobs.hold(request(1), { session, detached: false });
  const filled = jobs.start(request(2), { session, detached: false });
  expect([held.state, filled.state]).toEqual(["running", "running"]);
  expect(jobs.counts).toEqual({ queued: 0, running: 2, kept: 0 });
  expect([...open.keys()]).toEqual([2]);
  expect(jobs.get(held.id)).toBe(held);
  expect(jobs.answer(held, result(0))).toBe(true);
  expect([held.state, held.result?.seed]).toEqual(["done", 0]);
  expect(jobs.answer(held, result(5))).toBe(false);
  expect(held.result?.seed).toBe(0);
  expect(ended).toEqual([`${held.id} done`]);
});

test("a fill that is held ends when its client does, is not asked for, or the daemon ends", async () => {
  const jobs = jobsWith({});
  const gone = new Session("websocket", undefined, "a");
  const left = jobs.hold(request(1), { session: gone, detached: false });
  gone.end();
  expect([left.state, jobs.answer(left, result(0))]).toEqual(["cancelled", false]);
  const asking = jobs.hold(request(2), { session: new Session("http"), detached: false });
  jobs.sweep(performance.now() + 59_000);
  expect(asking.state).toBe("running");
  jobs.sweep(performance.now() + 61_000);
  expect(asking.state).toBe("cancelled");
  const last = jobs.hold(request(3), { session: new Session("http"), detached: false });
  await jobs.close(10);
  expect(last.state).toBe("cancelled");
  expect(() => jobs.hold(request(4), { session: new Session("http"), detached: false })).toThrow(
    "shutting down",
  );
});
