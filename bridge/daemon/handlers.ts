/**
 * The handlers of the protocol's methods.
 */
import { randomInt } from "node:crypto";
import { BridgeError } from "../bridge-error.ts";
import { needsModel, type SeededRequest } from "../engine/fill.ts";
import { fillOrder } from "../engine/song-file.ts";
import { pitchRangeOf } from "../music/pitch.ts";
import type { FillRequest, FillResult } from "../protocol/fill.ts";
import { LIMITS } from "../protocol/limits.ts";
import { METHODS, type Status } from "../protocol/methods.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import type { Job } from "./jobs/job.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Journal } from "./journal/journal.ts";
import type { Preference } from "./journal/preference.ts";
import type { Handlers } from "./messages/dispatcher.ts";
import { createRollHandlers, type RollHandlerOptions } from "./rolls/handlers.ts";
import { createTrainingHandlers, type TrainingHandlerOptions } from "./trainings/handlers.ts";
import type { KnownModels } from "./trainings/known-models.ts";

interface HandlerOptions {
  version: string;
  jobs: Jobs;
  models: KnownModels;
  journal: Journal | undefined;
  preference: Preference;
  /** Fills that an earlier daemon did not finish. */
  interrupted: ReadonlySet<string>;
  status(): Status;
  shutdown(): void;
  rolls: RollHandlerOptions;
  training: TrainingHandlerOptions;
}

export function createHandlers(options: HandlerOptions): Handlers {
  const { version, jobs, models, journal, preference, interrupted } = options;
  const find = (jobId: string): Job => {
    if (interrupted.has(jobId)) {
      throw new BridgeError("JOB_INTERRUPTED", "the daemon ended before this fill did; start it again", {
        data: { jobId },
        retryable: true,
      });
    }
    return jobs.get(jobId);
  };
  return {
    initialize: ({ protocolVersion, client }, session) => {
      if (protocolVersion !== PROTOCOL_VERSION) {
        throw new BridgeError(
          "PROTOCOL_MISMATCH",
          `the client speaks version ${protocolVersion} of the protocol and the daemon ${PROTOCOL_VERSION}; bring the older one up to date, for a host's script with continuo install`,
          { data: { supported: [PROTOCOL_VERSION], asked: protocolVersion } },
        );
      }
      session.clientName = client.name;
      return {
        protocolVersion: PROTOCOL_VERSION,
        server: { name: "continuo", version },
        sessionId: session.id,
        methods: Object.keys(METHODS),
        limits: { ...LIMITS },
      };
    },
    "fill/start": async ({ request, detached }, session) => {
      if (needsModel(request.mode)) models.choose(request.model);
      const job = jobs.start(prepared(request), { session, detached });
      const journaled = await journaledFlag(journal);
      return { ...job.entry(), ...journaled };
    },
    "fill/run": async (request, session, gone) => {
      if (needsModel(request.mode)) models.choose(request.model);
      const job = jobs.start(prepared(request), { session, detached: false });
      const stop = () => jobs.cancel(job);
      gone.addEventListener("abort", stop, { once: true });
      if (gone.aborted) stop();
      try {
        while (!job.hasEnded) {
          job.seenAt = performance.now();
          await job.wait(LIMITS.waitMs, gone);
          if (gone.aborted) await job.wait(LIMITS.waitMs, new AbortController().signal);
        }
      } finally {
        gone.removeEventListener("abort", stop);
      }
      await journal?.written();
      if (job.result !== null) return { ...job.result, jobId: job.id };
      throw (
        job.error ?? new BridgeError("INTERNAL_ERROR", "a fill ended without an answer; please report it")
      );
    },
    "fill/get": async ({ jobId, waitMs }, _session, gone) => {
      const job = find(jobId);
      await job.wait(waitMs, gone);
      job.seenAt = performance.now();
      return job.entry();
    },
    "fill/cancel": ({ jobId }) => {
      const job = find(jobId);
      jobs.cancel(job);
      return job.entry();
    },
    "fill/accept": async ({ jobId, candidate }) => {
      const { result } = find(jobId);
      if (result === null || candidate >= result.candidates.length) {
        throw new BridgeError(
          "CANDIDATE_NOT_FOUND",
          `the fill has ${result?.candidates.length ?? 0} candidates, none with index ${candidate}; wait for its end`,
          { data: { jobId, candidate } },
        );
      }
      preference.accept(result, candidate);
      journal?.append({ type: "accept", jobId, candidate });
      return { accepted: candidate, ...(await journaledFlag(journal)) };
    },
    "fill/reject": async ({ jobId }) => {
      find(jobId);
      journal?.append({ type: "reject", jobId });
      return { rejected: true, ...(await journaledFlag(journal)) };
    },
    "fill/order": async (song) => ({ trackIds: await fillOrder(song) }),
    "models/list": () => ({ models: models.entries() }),
    status: () => options.status(),
    ...createRollHandlers(options.rolls),
    ...createTrainingHandlers(options.training),
    shutdown: () => {
      options.shutdown();
      return {};
    },
  };
}

/** Fills go on where the journal cannot be written; the answer then says that this is not in it yet. */
async function journaledFlag(journal: Journal | undefined): Promise<{ isJournaled?: false }> {
  const isWritten = (await journal?.written()) ?? true;
  return isWritten ? {} : { isJournaled: false };
}

/**
 * With a seed, and pitches as numbers.
 * @throws BridgeError PITCH_INVALID, PITCH_RANGE_INVERTED
 */
function prepared(request: FillRequest): SeededRequest {
  const seed = request.sampling.seed ?? randomInt(2 ** 32);
  const { pitchRange } = request.controls;
  const range = pitchRange === undefined ? {} : { pitchRange: pitchRangeOf(pitchRange) };
  const controls = { ...request.controls, ...range };
  return { ...request, controls, sampling: { ...request.sampling, seed } };
}

/** A result with its candidates in the order to offer. */
export function inPreferredOrder(result: FillResult, preference: Preference): FillResult {
  const { candidates, isChanged } = preference.order(result);
  if (!isChanged) return result;
  const warning = {
    code: "REORDERED",
    message:
      'candidates like those that you kept before come first; "rerank": false in config.json turns it off',
  };
  return { ...result, candidates, warnings: [...result.warnings, warning] };
}
