/**
 * The client and the real daemon: fills, all kinds of endings, and a daemon that restarts on another port.
 */
import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import * as z from "zod";
import { type Client, type ConnectOptions, connect, type Socket } from "../../../bridge/client/node.ts";
import { overHttp, resultOf } from "../../e2e/support/callers.ts";
import { newHome, startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { fillsEndedAs } from "../../e2e/support/fills.ts";
import { longRequest, songRequest } from "../../e2e/support/songs.ts";
import { settled, until } from "../../e2e/support/wait.ts";
import { runCli } from "../support/cli.ts";

async function clientOf(home: string, options: ConnectOptions = {}): Promise<Client> {
  const client = await connect({ env: { CONTINUO_HOME: home }, name: "test", ...options });
  onTestFinished(() => client.close());
  return client;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    ({ code }) => code,
  );

/** A client that comes back, and whose connections can be cut. */
async function cuttable(daemon: TestDaemon) {
  const sockets: WebSocket[] = [];
  const states: boolean[] = [];
  const client = await clientOf(daemon.home, {
    reconnect: true,
    onConnection: (isConnected) => states.push(isConnected),
    createSocket: (url) => {
      const socket = new WebSocket(url);
      sockets.push(socket);
      return socket as unknown as Socket;
    },
  });
  return { client, states, cut: () => sockets.at(-1)?.terminate() };
}

const running = async (client: Client) => (await client.call("status", {})).jobs.running;

describe("a fill", () => {
  test("tells its progress and its candidates, and gives the notes that fill/run gives", async () => {
    const daemon = await startDaemon();
    const client = await clientOf(daemon.home);
    const request = songRequest({
      model: "infill-s",
      sampling: { seed: 4, candidates: 3, temperature: 1 },
      order: "model",
    });
    const told: number[] = [];
    let [jobId, fraction] = ["", 0];
    const result = await client.fill(request, {
      onStart: (id) => {
        jobId = id;
      },
      onProgress: (progress) => {
        fraction = Math.max(fraction, progress.fraction);
      },
      onCandidate: ({ seed }) => told.push(seed),
    });
    expect(told.sort()).toEqual(result.candidates.map(({ seed }) => seed).sort());
    expect(fraction).toBeGreaterThan(0);
    const again = resultOf(await overHttp(daemon).call("fill/run", request));
    expect(again.candidates).toEqual(result.candidates);
    expect(await client.call("fill/accept", { jobId, candidate: 2 })).toEqual({ accepted: 2 });
    const job = await client.call("fill/get", { jobId });
    expect(job).toMatchObject({ state: "done", result });
  });

  test("that is aborted ends at once here, and soon there", async () => {
    const daemon = await startDaemon();
    const client = await clientOf(daemon.home);
    const controller = new AbortController();
    const code = codeOf(
      client.fill(longRequest(), { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    expect(await settled("the abort", code)).toBe("CANCELLED");
    await until("it is cancelled there", async () => (await fillsEndedAs(daemon, "cancelled")) === 1);
  });

  test("of a client that is closed is cancelled, a detached one is not and can be come back for", async () => {
    const daemon = await startDaemon();
    const first = await clientOf(daemon.home);
    const other = await clientOf(daemon.home);
    const code = codeOf(first.fill(longRequest()));
    await until("it runs", async () => (await running(other)) === 1);
    first.close();
    expect(await code).toBe("CLIENT_CLOSED");
    await until("it is cancelled there", async () => (await fillsEndedAs(daemon, "cancelled")) === 1);

    const second = await clientOf(daemon.home);
    let jobId = "";
    const gone = codeOf(
      second.fill(songRequest({ sampling: { seed: 1, candidates: 8 } }), {
        detached: true,
        onStart: (id) => {
          jobId = id;
          second.close();
        },
      }),
    );
    expect(await gone).toBe("CLIENT_CLOSED");
    const progress: number[] = [];
    const result = await other.resume(jobId, { onProgress: ({ fraction }) => progress.push(fraction) });
    expect(result.candidates.length).toBe(8);
    expect(await codeOf(other.resume("no-such-job"))).toBe("JOB_NOT_FOUND");
  });

  test("that the daemon refuses has the daemon's code", async () => {
    const daemon = await startDaemon();
    const client = await clientOf(daemon.home);
    const nowhere = songRequest({ region: { trackId: "none", startTick: 0, endTick: 960 } });
    expect(await codeOf(client.fill(nowhere))).toBe("TRACK_NOT_FOUND");
    expect(await codeOf(client.fill(songRequest({ model: "none" })))).toBe("MODEL_NOT_FOUND");
    const misspelt: object = { ...songRequest(), moed: "vary" };
    expect(await codeOf(client.fill(misspelt as ReturnType<typeof songRequest>))).toBe("REQUEST_INVALID");
  });
});

describe("a connection that is lost", () => {
  test("takes a fill with it, comes back, and a detached fill goes on", async () => {
    const daemon = await startDaemon();
    const { client, cut, states } = await cuttable(daemon);
    const lost = codeOf(client.fill(longRequest(), { onProgress: cut }));
    expect(await settled("the loss", lost)).toBe("CONNECTION_LOST");
    await until("it is back", () => states.at(-1));
    await until("it is cancelled there", async () => (await fillsEndedAs(daemon, "cancelled")) === 1);

    const request = songRequest({ model: "infill-s", sampling: { seed: 3, candidates: 4 } });
    const seen: number[] = [];
    const result = await client.fill(request, {
      detached: true,
      onStart: cut,
      onCandidate: ({ seed }) => seen.push(seed),
    });
    expect(result.candidates.length).toBe(4);
    expect(seen.sort()).toEqual(result.candidates.map(({ seed }) => seed).sort());
    expect(states).toEqual([true, false, true, false, true]);
  });

  test("is made again to a daemon that was killed and started on another port; its fills are lost with a code", async () => {
    const home = newHome();
    const first = await startDaemon({ home });
    const { client, states } = await cuttable(first);
    const codes: Promise<string>[] = [];
    await new Promise<void>((resolve) => {
      let begun = 0;
      const onProgress = () => {
        begun += 1;
        if (begun === 2) resolve();
      };
      codes.push(codeOf(client.fill(longRequest(), { onProgress })));
      codes.push(codeOf(client.fill(longRequest(), { onProgress, detached: true })));
    });
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await startDaemon({ home });
    expect(second.url).not.toBe(first.url);
    expect(await settled("both ends", Promise.all(codes))).toEqual(["CONNECTION_LOST", "JOB_INTERRUPTED"]);
    expect((await client.call("status", {})).pid).toBe(second.pid);
    expect(states).toEqual([true, false, true]);
  });

  test("is made again with the token that is in force by then", async () => {
    const daemon = await startDaemon();
    const { client, states } = await cuttable(daemon);
    const { exitCode } = await runCli(["token", "--rotate"], { env: { CONTINUO_HOME: daemon.home } });
    expect(exitCode).toBe(0);
    await until("sent away and let in again", () => states.length === 3);
    expect((await client.call("status", {})).pid).toBe(daemon.pid);
  });
});

describe("what keeps a client out", () => {
  test("no daemon, one that is gone, a wrong token", async () => {
    const home = newHome();
    expect(await codeOf(clientOf(home))).toBe("DAEMON_NOT_RUNNING");
    const daemon = await startDaemon({ home });
    expect(await codeOf(clientOf(home, { url: daemon.url, token: "0".repeat(64) }))).toBe("TOKEN_WRONG");
    expect(await codeOf(clientOf(home, { url: daemon.url }))).toBe("TOKEN_MISSING");
    const states: boolean[] = [];
    const onConnection = (isConnected: boolean) => states.push(isConnected);
    const client = await clientOf(home, { url: daemon.url, token: daemon.token(), onConnection });
    await daemon.stop();
    await until("the end of the connection", () => states.includes(false));
    expect(await codeOf(client.call("status", {}))).toBe("DAEMON_UNREACHABLE");
  });
});

test("the daemon refuses with the golden words", async () => {
  const daemon = await startDaemon();
  const goldens = z
    .array(z.strictObject({ sent: z.string(), answer: z.unknown() }))
    .parse(JSON.parse(readFileSync("test/contract/errors.json", "utf8")));
  for (const { sent, answer } of goldens) expect(await overHttp(daemon).send(sent)).toEqual(answer);
});
