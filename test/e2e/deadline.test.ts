/**
 * Deadlines in the daemon: a fill answers with what is finished by then.
 */
import { expect, test } from "vitest";
import { overHttp, resultOf } from "./support/callers.ts";
import { startDaemon } from "./support/daemon.ts";
import { endOf } from "./support/fills.ts";
import { songRequest } from "./support/songs.ts";

const MOST_MS = 600_000;

test("a fill that cannot be finished in time gives the candidates that were, and says so", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const caller = overHttp(daemon);
  resultOf(await caller.call("fill/run", songRequest()));
  const sampling = { seed: 4, candidates: 64 };
  // However fast the machine is: the first time that is long enough for one is far too short for all.
  for (let deadlineMs = 100; deadlineMs <= MOST_MS; deadlineMs *= 2) {
    const started = await caller.call("fill/start", { request: songRequest({ sampling, deadlineMs }) });
    const job = await endOf(caller, resultOf(started).jobId);
    if (job.state === "failed") {
      expect(job.error?.code).toBe("DEADLINE_EXCEEDED");
      continue;
    }
    expect(job.state).toBe("done");
    const found = job.result?.candidates.length ?? 0;
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(64);
    expect(job.finished).toBe(found);
    expect(job.result?.warnings.map(({ code }) => code)).toContain("DEADLINE_REACHED");
    const notes = job.result?.candidates.map((candidate) => JSON.stringify(candidate.notes)) ?? [];
    expect(new Set(notes).size).toBe(found);
    return;
  }
  throw new Error("no time was long enough");
});
