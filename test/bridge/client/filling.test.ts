/**
 * One fill of the client: iterated, aborted, retried, and reported to callbacks that throw.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { AbortError } from "../../../bridge/client/client.ts";
import { BridgeError, hasCode } from "../../../bridge/client/node.ts";
import { codeOf, connected, done, job, models, request } from "./fake-fills.ts";
import { type FakeSocket, turnOfLoop } from "./fake-socket.ts";

afterEach(() => vi.useRealTimers());

const tellProgress = (socket: FakeSocket, fraction: number) =>
  socket.receive({
    jsonrpc: "2.0",
    method: "fill/progress",
    params: { jobId: "j1", fraction, noteCount: 1, notes: [], finished: 0 },
  });
const tellEnd = (socket: FakeSocket, params = done) =>
  socket.receive({ jsonrpc: "2.0", method: "fill/end", params });
const failed = job({
  state: "failed",
  error: { code: "TRACK_NOT_FOUND", message: "no track", data: {}, retryable: false },
});

describe("callbacks that fail", () => {
  test("neither end the fill nor the connection, and are reported", async () => {
    const reported: unknown[] = [];
    const { client, socket } = await connected({ onCallbackError: (error) => reported.push(error) });
    const filling = client.fill(request, {
      onStart: () => {
        throw new Error("start");
      },
      onProgress: async () => {
        throw new Error("progress");
      },
      onCandidate: () => {
        throw new Error("candidate");
      },
    });
    await turnOfLoop();
    socket.answer("fill/start", job());
    await turnOfLoop();
    tellProgress(socket, 0.5);
    const params = { jobId: "j1", index: 0, candidate: done.result?.candidates[0] };
    socket.receive({ jsonrpc: "2.0", method: "fill/candidate", params });
    tellEnd(socket);
    expect(await filling).toEqual(done.result);
    const messages = reported.map((error) => error instanceof Error && error.message);
    expect(messages.sort()).toEqual(["candidate", "progress", "start"]);
  });

  test("are printed where nobody wants to hear of them, also when the report fails", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const mine = new Error("mine");
    const { client, socket } = await connected({
      onConnection: () => {
        throw mine;
      },
    });
    expect(printed).toHaveBeenCalledWith("a callback of continuo/client failed:", mine);
    const other = await connected({
      onCallbackError: () => {
        throw new Error("report");
      },
    });
    other.client.on("models/changed", () => {
      throw mine;
    });
    other.socket.receive({ jsonrpc: "2.0", method: "models/changed", params: models });
    expect(printed).toHaveBeenLastCalledWith(
      "a callback of continuo/client failed:",
      expect.objectContaining({ message: "report" }),
    );
    printed.mockRestore();
    // It is connected all the same.
    const status = client.call("models/list", {});
    await turnOfLoop();
    socket.answer("models/list", models);
    expect(await status).toEqual(models);
  });
});

describe("for await", () => {
  test("walks through the progress, ends with the fill, and leaves its notes to await", async () => {
    const { client, socket } = await connected();
    const filling = client.fill(request);
    const seen: number[] = [];
    const walking = (async () => {
      for await (const { fraction } of filling) seen.push(fraction);
    })();
    await turnOfLoop();
    socket.answer("fill/start", job());
    for (const fraction of [0.25, 0.5]) {
      await turnOfLoop();
      tellProgress(socket, fraction);
    }
    await turnOfLoop();
    tellProgress(socket, 0.75);
    tellEnd(socket);
    await walking;
    expect(seen).toEqual([0.25, 0.5, 0.75]);
    expect(await filling).toEqual(done.result);
  });

  test("who is slow sees the latest", async () => {
    const { client, socket } = await connected();
    const filling = client.fill(request);
    const steps = filling[Symbol.asyncIterator]();
    const first = steps.next();
    await turnOfLoop();
    socket.answer("fill/start", job());
    await turnOfLoop();
    tellProgress(socket, 0.1);
    expect(await first).toMatchObject({ value: { fraction: 0.1 } });
    for (const fraction of [0.2, 0.3, 0.4]) tellProgress(socket, fraction);
    expect(await steps.next()).toMatchObject({ value: { fraction: 0.4 } });
    tellEnd(socket);
    expect(await steps.next()).toEqual({ value: undefined, done: true });
  });

  test("throws what the fill fails with; nobody has to await its promise as well", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { client, socket } = await connected();
    const walking = (async () => {
      for await (const _ of client.fill(request));
    })();
    await turnOfLoop();
    socket.answer("fill/start", job());
    await turnOfLoop();
    tellEnd(socket, failed);
    expect(await codeOf(walking)).toBe("TRACK_NOT_FOUND");
    await turnOfLoop();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("a fill that is come back for is asked for often while somebody walks through it", async () => {
    const { client, socket } = await connected();
    const seen: number[] = [];
    const walking = (async () => {
      for await (const { fraction } of client.resume("j1")) seen.push(fraction);
    })();
    await turnOfLoop();
    expect(socket.sent).toMatchObject([{ method: "fill/get", params: { jobId: "j1", waitMs: 250 } }]);
    socket.answer("fill/get", job({ fraction: 0.5 }));
    await turnOfLoop();
    socket.answer("fill/get", done);
    await walking;
    expect(seen).toEqual([0.5]);
  });
});

describe("giving up", () => {
  test("is an AbortError whose cause is the reason, and has our code too", async () => {
    const { client } = await connected();
    const controller = new AbortController();
    const reason = new Error("the window was closed");
    const fails = client.fill(request, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(reason);
    const error = await fails;
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toBeInstanceOf(BridgeError);
    expect(error).toMatchObject({ name: "AbortError", code: "CANCELLED", cause: reason });
  });

  test("also without a reason, before anything was asked", async () => {
    const { client } = await connected();
    const error = await client
      .call("status", {}, { signal: AbortSignal.abort() })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "AbortError",
      cause: expect.objectContaining({ name: "AbortError" }),
    });
  });
});

describe("a daemon that is busy", () => {
  const refuse = (socket: FakeSocket, retryAfterMs: number) => {
    const [asked] = socket.sent.splice(0, 1);
    const data = { code: "BUSY", message: "64 fills wait", data: { retryAfterMs }, retryable: true };
    socket.receive({
      jsonrpc: "2.0",
      id: asked?.id,
      error: { code: -32000, message: data.message, data },
    });
  };

  test("is asked again when it said, and no sooner", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { client, socket } = await connected();
    const filling = client.fill(request);
    await turnOfLoop();
    refuse(socket, 2_000);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(socket.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(502);
    await turnOfLoop();
    socket.answer("fill/start", job());
    await turnOfLoop();
    tellEnd(socket);
    expect(await filling).toEqual(done.result);
  });

  test("is given up after busyMs, with its own error", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { client, socket } = await connected({ busyMs: 3_000 });
    const code = codeOf(client.fill(request));
    for (let asked = 0; asked < 3; asked++) {
      await turnOfLoop();
      refuse(socket, 1_500);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(await code).toBe("BUSY");
  });

  test("is not asked again where that is not wanted, or no more", async () => {
    const { client, socket } = await connected({ busyMs: 0 });
    const code = codeOf(client.call("models/list", {}));
    await turnOfLoop();
    refuse(socket, 1);
    expect(await code).toBe("BUSY");

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const patient = await connected();
    const controller = new AbortController();
    const aborted = codeOf(patient.client.fill(request, { signal: controller.signal }));
    await turnOfLoop();
    refuse(patient.socket, 2_000);
    controller.abort();
    expect(await aborted).toBe("CANCELLED");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(patient.socket.sent).toEqual([]);
  });
});

test("hasCode tells our errors by their codes", () => {
  const busy: unknown = new BridgeError("BUSY", "");
  expect([hasCode(busy, "BUSY"), hasCode(busy, "CANCELLED", "BUSY"), hasCode(busy, "CANCELLED")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(hasCode({ code: "BUSY" }, "BUSY")).toBe(false);
});

test("await using ends the connection with its block", async () => {
  const { client, socket } = await connected();
  {
    await using _client = client;
    expect(socket.isClosed).toBe(false);
  }
  expect(socket.isClosed).toBe(true);
  expect(await codeOf(client.call("status", {}))).toBe("CLIENT_CLOSED");
});
