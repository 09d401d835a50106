/**
 * The messages of a simulated daemon about one fill, and a client connected to it.
 */
import type { ClientOptions } from "../../../bridge/client/client.ts";
import type { Job } from "../../../bridge/client/generated/protocol.ts";
import { admit, fakeClient, socketOf } from "./fake-socket.ts";

export const job = (more: Partial<Job> = {}): Job => ({
  jobId: "j1",
  state: "running",
  revision: null,
  queuePosition: 0,
  fraction: 0,
  noteCount: 0,
  notes: [],
  finished: 0,
  result: null,
  error: null,
  ...more,
});

export const candidate = { seed: 7, notes: [], logProbPerNote: -1, copied: 0, outOfScale: 0 };
const region = { trackId: "1", startTick: 4, endTick: 8 };
export const done = job({
  state: "done",
  fraction: 1,
  result: {
    model: { id: "m", sha256: "0" },
    device: "cpu",
    seed: 7,
    region,
    removed: [],
    candidates: [candidate],
    warnings: [],
    timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs: 0 },
  },
});
export const request = { ppq: 4, tracks: [{ id: "1", notes: [] }], region };
export const models = { models: [] };

/** A client whose connection is open, and the other end of it. */
export async function connected(options: Partial<ClientOptions> = {}) {
  const { client, sockets } = fakeClient(options);
  const connecting = client.connect();
  const socket = await socketOf(sockets);
  await admit(socket);
  await connecting;
  return { client, sockets, socket };
}

/** How a promise fails. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    ({ code }) => code,
  );
