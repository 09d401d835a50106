/**
 * Large messages: read without blocking others, in order, on every transport, keeping the notes that matter.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import { codeOf, openTcp, openWebSocket, overFolder, overHttp, resultOf } from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { largeRequest, notesOf, songRequest } from "./support/songs.ts";
import { until } from "./support/wait.ts";

/** About 33 million characters, just below the limit. */
const NOTES = 485_000;
const large = largeRequest(NOTES);
/** Large enough for the thread, and read sooner. */
const medium = largeRequest(40_000);
let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

describe("a request of almost 32 MB", () => {
  test("is as large as it says", () => {
    const bytes = JSON.stringify(large).length;
    expect([bytes > 0.9 * LIMITS.bodyBytes, bytes < LIMITS.bodyBytes]).toEqual([true, true]);
  });

  test.each([
    ["WebSocket", openWebSocket],
    ["POST /v1/rpc", async (to: TestDaemon) => overHttp(to)],
    ["TCP frames", openTcp],
    ["watched folder", async (to: TestDaemon) => overFolder(to)],
  ])("%s: has the notes of a request without what is far away", async (_, open) => {
    const caller = await open(daemon);
    const [from, to] = [large.region.startTick - 200_000, large.region.endTick + 200_000];
    const isNear = ({ startTick }: { startTick: number }) => startTick >= from && startTick < to;
    const near = large.tracks.map((track) => ({ ...track, notes: track.notes.filter(isNear) }));
    const expected = resultOf(await caller.call("fill/run", { ...large, tracks: near }));
    const whole = resultOf(await caller.call("fill/run", large));
    expect(notesOf(whole)).toEqual(notesOf(expected));
    expect(whole.removed).toEqual(expected.removed);
    caller.close();
  });

  test("others are answered while it is read", async () => {
    const caller = await openWebSocket(daemon);
    const other = overHttp(daemon);
    let isAnswered = false;
    const answer = caller.call("fill/start", { request: large }).finally(() => {
      isAnswered = true;
    });
    let answers = 0;
    while (!isAnswered) {
      resultOf(await other.call("status"));
      answers += 1;
    }
    // On one thread it is at most what comes in before and after.
    expect(answers).toBeGreaterThan(20);
    expect(resultOf(await answer).state).toMatch(/queued|running/);
    caller.close();
  });

  test("what a client sent after it begins after it", async () => {
    const caller = await openWebSocket(daemon);
    const order: string[] = [];
    const start = (name: string, request: unknown) =>
      caller.call("fill/start", { request, detached: true }).then((answer) => {
        order.push(name);
        return resultOf(answer).jobId;
      });
    const ids = await Promise.all([
      start("large", medium),
      start("small", songRequest()),
      start("large again", medium),
      start("last", songRequest()),
    ]);
    expect(order).toEqual(["large", "small", "large again", "last"]);
    await until("the last", async () => {
      const jobs = await Promise.all(ids.map((jobId) => caller.call("fill/get", { jobId })));
      return jobs.every((job) => resultOf(job).state === "done");
    });
    caller.close();
  });

  test("what is wrong in it is said as in a small one", async () => {
    const caller = overHttp(daemon);
    const wrong = { ...medium, tracks: [...medium.tracks, { id: "x", notes: [{ startTick: 0 }] }] };
    expect(codeOf(await caller.call("fill/run", wrong))).toBe("REQUEST_INVALID");
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "status", params: medium });
    expect(await caller.send(text.slice(0, -1))).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await caller.send(text)).toMatchObject({ id: 1, error: { code: -32602 } });
  });
});
