/**
 * One fill from its request to its end.
 */
import { randomBytes } from "node:crypto";
import type { BridgeError } from "../../bridge-error.ts";
import type { FillProgress, SeededRequest } from "../../engine/fill.ts";
import { quartersFromTicks } from "../../music/time.ts";
import type { Candidate, FillResult } from "../../protocol/fill.ts";
import { errorEntry } from "../../protocol/json-rpc.ts";
import type { JobEntry, JobState } from "../../protocol/methods.ts";
import type { FillNote } from "../../protocol/song.ts";
import type { Session } from "../messages/session.ts";

export interface JobOptions {
  /** Who hears of it; its going cancels the job unless it is detached. */
  session: Session;
  detached: boolean;
}

export class Job {
  readonly id: string;
  request: SeededRequest;
  readonly options: JobOptions;
  readonly startedAt = performance.now();
  readonly controller = new AbortController();
  state: JobState = "queued";
  queuePosition = 0;
  result: FillResult | null = null;
  error: BridgeError | null = null;
  /** When it was last polled, by a client without notifications. */
  seenAt = performance.now();
  endedAt: number | null = null;
  /** Of its result, as it is kept. */
  bytes = 0;
  private fraction = 0;
  private noteCount = 0;
  private notes: FillNote[] = [];
  /** Seeds of the candidates that were reported. */
  private readonly reportedSeeds = new Set<number>();
  /** Resolves when it ends. */
  readonly ended: Promise<void>;
  private markEnded: () => void = () => {};

  constructor(request: SeededRequest, options: JobOptions) {
    // The time leads, so that ids sort by age and none comes twice after a restart.
    this.id = `${Date.now().toString(36)}-${randomBytes(5).toString("hex")}`;
    this.request = request;
    this.options = options;
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  get hasEnded(): boolean {
    return this.endedAt !== null;
  }

  /** About what it costs: quarters to fill, of all tracks and candidates. */
  get cost(): number {
    const { region, ppq, sampling } = this.request;
    const tracks = region.trackIds?.length ?? 1;
    const quarters = tracks * quartersFromTicks(Math.max(0, region.endTick - region.startTick), ppq);
    return Math.max(1, quarters) * (sampling.candidates ?? 1);
  }

  progress({ fraction, noteCount, notes, finished }: FillProgress): void {
    // The last of them may be heard after the answer, which has all of it.
    if (this.hasEnded) return;
    // Candidates that are sampled again start over, but the reported progress never goes back.
    this.fraction = Math.max(this.fraction, fraction);
    [this.noteCount, this.notes] = [noteCount, notes];
    this.tellCandidates(finished);
    const { jobId, fraction: reported, finished: count } = this.entry();
    this.options.session.notify("fill/progress", {
      jobId,
      fraction: reported,
      noteCount,
      notes,
      finished: count,
    });
  }

  end(outcome: { result: FillResult } | { error: BridgeError }): void {
    if (this.hasEnded) return;
    this.endedAt = performance.now();
    this.queuePosition = 0;
    if ("result" in outcome) {
      this.tellCandidates(outcome.result.candidates);
      this.result = outcome.result;
      this.state = "done";
      this.fraction = 1;
    } else {
      this.error = outcome.error;
      this.state = outcome.error.code === "CANCELLED" ? "cancelled" : "failed";
    }
    // The result has them.
    this.notes = [];
    const entry = this.entry();
    this.bytes = JSON.stringify(entry).length;
    this.markEnded();
    this.options.session.notify("fill/end", entry);
  }

  /** Let go of what only the model needed: results are kept for long, songs are large. */
  release(): void {
    this.request = { ...this.request, tracks: [], lockedNotes: [] };
  }

  /** Resolves when it ends, the time is over or the signal aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.hasEnded || milliseconds <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    let stop = () => {};
    const given = new Promise<void>((resolve) => {
      stop = resolve;
      timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", stop, { once: true });
    });
    await Promise.race([this.ended, given]);
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }

  private tellCandidates(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      if (this.reportedSeeds.has(candidate.seed)) continue;
      this.options.session.notify("fill/candidate", {
        jobId: this.id,
        index: this.reportedSeeds.size,
        candidate,
      });
      this.reportedSeeds.add(candidate.seed);
    }
  }

  entry(): JobEntry {
    return {
      jobId: this.id,
      state: this.state,
      revision: this.request.revision ?? null,
      queuePosition: this.queuePosition,
      fraction: this.fraction,
      noteCount: this.noteCount,
      notes: this.notes,
      finished: this.reportedSeeds.size,
      result: this.result,
      error: this.error === null ? null : errorEntry(this.error),
    };
  }
}
