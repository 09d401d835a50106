/**
 * The same calls get the same answers on every transport.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FillResult } from "../../bridge/protocol/fill.ts";
import {
  type Caller,
  codeOf,
  openTcp,
  openWebSocket,
  overFolder,
  overGet,
  overHttp,
  resultOf,
} from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { endOf } from "./support/fills.ts";
import { longRequest, notesOf, songRequest } from "./support/songs.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];
/** What the musician's own computation gave, by an answer that all others must equal. */
let expected: FillResult;

beforeAll(async () => {
  daemon = await startDaemon({ config: { model: "infill-s" }, onEnd: (end) => ends.push(end) });
  expected = resultOf(await overHttp(daemon).call("fill/run", songRequest()));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const TRANSPORTS: Record<string, () => Promise<Caller>> = {
  WebSocket: () => openWebSocket(daemon),
  "POST /v1/rpc": async () => overHttp(daemon),
  "GET /v1/get": async () => overGet(daemon),
  "TCP frames": () => openTcp(daemon),
  "watched folder": async () => overFolder(daemon),
};

/** Begin, wait, and give the whole of the job. */
async function filled(caller: Caller, request: unknown) {
  const { jobId } = resultOf(await caller.call("fill/start", { request }));
  return endOf(caller, jobId);
}

describe.each(Object.entries(TRANSPORTS))("%s", (name, open) => {
  const withCaller = async (work: (caller: Caller) => Promise<void>) => {
    const caller = await open();
    try {
      await work(caller);
    } finally {
      caller.close();
    }
  };

  test("initialize says who the daemon is", () =>
    withCaller(async (caller) => {
      const params = { protocolVersion: 1, client: { name: "test" }, token: daemon.token() };
      const said = resultOf(await caller.call("initialize", params));
      expect(said).toMatchObject({ protocolVersion: 1, server: { name: "continuo" } });
      expect(said.methods).toContain("fill/start");
      expect(said.limits.bodyBytes).toBe(32 * 1024 * 1024);
    }));

  test("another version of the protocol is refused with those that are spoken", () =>
    withCaller(async (caller) => {
      const params = { protocolVersion: 99, client: { name: "test" }, token: daemon.token() };
      const { error } = await caller.call("initialize", params);
      expect(error?.data).toMatchObject({ code: "PROTOCOL_MISMATCH", data: { supported: [1], asked: 99 } });
    }));

  test("models/list and status", () =>
    withCaller(async (caller) => {
      const { models } = resultOf(await caller.call("models/list"));
      const known = Object.fromEntries(models.map(({ id, isDefault }) => [id, isDefault]));
      expect(known).toMatchObject({ "infill-s": true, tiny: false });
      const status = resultOf(await caller.call("status"));
      expect(status).toMatchObject({ pid: daemon.pid, protocolVersion: 1 });
      expect(status.model?.sha256).toMatch(/^[0-9a-f]{64}$/);
    }));

  test("the same request has the same notes as on every other transport", () =>
    withCaller(async (caller) => {
      const whole = resultOf(await caller.call("fill/run", songRequest()));
      expect(notesOf(whole)).toEqual(notesOf(expected));
      expect(whole.removed).toEqual(expected.removed);
      const job = await filled(caller, songRequest({ revision: "take 3" }));
      expect(job).toMatchObject({ state: "done", fraction: 1, revision: "take 3", error: null });
      expect(job.result && notesOf(job.result)).toEqual(notesOf(expected));
    }));

  test("several candidates, different from each other", () =>
    withCaller(async (caller) => {
      const sampling = { seed: 2, candidates: 3 };
      const job = await filled(caller, songRequest({ model: "tiny", sampling }));
      const notes = job.result?.candidates.map((candidate) => JSON.stringify(candidate.notes)) ?? [];
      expect(job.finished).toBe(3);
      expect(new Set(notes).size).toBe(3);
    }));

  test("vary keeps some, continue hears only what is before, locked notes stay", () =>
    withCaller(async (caller) => {
      const nothing = { mode: "vary" as const, controls: { amount: 0 }, model: "tiny" };
      const kept = resultOf(await caller.call("fill/run", songRequest(nothing)));
      expect([kept.removed, kept.candidates[0]?.notes]).toEqual([[], []]);

      // Bold enough that it is not the old notes, which would be drawn again.
      const sampling = { seed: 11, temperature: 2 };
      const request = songRequest({ mode: "continue", model: "tiny", sampling });
      const before = resultOf(await caller.call("fill/run", request));
      const [lead] = request.tracks;
      const isBefore = ({ startTick }: { startTick: number }) => startTick < request.region.startTick;
      const alone = [{ ...lead, id: "lead", notes: lead?.notes.filter(isBefore) ?? [] }];
      const unheard = { ...request, tracks: [...alone, ...request.tracks.slice(1)] };
      const same = resultOf(await caller.call("fill/run", unheard));
      expect(notesOf(same)).toEqual(notesOf(before));

      const locked = lead?.notes.find(({ startTick }) => startTick === request.region.startTick);
      if (locked === undefined) throw new Error("the region has no first note");
      const around = resultOf(
        await caller.call("fill/run", songRequest({ lockedNotes: [locked], model: "tiny" })),
      );
      expect(around.removed).not.toContainEqual(locked);
      expect(around.removed).toHaveLength(expected.removed.length - 1);
    }));

  test("cancel ends a fill, and its end can be asked for", () =>
    withCaller(async (caller) => {
      const { jobId, state } = resultOf(await caller.call("fill/start", { request: longRequest() }));
      expect(["queued", "running"]).toContain(state);
      await caller.call("fill/cancel", { jobId });
      const job = await endOf(caller, jobId);
      expect(job).toMatchObject({ state: "cancelled", result: null, error: { code: "CANCELLED" } });
    }));

  test("accept and reject, and what cannot be accepted", () =>
    withCaller(async (caller) => {
      const { jobId } = await filled(caller, songRequest({ model: "tiny" }));
      expect(resultOf(await caller.call("fill/accept", { jobId, candidate: 0 }))).toEqual({ accepted: 0 });
      expect(codeOf(await caller.call("fill/accept", { jobId, candidate: 9 }))).toBe("CANDIDATE_NOT_FOUND");
      expect(resultOf(await caller.call("fill/reject", { jobId }))).toEqual({ rejected: true });
      expect(codeOf(await caller.call("fill/get", { jobId: "none" }))).toBe("JOB_NOT_FOUND");
    }));

  test("an unknown method, wrong parameters, and what the core refuses", () =>
    withCaller(async (caller) => {
      const unknown = await caller.call("fill/everything");
      expect(codeOf(unknown)).toBe("METHOD_UNKNOWN");
      expect(unknown.error?.code).toBe(-32601);
      const wrong = await caller.call("fill/run", { ...songRequest(), surprise: 1 });
      expect(codeOf(wrong)).toBe("REQUEST_INVALID");
      expect(wrong.error?.code).toBe(-32602);
      expect(wrong.error?.message).toContain("surprise");
      const other = songRequest({ region: { trackId: "none", startTick: 0, endTick: 960 } });
      expect(codeOf(await caller.call("fill/run", other))).toBe("TRACK_NOT_FOUND");
      expect(codeOf(await caller.call("fill/run", songRequest({ model: "none" })))).toBe("MODEL_NOT_FOUND");
    }));

  // A URL names one method, so it has neither envelopes nor batches.
  test.skipIf(name === "GET /v1/get")("batches, notifications and invalid requests", () =>
    withCaller(async (caller) => {
      const batch = [
        { jsonrpc: "2.0", id: "a", method: "status" },
        { jsonrpc: "2.0", method: "status" },
        { jsonrpc: "2.0", id: "b", method: "nothing" },
        7,
      ];
      expect(await caller.send(JSON.stringify(batch))).toMatchObject([
        { id: "a", result: { pid: daemon.pid } },
        { id: "b", error: { code: -32601 } },
        { id: null, error: { code: -32600 } },
      ]);
      expect(await caller.send("[]")).toMatchObject({ id: null, error: { code: -32600 } });
      expect(await caller.send("{")).toMatchObject({ id: null, error: { code: -32700 } });
      expect(await caller.send('{"id":1,"method":"status"}')).toMatchObject({ error: { code: -32600 } });
    }),
  );
});
