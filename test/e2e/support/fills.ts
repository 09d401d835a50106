/**
 * Polls fills of the daemon until they end.
 */
import type { JobEntry } from "../../../bridge/protocol/methods.ts";
import { type Caller, resultOf } from "./callers.ts";
import type { TestDaemon } from "./daemon.ts";
import { until } from "./wait.ts";

const LONGEST_WAIT_MS = 30_000;

/** A fill once it has ended, however it did. */
export async function endOf(caller: Caller, jobId: string): Promise<JobEntry> {
  return until(`the end of fill ${jobId}`, async () => {
    const job = resultOf(await caller.call("fill/get", { jobId, waitMs: LONGEST_WAIT_MS }));
    return job.state !== "queued" && job.state !== "running" && job;
  });
}

/** How many fills have ended in this way since the daemon began. */
export async function fillsEndedAs(daemon: TestDaemon, state: JobEntry["state"]): Promise<number> {
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const figures = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
  return Number(
    new RegExp(`^continuo_fills_total\\{state="${state}"\\} (\\d+)$`, "m").exec(figures)?.[1] ?? 0,
  );
}
