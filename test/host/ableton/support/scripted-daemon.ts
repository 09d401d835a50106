/**
 * A simulated daemon over a real WebSocket: the test decides its answers, golden messages where they fit.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import type {
  AnswerNote,
  FillResult,
  OneTrackRequest,
} from "../../../../bridge/client/generated/protocol.ts";
import { Lock } from "../../../../bridge/instance/lock.ts";
import { temporaryFolder } from "../../../bridge/support/cli.ts";

const hello = golden("initialize").result;
const started = golden("fill-start").result as { jobId: string };
const ended = golden("notifications/fill-end").params as { result: FillResult };

export interface Script {
  /** The answer to a method: a result, an error's code and message, or nothing, ever. */
  answer?: (method: string, params: { request?: OneTrackRequest }) => unknown;
}

export class Refusal {
  readonly code: string;
  readonly message: string;

  constructor(code: string, message: string) {
    [this.code, this.message] = [code, message];
  }
}

/** No answer. */
export const SILENCE = Symbol("silence");

/** What a fill answers with these candidates; all sounding notes of the region make room. */
export function resultFor(request: OneTrackRequest, candidates: Partial<AnswerNote>[][]): FillResult {
  const { trackId, startTick, endTick } = request.region;
  const locked = new Set(request.lockedNotes?.map((note) => `${note.startTick} ${note.pitch}`));
  const old = request.tracks.find(({ id }) => id === trackId)?.notes ?? [];
  const note = { startTick, durationTicks: 240, pitch: 60, velocity: 80, channel: 0 };
  return {
    ...ended.result,
    region: request.region,
    removed: old
      .filter((each) => each.startTick >= startTick && each.startTick < endTick)
      .filter((each) => !locked.has(`${each.startTick} ${each.pitch}`))
      .map((each) => ({ ...each, channel: 0 })),
    candidates: candidates.map((notes, index) => ({
      seed: index,
      notes: notes.map((each) => ({ ...note, ...each })),
      logProbPerNote: -1,
      copied: 0,
      outOfScale: 0,
    })),
  };
}

/** Start it; it is found by the home's files, as the real one. */
export async function scriptedDaemon(script: Script = {}) {
  const home = temporaryFolder();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((done) => server.once("listening", done));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const instance = { url: `http://127.0.0.1:${port}`, tcpPort: 0, folder: null, version: "0.0.0" };
  Lock.take({ CONTINUO_HOME: home }).publish(instance);
  writeFileSync(join(home, "token"), "0".repeat(64));
  const calls: { method: string; params: { request?: OneTrackRequest; [name: string]: unknown } }[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const { id, method, params } = JSON.parse(String(data));
      calls.push({ method, params });
      const send = (message: object) => socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
      const answer = script.answer?.(method, params) ?? (method === "initialize" ? hello : {});
      if (answer === SILENCE) return;
      if (answer instanceof Refusal) {
        const { code, message } = answer;
        send({ id, error: { code: -32000, message, data: { code, message, data: {}, retryable: false } } });
      } else if (method === "fill/start") {
        send({ id, result: started });
        const job = { ...started, state: "done", fraction: 1, result: answer };
        send({ method: "fill/end", params: job });
      } else {
        send({ id, result: answer });
      }
    });
  });
  return {
    url: instance.url,
    env: { ...process.env, CONTINUO_HOME: home },
    calls,
    fills: () =>
      calls.flatMap(({ method, params }) =>
        method === "fill/start" && params.request ? [params.request] : [],
      ),
  };
}

function golden(name: string) {
  return JSON.parse(readFileSync(join("test", "contract", `${name}.json`), "utf8"));
}
