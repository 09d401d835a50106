/**
 * Which job comes next: short ones before long ones, and fair between clients.
 *
 * Every client has a virtual time that goes on by the cost of each of its jobs (start-time fair queueing, Goyal
 * et al. 1996); the waiting job of the client that is furthest behind is next. Long jobs wait for short ones,
 * but not for ever.
 */
import { BridgeError } from "../../bridge-error.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Job } from "./job.ts";

/** Quarters times candidates: 4 bars of 4 candidates. */
const SHORT_COST = 64;
/** After this time a long job is as good as a short one. */
const PATIENCE_MS = 4_000;

export class JobQueue {
  private waiting: Job[] = [];
  private readonly served = new Map<string, number>();
  private clock = 0;

  get length(): number {
    return this.waiting.length;
  }

  /** @throws BridgeError BUSY with `retryAfterMs` */
  add(job: Job, retryAfterMs: number): void {
    const client = clientOf(job);
    const own = this.waiting.filter((other) => clientOf(other) === client).length;
    if (this.waiting.length >= LIMITS.queuedJobs || own >= LIMITS.queuedJobsOfClient) {
      throw new BridgeError(
        "BUSY",
        `${this.waiting.length} fills wait, ${own} of them yours; try again in ${Math.ceil(retryAfterMs / 1000)} s`,
        { data: { retryAfterMs: Math.ceil(retryAfterMs) }, retryable: true },
      );
    }
    // A client that had nothing to do gets no credit for it.
    const behind = this.served.get(client) ?? 0;
    if (own === 0) this.served.set(client, Math.max(behind, this.clock));
    this.waiting.push(job);
    this.renumber();
  }

  /** Take the next job out. */
  next(now: number): Job | undefined {
    const isShort = (job: Job) => job.cost <= SHORT_COST || now - job.startedAt > PATIENCE_MS;
    const short = this.waiting.filter(isShort);
    const choice = short.length > 0 ? short : this.waiting;
    let best: Job | undefined;
    for (const job of choice) {
      if (best === undefined || this.servedOf(job) < this.servedOf(best)) best = job;
    }
    if (best === undefined) return undefined;
    this.remove(best);
    this.clock = this.servedOf(best);
    this.served.set(clientOf(best), this.clock + best.cost);
    if (this.waiting.length === 0) this.served.clear();
    return best;
  }

  /** @returns whether it was waiting */
  remove(job: Job): boolean {
    const at = this.waiting.indexOf(job);
    if (at < 0) return false;
    this.waiting.splice(at, 1);
    this.renumber();
    return true;
  }

  private servedOf(job: Job): number {
    return this.served.get(clientOf(job)) ?? this.clock;
  }

  private renumber(): void {
    this.waiting.forEach((job, index) => {
      job.queuePosition = index + 1;
    });
  }
}

function clientOf(job: Job): string {
  return job.options.session.clientKey;
}
