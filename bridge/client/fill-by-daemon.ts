/**
 * A fill of a file by a daemon: the region as a request, the notes of the answer into the file.
 */
import { setTimeout as wait } from "node:timers/promises";
import { BridgeError } from "../bridge-error.ts";
import { type RegionOfFile, readRegion, writeFill } from "../engine/region-file.ts";
import type { FillRequest as FileRequest } from "../engine/requests.ts";
import type { FillWithView } from "../engine/schemas.ts";
import { Client } from "./client.ts";
import type { DaemonPlace, FillFileOptions } from "./fill-file.ts";
import { framesSocket } from "./frames-socket.ts";
import type { FillRequest, FillResult } from "./generated/protocol.ts";

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
  request: FileRequest,
  place: DaemonPlace,
  options: FillFileOptions,
): Promise<FillWithView | undefined> {
  const started = performance.now();
  const client = clientOf(place);
  let answer: { region: RegionOfFile; result: FillResult };
  try {
    const entry = within(ENTRY_MS, client.connect());
    // While the daemon is greeted the file is read; whichever fails, the other's failure is nobody's.
    entry.catch(() => {});
    const region = await readRegion(request);
    await entry;
    const filling = client.fill(requestOf(request, region, place), {
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const result = await Promise.race([filling, silence(client)]);
    if (result.model.sha256 !== place.model.sha256) return undefined;
    answer = { region, result };
  } catch (thrown) {
    if (options.signal?.aborted) throw cancelled();
    if (thrown instanceof BridgeError && !FINAL.has(thrown.code)) return undefined;
    throw thrown;
  } finally {
    client.close();
  }
  if (options.signal?.aborted) throw cancelled();
  return write(request, answer, started);
}

function clientOf({ instance: { url, tcpPort }, token }: DaemonPlace): Client {
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
  { mode, controls, sampling }: FileRequest,
  { song, region, lockedNotes }: RegionOfFile,
  { model }: DaemonPlace,
): FillRequest {
  const { deadlineMs, ...drawn } = sampling;
  const isVary = typeof mode === "object";
  return {
    ...song,
    region,
    mode: isVary ? "vary" : mode,
    controls: isVary ? { ...controls, amount: mode.vary.amount } : controls,
    sampling: drawn,
    lockedNotes,
    model: model.id,
    deadlineMs,
    // Files are numbered as they are without a daemon.
    order: "model",
  };
}

async function write(
  request: FileRequest,
  { region: { fingerprint }, result }: { region: RegionOfFile; result: FillResult },
  started: number,
): Promise<FillWithView> {
  const { region, removed, candidates, warnings, timings, ...rest } = result;
  const place = { track: Number(region.trackId), startTick: region.startTick, endTick: region.endTick };
  const notes = candidates.map((candidate) => candidate.notes);
  const written = await writeFill(request, { region: place, removed, candidates: notes, fingerprint });
  const told = candidates.map((candidate, index) => ({
    ...candidate,
    notes: written.candidates[index]?.notes ?? candidate.notes,
    file: written.candidates[index]?.file ?? "",
  }));
  return {
    answer: {
      ...rest,
      region: place,
      removed,
      candidates: told,
      warnings: [...written.warnings, ...warnings, ...written.replaced],
      // It was loaded long before.
      timings: { ...timings, loadMs: 0, totalMs: performance.now() - started },
    },
    views: [written.view],
    backup: written.backup,
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
    throw new BridgeError("DAEMON_UNREACHABLE", "the daemon does not answer; end it with continuo stop");
  });
  return Promise.race([work, late]);
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was written");
}
