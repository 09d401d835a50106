/**
 * The client on its own: order of messages, races and endings, with a simulated daemon.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { candidate, codeOf, connected, done, job, models, request } from "./fake-fills.ts";
import { admit, fakeClient, socketOf, turnOfLoop } from "./fake-socket.ts";

afterEach(() => vi.useRealTimers());

describe("connecting", () => {
  test("says who it is and gives the token, before anything else", async () => {
    const { client, sockets } = fakeClient();
    const listing = client.call("models/list", {});
    const socket = await socketOf(sockets);
    expect(socket.url).toBe("ws://127.0.0.1:1/v1/ws");
    socket.onopen?.();
    await turnOfLoop();
    expect(socket.sent).toMatchObject([
      { method: "initialize", params: { protocolVersion: 1, client: { name: "test" }, token: "secret" } },
    ]);
    await admit(socket);
    socket.answer("models/list", models);
    expect(await listing).toEqual(models);
  });

  test("is done once for all who ask at a time, and not again", async () => {
    const { client, sockets } = fakeClient();
    const calls = [client.connect(), client.call("models/list", {}), client.connect()];
    const socket = await socketOf(sockets);
    await admit(socket);
    socket.answer("models/list", models);
    await Promise.all(calls);
    await client.connect();
    expect(sockets.length).toBe(1);
  });

  test("gives up after five seconds of silence, and closes the socket", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { client, sockets } = fakeClient();
    const code = codeOf(client.connect());
    const socket = await socketOf(sockets);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([await code, socket.isClosed]).toEqual(["DAEMON_UNREACHABLE", true]);
  });

  test("an invalid address is a daemon that cannot be reached", async () => {
    const { client } = fakeClient({
      createSocket: () => {
        throw new SyntaxError("no address");
      },
    });
    expect(await codeOf(client.connect())).toBe("DAEMON_UNREACHABLE");
  });

  test("what is closed meanwhile is closed, and stays so", async () => {
    const { client, sockets } = fakeClient({ reconnect: true });
    const code = codeOf(client.connect());
    const socket = await socketOf(sockets);
    client.close();
    socket.onopen?.();
    expect([await code, socket.isClosed]).toEqual(["CLIENT_CLOSED", true]);
    expect(await codeOf(client.call("status", {}))).toBe("CLIENT_CLOSED");
    expect(sockets.length).toBe(1);
  });
});

describe("calls", () => {
  test("answers find their questions in any order; what nobody asked for is left alone", async () => {
    const { client, socket } = await connected();
    const [one, other] = [client.call("models/list", {}), client.call("fill/reject", { jobId: "a" })];
    await turnOfLoop();
    socket.receive("no JSON");
    socket.receive({ jsonrpc: "2.0", id: 999, result: {} });
    socket.receive({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "" } });
    socket.answer("fill/reject", { rejected: true });
    socket.answer("models/list", models);
    expect(await Promise.all([one, other])).toEqual([models, { rejected: true }]);
  });

  test("an answer of another shape is told from one that is right", async () => {
    const { client, socket } = await connected();
    const code = codeOf(client.call("models/list", {}));
    await turnOfLoop();
    socket.answer("models/list", { models: 3 });
    expect(await code).toBe("ANSWER_INVALID");
  });

  test("what is too large for the daemon is not sent", async () => {
    const { client, socket } = await connected();
    const token = "x".repeat(32 * 1024 * 1024);
    const hello = { protocolVersion: 1, client: { name: "a" }, token };
    expect(await codeOf(client.call("initialize", hello))).toBe("MESSAGE_TOO_LARGE");
    expect(socket.sent).toEqual([]);
  });

  test("all that wait are told when the connection ends, also by a socket that cannot send", async () => {
    const { client, socket } = await connected();
    const codes = [codeOf(client.call("status", {})), codeOf(client.call("models/list", {}))];
    await turnOfLoop();
    socket.isClosed = true;
    codes.push(codeOf(client.call("status", {})));
    expect(await Promise.all(codes)).toEqual(["CONNECTION_LOST", "CONNECTION_LOST", "CONNECTION_LOST"]);
  });

  test("a signal ends the waiting", async () => {
    const { client } = await connected();
    const controller = new AbortController();
    const code = codeOf(client.call("status", {}, { signal: controller.signal }));
    controller.abort();
    expect(await code).toBe("CANCELLED");
  });
});

describe("listeners", () => {
  test("one that fails does not keep the others from hearing, and is reported", async () => {
    const reported: unknown[] = [];
    const { client, socket } = await connected({ onCallbackError: (error) => reported.push(error) });
    const heard: unknown[] = [];
    const [mine, late] = [new Error("mine"), new Error("late")];
    client.on("models/changed", () => {
      throw mine;
    });
    client.on("models/changed", async () => {
      throw late;
    });
    const stop = client.on("models/changed", (params) => heard.push(params));
    socket.receive({ jsonrpc: "2.0", method: "models/changed", params: models });
    stop();
    socket.receive({ jsonrpc: "2.0", method: "models/changed", params: models });
    await turnOfLoop();
    expect([heard, reported]).toEqual([[models], [mine, mine, late, late]]);
  });
});

describe("fills", () => {
  test("what comes before the answer that names the fill is told after it, and others' fills are not", async () => {
    const { client, socket } = await connected();
    const events: string[] = [];
    const filling = client.fill(request, {
      onStart: (jobId) => events.push(`start ${jobId}`),
      onProgress: ({ fraction }) => events.push(`progress ${fraction}`),
      onCandidate: ({ seed }, index) => events.push(`candidate ${index} ${seed}`),
    });
    await turnOfLoop();
    const tell = (method: string, params: object) => socket.receive({ jsonrpc: "2.0", method, params });
    const progress = { fraction: 0.5, noteCount: 1, notes: [], finished: 0 };
    tell("fill/progress", { jobId: "other", ...progress });
    tell("fill/progress", { jobId: "j1", ...progress });
    tell("fill/candidate", { jobId: "j1", index: 0, candidate });
    tell("fill/end", done);
    expect(events).toEqual([]);
    socket.answer("fill/start", job());
    expect(await filling).toEqual(done.result);
    expect(events).toEqual(["start j1", "progress 0.5", "candidate 0 7"]);
  });

  test("aborted before the daemon named it: over at once, and cancelled as soon as it has a name", async () => {
    const { client, socket } = await connected();
    const controller = new AbortController();
    const started = vi.fn();
    const code = codeOf(client.fill(request, { signal: controller.signal, onStart: started }));
    await turnOfLoop();
    controller.abort();
    expect(await code).toBe("CANCELLED");
    expect(socket.has("fill/cancel")).toBe(false);
    socket.answer("fill/start", job());
    await turnOfLoop();
    expect(socket.sent).toMatchObject([{ method: "fill/cancel", params: { jobId: "j1" } }]);
    expect(started).not.toHaveBeenCalled();
  });

  test("aborted while it runs: cancelled once", async () => {
    const { client, socket } = await connected();
    const controller = new AbortController();
    const code = codeOf(client.fill(request, { signal: controller.signal }));
    await turnOfLoop();
    socket.answer("fill/start", job());
    await turnOfLoop();
    controller.abort();
    expect(await code).toBe("CANCELLED");
    expect(socket.sent.map(({ method }) => method)).toEqual(["fill/cancel"]);
  });

  test("aborted before it began: nothing is asked", async () => {
    const { client, socket } = await connected();
    expect(await codeOf(client.fill(request, { signal: AbortSignal.abort() }))).toBe("CANCELLED");
    expect(socket.sent).toEqual([]);
  });

  test("lost with its connection, also when the client is closed", async () => {
    for (const [end, expected] of [
      ["drop", "CONNECTION_LOST"],
      ["close", "CLIENT_CLOSED"],
    ]) {
      const { client, socket } = await connected();
      const code = codeOf(client.fill(request, { detached: true }));
      await turnOfLoop();
      socket.answer("fill/start", job());
      await turnOfLoop();
      if (end === "drop") socket.drop();
      else client.close();
      expect(await code).toBe(expected);
    }
  });

  test("a detached one is come back for: each candidate is told once", async () => {
    const { client, sockets } = fakeClient({ reconnect: true });
    const candidates: number[] = [];
    const filling = client.fill(request, {
      detached: true,
      onCandidate: ({ seed }) => candidates.push(seed),
    });
    const first = await socketOf(sockets);
    await admit(first);
    first.answer("fill/start", job());
    await turnOfLoop();
    first.receive({ jsonrpc: "2.0", method: "fill/candidate", params: { jobId: "j1", index: 0, candidate } });
    first.drop();
    const second = await socketOf(sockets, 2);
    await admit(second);
    expect(second.sent).toMatchObject([{ method: "fill/get", params: { jobId: "j1" } }]);
    second.answer("fill/get", done);
    expect(await filling).toEqual(done.result);
    expect(candidates).toEqual([7]);
    client.close();
  });
});

describe("reconnecting", () => {
  test("looks up the daemon again, waits longer each time, and ends with the client", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let port = 1;
    const states: boolean[] = [];
    const { client, sockets } = fakeClient({
      reconnect: true,
      endpoint: () => ({ url: `http://127.0.0.1:${port}` }),
      onConnection: (isConnected) => states.push(isConnected),
    });
    const connecting = client.connect();
    const first = await socketOf(sockets);
    await admit(first);
    await connecting;
    port = 2;
    first.drop();
    await vi.advanceTimersByTimeAsync(100);
    const second = await socketOf(sockets, 2);
    expect(second.url).toBe("ws://127.0.0.1:2/v1/ws");
    second.drop();
    await turnOfLoop();
    await vi.advanceTimersByTimeAsync(249);
    expect(sockets.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    await admit(await socketOf(sockets, 3));
    expect(states).toEqual([true, false, true]);
    sockets[2]?.drop();
    client.close();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sockets.length).toBe(3);
  });
});

describe("a daemon that comes back and does not know the client any more", () => {
  test("is told apart from one that is gone", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const told: string[] = [];
    const { client, sockets } = fakeClient({
      reconnect: true,
      onConnection: (isConnected) => told.push(isConnected ? "open" : "lost"),
      onRefused: ({ code }) => told.push(code),
    });
    const connecting = client.connect();
    await admit(await socketOf(sockets));
    await connecting;
    sockets[0]?.drop();
    await vi.advanceTimersByTimeAsync(100);
    (await socketOf(sockets, 2)).drop();
    await turnOfLoop();
    await vi.advanceTimersByTimeAsync(250);
    const refusing = await socketOf(sockets, 3);
    refusing.onopen?.();
    await turnOfLoop();
    const data = { code: "TOKEN_MISSING", message: "the token is missing", data: {}, retryable: false };
    const [hello] = refusing.sent;
    refusing.receive({ jsonrpc: "2.0", id: hello?.id, error: { code: -32000, message: data.message, data } });
    await turnOfLoop();
    expect(told).toEqual(["open", "lost", "TOKEN_MISSING"]);
    // A new cookie may come from another window, so it is tried again.
    await vi.advanceTimersByTimeAsync(500);
    await admit(await socketOf(sockets, 4));
    expect(told.at(-1)).toBe("open");
    client.close();
  });
});
