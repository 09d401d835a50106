/**
 * The notifications of one fill, including those that arrive before the answer with its id.
 */
import type { Candidate, Job, Notifications } from "./generated/protocol.ts";

export interface FillEvents {
  onProgress?: ((progress: Notifications["fill/progress"]) => void) | undefined;
  onCandidate?: ((candidate: Candidate, index: number) => void) | undefined;
}

/** The part of a client that is listened to. */
interface Speaker {
  on<Name extends keyof Notifications>(
    name: Name,
    listener: (params: Notifications[Name]) => void,
  ): () => void;
}

export class FillWatch {
  /** Resolves when the fill ends. */
  readonly ended: Promise<Job>;
  private readonly early: (() => void)[] = [];
  private readonly stops: (() => void)[];
  private jobId: string | undefined;
  private end: (job: Job) => void = () => {};

  constructor(client: Speaker, { onProgress, onCandidate }: FillEvents) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.stops = [
      client.on("fill/progress", (progress) => this.hear(progress.jobId, () => onProgress?.(progress))),
      client.on("fill/candidate", ({ jobId, candidate, index }) =>
        this.hear(jobId, () => onCandidate?.(candidate, index)),
      ),
      client.on("fill/end", (job) => this.hear(job.jobId, () => this.end(job))),
    ];
  }

  /** Sets which fill it is, and reports the notifications received so far. */
  begin(jobId: string): void {
    this.jobId = jobId;
    for (const tell of this.early.splice(0)) tell();
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private hear(jobId: string, tell: () => void): void {
    if (this.jobId === undefined) this.early.push(() => jobId === this.jobId && tell());
    else if (this.jobId === jobId) tell();
  }
}
