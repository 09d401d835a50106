/**
 * A fill of a file by a daemon: the region as a request, the notes of the answer into the file.
 */
import { setTimeout as wait } from "node:timers/promises";
import { BridgeError } from "../bridge-error.ts";
import { type FileFill, type Progress, type RegionOfFile, readRegion, writeRegion } from "../engine/fill.ts";
import { type FilledFile, filledFile } from "../engine/filled-file.ts";
import type { KnownModel } from "../engine/models.ts";
import type { CallOptions } from "../engine/native-call.ts";
import type { Instance } from "../instance/lock.ts";
import { Client } from "./client.ts";
import { framesSocket } from "./frames-socket.ts";
import type { FillRequest, FillResult } from "./generated/protocol.ts";

export interface ChosenDaemon {
  instance: Instance;
  token: string | undefined;
  model: KnownModel;
}

/** A daemon on this machine that has not let us in by then is stopped or stuck. */
const ENTRY_MS = 1_000;
/** How often it is asked whether it is still there, and how long it may think about that. */
const CHECK_MS = 2_000;

/** Everything else is tried again here, which gives the same error where the request is to blame. */
const FINAL = new Set(["CANCELLED", "DEADLINE_EXCEEDED"]);

/**
 * Fill and write.
 * @returns undefined where the daemon did not do it, and nothing was written
 * @throws BridgeError CANCELLED, DEADLINE_EXCEEDED; of writing: INPUT_CHANGED, OUTPUT_*
 */
export async function fillByDaemon(
  request: FileFill,
  chosen: ChosenDaemon,
  options: CallOptions<Progress>,
): Promise<FilledFile | undefined> {
  const started = performance.now();
  const client = clientOf(chosen);
  let answer: { region: RegionOfFile; result: FillResult };
  try {
    const entry = within(ENTRY_MS, client.connect());
    // The file is read while the daemon is greeted; if one fails, the other's failure is ignored.
    entry.catch(() => {});
    const region = await readRegion(request.file, request.sampling.candidates);
    await entry;
    const filling = client.fill(requestOf(request, region, chosen), {
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const result = await Promise.race([filling, silence(client)]);
    if (result.model.sha256 !== chosen.model.sha256) return undefined;
    answer = { region, result };
  } catch (thrown) {
    if (options.signal?.aborted) throw cancelled();
    if (thrown instanceof BridgeError && !FINAL.has(thrown.code)) return undefined;
    throw thrown;
  } finally {
    client.close();
  }
  if (options.signal?.aborted) throw cancelled();
  const { region, result } = answer;
  const written = await writeRegion(request.file, region.fingerprint, result);
  // The model was loaded long before.
  const timings = { ...result.timings, loadMs: 0, totalMs: performance.now() - started };
  return filledFile({ ...result, timings }, written);
}

function clientOf({ instance: { url, tcpPort }, token }: ChosenDaemon): Client {
  return new Client({
    name: "continuo",
    // What it is too busy for is done here.
    busyMs: 0,
    endpoint: () => ({ url, token }),
    createSocket: () => framesSocket(tcpPort),
  });
}

/** What a host would send. */
function requestOf(
  { mode, controls, sampling, deadlineMs }: FileFill,
  { song, region, lockedNotes }: RegionOfFile,
  { model }: ChosenDaemon,
): FillRequest {
  return {
    ...song,
    region,
    mode,
    controls,
    sampling,
    lockedNotes,
    model: model.id,
    deadlineMs,
    // Files are numbered as they are without a daemon.
    order: "model",
  };
}

/** Rejects once the daemon says nothing any more; a fill may wait long in its queue. */
async function silence(client: Client): Promise<never> {
  for (;;) {
    await wait(CHECK_MS, undefined, { ref: false });
    await within(CHECK_MS, client.call("status", {}));
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = wait(milliseconds, undefined, { ref: false }).then(() => {
    throw new BridgeError("DAEMON_UNREACHABLE", "the daemon does not answer; stop it with continuo stop");
  });
  return Promise.race([work, late]);
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was written");
}
