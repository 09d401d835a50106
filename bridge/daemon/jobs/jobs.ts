/**
 * All fills of the daemon: queued, running, and kept for a while after they end.
 */
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import type { FillProgress, SeededRequest } from "../../engine/fill.ts";
import type { FillResult } from "../../protocol/fill.ts";
import { Job, type JobOptions } from "./job.ts";
import { JobQueue } from "./queue.ts";

export interface JobsOptions {
  /** Fills that run side by side. */
  workers: number;
  /** How long results are kept, and how much of them. */
  keepMs: number;
  keepBytes: number;
  run(
    request: SeededRequest,
    signal: AbortSignal,
    onProgress: (progress: FillProgress) => void,
  ): Promise<FillResult>;
  /** Everything that begins and ends, for the journal and the figures. */
  onStart?(job: Job): void;
  onEnd?(job: Job): void;
  /** Before anybody hears of a result; resolves when it is kept. */
  onResult?(job: Job, result: FillResult): Promise<void>;
}

/** A job of a client that only asks is cancelled when it has not been asked for so long. */
const FORGOTTEN_MS = 60_000;
const SWEEP_MS = 5_000;
/** First guess of a fill's time, until some have been measured. */
const FIRST_GUESS_MS = 200;

export class Jobs {
  private readonly options: JobsOptions;
  private readonly queue = new JobQueue();
  private readonly running = new Set<Job>();
  /** Fills that a person makes: they take no worker, and as long as they take. */
  private readonly held = new Set<Job>();
  private readonly byId = new Map<string, Job>();
  private readonly sweeper: NodeJS.Timeout;
  private meanMs = FIRST_GUESS_MS;
  private isClosing = false;

  constructor(options: JobsOptions) {
    this.options = options;
    this.sweeper = setInterval(() => this.sweep(performance.now()), SWEEP_MS);
    this.sweeper.unref();
  }

  get counts(): { queued: number; running: number; kept: number } {
    const { length: queued } = this.queue;
    const running = this.running.size + this.held.size;
    return { queued, running, kept: this.byId.size - queued - running };
  }

  /** @throws BridgeError BUSY, SHUTTING_DOWN */
  start(request: SeededRequest, options: JobOptions): Job {
    this.refuseAtEnd();
    const job = new Job(request, options);
    this.queue.add(job, this.meanMs * (this.queue.length / this.options.workers + 1));
    this.begin(job);
    this.pump();
    return job;
  }

  /**
   * Begin a fill that is made elsewhere and ends by `answer`, or cancelled.
   * @throws BridgeError SHUTTING_DOWN
   */
  hold(request: SeededRequest, options: JobOptions): Job {
    this.refuseAtEnd();
    const job = new Job(request, options);
    job.state = "running";
    this.held.add(job);
    this.begin(job);
    return job;
  }

  /** The answer of a fill that is held. @returns whether it was still waited for */
  answer(job: Job, result: FillResult): boolean {
    if (!this.held.delete(job)) return false;
    const kept = this.options.onResult?.(job, result);
    if (kept === undefined) this.finish(job, { result });
    else void kept.then(() => this.finish(job, { result }));
    return true;
  }

  private refuseAtEnd(): void {
    if (!this.isClosing) return;
    throw new BridgeError(
      "SHUTTING_DOWN",
      "the daemon is shutting down; start it again with continuo serve",
      {
        retryable: true,
      },
    );
  }

  private begin(job: Job): void {
    const { options } = job;
    this.byId.set(job.id, job);
    this.options.onStart?.(job);
    if (!options.detached) {
      const { gone } = options.session;
      const stop = () => this.cancel(job);
      gone.addEventListener("abort", stop, { once: true });
      // A client that stays for days must not keep every fill that it ever asked for.
      void job.ended.then(() => gone.removeEventListener("abort", stop));
    }
  }

  /** @throws BridgeError JOB_NOT_FOUND */
  get(id: string): Job {
    const job = this.byId.get(id);
    if (job !== undefined) {
      job.seenAt = performance.now();
      return job;
    }
    throw new BridgeError(
      "JOB_NOT_FOUND",
      `fill ${id.slice(0, 64)} not found; results are kept for ${Math.round(this.options.keepMs / 60_000)} minutes, start it again`,
      { data: { jobId: id.slice(0, 64) } },
    );
  }

  cancel(job: Job): void {
    if (job.hasEnded) return;
    job.controller.abort();
    if (this.queue.remove(job) || this.held.delete(job)) this.finish(job, { error: cancelled() });
  }

  /** Cancel everything; resolves when nothing runs any more, or after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    clearInterval(this.sweeper);
    const running = [...this.running];
    for (const job of this.byId.values()) this.cancel(job);
    const never = new AbortController().signal;
    await Promise.all(running.map((job) => job.wait(graceMs, never)));
  }

  private pump(): void {
    while (this.running.size < this.options.workers) {
      const job = this.queue.next(performance.now());
      if (job === undefined) return;
      void this.work(job);
    }
  }

  private async work(job: Job): Promise<void> {
    this.running.add(job);
    job.state = "running";
    job.queuePosition = 0;
    const begun = performance.now();
    try {
      const result = await this.options.run(inTime(job, begun), job.controller.signal, (progress) =>
        job.progress(progress),
      );
      this.meanMs += (performance.now() - begun - this.meanMs) * 0.1;
      await this.options.onResult?.(job, result);
      this.finish(job, { result });
    } catch (thrown) {
      this.finish(job, { error: toBridgeError(thrown) });
    } finally {
      this.running.delete(job);
      this.pump();
    }
  }

  private finish(job: Job, outcome: { result: FillResult } | { error: BridgeError }): void {
    job.end(outcome);
    this.options.onEnd?.(job);
    job.release();
  }

  /** Forget what was kept long enough, cancel what nobody asks for; done every few seconds. */
  sweep(now: number): void {
    let bytes = 0;
    for (const job of [...this.byId.values()].reverse()) {
      if (job.endedAt !== null) {
        bytes += job.bytes;
        const isOld = now - job.endedAt > this.options.keepMs;
        if (isOld || bytes > this.options.keepBytes) this.byId.delete(job.id);
      } else if (
        !job.options.detached &&
        !job.options.session.isListening &&
        now - job.seenAt > FORGOTTEN_MS
      ) {
        this.cancel(job);
      }
    }
  }
}

/** The request with what is left of its deadline. @throws BridgeError DEADLINE_EXCEEDED, CANCELLED */
function inTime(job: Job, now: number): SeededRequest {
  if (job.controller.signal.aborted) throw cancelled();
  const { deadlineMs } = job.request;
  if (deadlineMs === undefined) return job.request;
  // A fill that did not have to wait has all of it, and says so in its warnings.
  const left = Math.ceil(deadlineMs - (now - job.startedAt));
  if (left > 0) return { ...job.request, deadlineMs: left };
  throw new BridgeError(
    "DEADLINE_EXCEEDED",
    `the fill waited longer than its ${deadlineMs} ms; give it more time or try again later`,
    { data: { deadlineMs }, retryable: true },
  );
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was changed");
}
