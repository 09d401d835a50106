/**
 * Fills in the daemon: run by the engine, sorted by preference, recorded in the journal, logged.
 */
import { fillSong, needsModel } from "../engine/fill.ts";
import type { Config } from "../instance/config.ts";
import type { Status } from "../protocol/methods.ts";
import { inPreferredOrder } from "./handlers.ts";
import type { Job } from "./jobs/job.ts";
import { Jobs } from "./jobs/jobs.ts";
import type { Metrics } from "./jobs/metrics.ts";
import { Journal } from "./journal/journal.ts";
import { learn } from "./journal/learn.ts";
import { Preference } from "./journal/preference.ts";
import type { Log } from "./log.ts";
import type { WriteProblems } from "./storage/write-problems.ts";
import type { KnownModels } from "./trainings/known-models.ts";

const MIB = 1024 * 1024;

interface OpenedJournal {
  /** Undefined where the settings turn it off. */
  journal: Journal | undefined;
  /** Fills that an earlier daemon did not finish. */
  interrupted: ReadonlySet<string>;
  preference: Preference;
}

export async function openJournal(
  config: Config,
  version: string,
  env: NodeJS.ProcessEnv,
  problems: WriteProblems,
): Promise<OpenedJournal> {
  const preference = new Preference();
  if (!config.journal) return { journal: undefined, interrupted: new Set<string>(), preference };
  // A long journal is read beside the first fills.
  if (config.rerank) void learn(preference, env).catch(() => {});
  return { ...(await Journal.open(env, version, problems)), preference };
}

export interface JobsOptions extends Pick<OpenedJournal, "journal" | "preference"> {
  config: Config;
  models: KnownModels;
  metrics: Metrics;
  log: Log;
  /** Hears which model filled last. */
  onModel(model: Status["model"]): void;
}

export function createJobs({
  config,
  models,
  metrics,
  log,
  journal,
  preference,
  onModel,
}: JobsOptions): Jobs {
  return new Jobs({
    workers: config.workers,
    keepMs: config.keepMinutes * 60_000,
    keepBytes: config.keepMegabytes * MIB,
    run: async (request, signal, onProgress) => {
      if (!needsModel(request.mode)) return fillSong(request, undefined, { signal, onProgress });
      const engine = { model: models.choose(request.model), device: config.device };
      const result = await fillSong(request, engine, { signal, onProgress });
      onModel({ ...result.model, device: result.device });
      const isReordered = config.rerank && request.order !== "model";
      return isReordered ? inPreferredOrder(result, preference) : result;
    },
    onStart: (job) => {
      const { session } = job.options;
      journal?.append({ type: "request", jobId: job.id, client: session.clientName, request: job.request });
    },
    onResult: async (job, result) => {
      journal?.append({ type: "answer", jobId: job.id, result });
      await journal?.written();
    },
    onEnd: (job) => {
      metrics.ended(job);
      recordFailure(job, journal);
      logFill(job, log, config.log.notes);
      if (journal?.problem !== undefined)
        log.logger.warn({ problem: journal.problem }, "the journal is not written");
    },
  });
}

function recordFailure({ id: jobId, error }: Job, journal: Journal | undefined): void {
  if (error === null) return;
  const { code, message, data, retryable } = error;
  journal?.append({ type: "failure", jobId, error: { code, message, data, retryable } });
}

function logFill(job: Job, { logger }: Log, withNotes: boolean): void {
  const { id, state, result, error, request } = job;
  logger.info(
    {
      job: id,
      state,
      client: job.options.session.clientName,
      transport: job.options.session.transport,
      ms: Math.round((job.endedAt ?? 0) - job.startedAt),
      ...(error === null ? {} : { code: error.code }),
      ...(withNotes ? { request, result } : {}),
    },
    "fill",
  );
}
