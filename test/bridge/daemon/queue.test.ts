/**
 * The order in which queued jobs run.
 */
import { describe, expect, test } from "vitest";
import { Job } from "../../../bridge/daemon/jobs/job.ts";
import { JobQueue } from "../../../bridge/daemon/jobs/queue.ts";
import { Session } from "../../../bridge/daemon/messages/session.ts";
import type { SeededRequest } from "../../../bridge/engine/fill.ts";
import { LIMITS } from "../../../bridge/protocol/limits.ts";

const PPQ = 24;

function request(quarters = 16, candidates = 1): SeededRequest {
  return {
    ppq: PPQ,
    tempoMap: [],
    timeSignatures: [],
    tracks: [{ id: "a", name: "", program: 0, isDrums: false, notes: [] }],
    region: { trackId: "a", startTick: 0, endTick: quarters * PPQ },
    mode: "fill",
    controls: {},
    sampling: { seed: 1, candidates },
    lockedNotes: [],
  };
}

function client(name: string) {
  const session = new Session("http", undefined, name);
  return (quarters = 16, candidates = 1) =>
    new Job(request(quarters, candidates), { session, detached: false });
}

function drain(queue: JobQueue, now = performance.now()): Job[] {
  const order: Job[] = [];
  for (let job = queue.next(now); job !== undefined; job = queue.next(now)) order.push(job);
  return order;
}

describe("queue", () => {
  test("clients take turns, regardless of who came first", () => {
    const queue = new JobQueue();
    const [many, few] = [client("many"), client("few")];
    const crowd = [many(), many(), many(), many()];
    const guests = [few(), few()];
    for (const job of [...crowd, ...guests]) queue.add(job, 0);
    expect(drain(queue)).toEqual([crowd[0], guests[0], crowd[1], guests[1], crowd[2], crowd[3]]);
  });

  test("who asks for more per fill gets fewer", () => {
    const queue = new JobQueue();
    const [large, small] = [client("large"), client("small")];
    const big = [large(16, 4), large(16, 4)];
    const little = [small(16, 1), small(16, 1), small(16, 1), small(16, 1), small(16, 1)];
    for (const job of [...big, ...little]) queue.add(job, 0);
    const order = drain(queue);
    expect(order.indexOf(big[1] as Job)).toBe(5);
  });

  test("short ones go before a long one, which does not wait for ever", () => {
    const queue = new JobQueue();
    const [a, b] = [client("a"), client("b")];
    const [long, short] = [a(400, 8), b()];
    queue.add(long, 0);
    queue.add(short, 0);
    expect(queue.next(performance.now())).toBe(short);
    const next = b();
    queue.add(next, 0);
    expect(queue.next(performance.now() + 60_000)).toBe(long);
  });

  test("a client that was idle has saved up no turns", () => {
    const queue = new JobQueue();
    const [busy, idle] = [client("busy"), client("idle")];
    const first = [busy(), busy(), busy(), busy()];
    for (const job of first) queue.add(job, 0);
    for (let i = 0; i < 3; i++) queue.next(performance.now());
    const late = [idle(), idle(), idle()];
    for (const job of late) queue.add(job, 0);
    const order = drain(queue);
    expect(order.indexOf(first[3] as Job)).toBeLessThanOrEqual(1);
  });

  test("positions count from one and close up", () => {
    const queue = new JobQueue();
    const jobs = [client("a")(), client("b")(), client("c")()];
    for (const job of jobs) queue.add(job, 0);
    expect(jobs.map((job) => job.queuePosition)).toEqual([1, 2, 3]);
    expect(queue.remove(jobs[0] as Job)).toBe(true);
    expect(queue.remove(jobs[0] as Job)).toBe(false);
    expect(jobs.slice(1).map((job) => job.queuePosition)).toEqual([1, 2]);
  });

  test("a full queue says when to try again", () => {
    const queue = new JobQueue();
    const make = client("greedy");
    for (let i = 0; i < LIMITS.queuedJobsOfClient; i++) queue.add(make(), 0);
    expect(() => queue.add(make(), 1_234)).toThrowError(
      expect.objectContaining({ code: "BUSY", retryable: true, data: { retryAfterMs: 1_234 } }),
    );
    queue.add(client("other")(), 0);
  });
});
